/** Random valid values of a valibot schema, so that every message of the protocol is tried without a list of examples. */
import * as v from 'valibot';
import type { Random } from '../../src/core/random.ts';

/** What this file looks at in a schema or an action of its pipe: valibot's own names. */
interface Part {
  type: string;
  kind: string;
  pipe?: Part[];
  entries?: Record<string, Part>;
  item?: Part;
  items?: Part[];
  key?: Part;
  value?: Part;
  wrapped?: Part;
  options?: unknown[];
  literal?: unknown;
  class?: new (...values: never[]) => unknown;
  requirement?: unknown;
}

const words = ['', 'a', 'name-1', '#a0b1c2', 'src/a.ts', 'run:1', '漢🦊', '__proto__', '<b>x</b>', 'report'];

/** Throws where it knows no valid value: then it has to learn one. */
export function validValue(schema: v.GenericSchema, random: Random): unknown {
  return valid(schema as unknown as Part, random);
}

/** A part that is refused is drawn again by itself: a whole of many parts would seldom be right at once. */
function valid(part: Part, random: Random): unknown {
  for (let attempt = 0; attempt < 200; attempt++) {
    const value = draw(part, random);
    if (v.is(part as unknown as v.GenericSchema, value)) return value;
  }
  throw new Error(`No valid value was found for ${JSON.stringify(part).slice(0, 400)}`);
}

function draw(part: Part, random: Random): unknown {
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)]!;
  const requirement = (type: string): unknown => part.pipe?.find((action) => action.type === type)?.requirement;
  switch (part.type) {
    case 'object':
    case 'loose_object':
    case 'strict_object':
      return Object.fromEntries(
        Object.entries(part.entries!).flatMap(([key, entry]) => {
          const leave = /optional/.test(entry.type) && random.below(2) === 0;
          return leave ? [] : [[key, valid(entry, random)]];
        }),
      );
    case 'array': {
      const least = Number(requirement('min_length') ?? 0);
      const most = Math.min(least + 3, Number(requirement('max_length') ?? Number.POSITIVE_INFINITY));
      return Array.from({ length: least + random.below(most - least + 1) }, () => valid(part.item!, random));
    }
    case 'tuple':
      return part.items!.map((item) => valid(item, random));
    case 'record':
      return Object.fromEntries(['a', '0 f'].map((key) => [key, valid(part.value!, random)]));
    case 'nullable':
      return random.below(3) === 0 ? null : valid(part.wrapped!, random);
    case 'optional':
    case 'exact_optional':
      return valid(part.wrapped!, random);
    case 'union':
    case 'variant':
      return valid(pick(part.options as Part[]), random);
    case 'picklist':
      return pick(part.options!);
    case 'literal':
      return part.literal;
    case 'boolean':
      return random.below(2) === 0;
    case 'number': {
      const least = Number(requirement('min_value') ?? 0);
      const most = Number(requirement('max_value') ?? least + 1000);
      return pick([least, most, least + random.below(most - least + 1), least + random.next() * (most - least)]);
    }
    case 'string':
      return pick(words);
    case 'unknown':
    case 'any':
      return pick(words);
    case 'instance':
      return part.class === ArrayBuffer ? new ArrayBuffer(8) : new part.class!();
    default:
      throw new Error(`The generator does not know the schema “${part.type}”.`);
  }
}
