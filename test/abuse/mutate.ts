/** Seeded damage to bytes, to JSON and to messages. */
import type { Random } from '../../src/core/random.ts';

const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)]!;

/** Values that parsers and guards have stumbled over elsewhere. All can be cloned into a message; most are JSON. */
export function hostileValue(random: Random): unknown {
  const pollution: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  return pick<() => unknown>(random, [
    () => null,
    () => undefined,
    () => true,
    () => -1,
    () => 0.5,
    () => Number.NaN,
    () => Number.POSITIVE_INFINITY,
    () => 2 ** 53,
    () => 2 ** 31,
    () => -(2 ** 63),
    () => 1e308,
    () => '',
    () => '__proto__',
    () => 'constructor',
    () => '../../../../etc/passwd',
    () => '\u0000\u001b[2J\u202e<script>',
    () => '\ud800',
    () => 'x'.repeat(random.below(5000)),
    () => [],
    () => Array.from({ length: random.below(300) }, () => random.below(9)),
    () => {
      let nest: unknown = 0;
      for (let depth = random.below(200); depth > 0; depth--) nest = depth % 2 ? [nest] : { a: nest };
      return nest;
    },
    () => ({}),
    () => pollution,
    () => ({ length: 2 ** 32, 0: 'x' }),
    () => new Date(Number.NaN),
    () => new Map([['a', 1]]),
    () => new ArrayBuffer(random.below(64)),
    () => new Float32Array(random.below(16)),
    () => 10n ** 30n,
  ])();
}

/** A copy with one to three parts replaced, removed, added or doubled. */
export function mutateValue(value: unknown, random: Random): unknown {
  let copy = structuredClone(value);
  for (let left = 1 + random.below(3); left > 0; left--) {
    const places = placesOf(copy);
    const place = pick(random, places);
    if (!place) {
      copy = hostileValue(random);
      continue;
    }
    const { parent, key } = place;
    const kind = random.below(5);
    if (kind === 0) delete parent[key];
    else if (kind === 1) parent[`${key}x`] = hostileValue(random);
    else if (kind === 2) parent[key] = parent[pick(random, Object.keys(parent))];
    else if (kind === 3 && typeof parent[key] === 'number')
      parent[key] = (parent[key] as number) * pick(random, [-1, 0.5, 2, 1e9]);
    else parent[key] = hostileValue(random);
  }
  return copy;
}

interface Place {
  parent: Record<string, unknown>;
  key: string;
}

/** Every place inside a value, and the whole of it (null). */
function placesOf(value: unknown): (Place | null)[] {
  const places: (Place | null)[] = [null];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return;
    for (const key of Object.keys(node)) {
      const parent = node as Record<string, unknown>;
      if (places.length > 400) return;
      places.push({ parent, key });
      visit(parent[key]);
    }
  };
  visit(value);
  return places;
}

/** JSON text whose value was mutated, whose text was, or both. `undefined` and what JSON has not are left out by JSON itself. */
export function mutateJson(text: string, random: Random): string {
  let result = text;
  if (random.below(3) > 0) {
    const value = mutateValue(JSON.parse(text), random);
    result = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? '';
  }
  if (random.below(3) === 0) result = mutateText(result, random);
  return result;
}

const tokens = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  '0',
  '-',
  '1e999',
  'null',
  '"__proto__":',
  '\u0000',
  '\n',
  '[[[[[[',
];

function mutateText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const rest = random.below(2) === 0 ? at : at + random.below(8);
  return text.slice(0, at) + pick(random, tokens) + text.slice(rest);
}

/** Bytes with some flipped, cut off, doubled or inserted. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let result = new Uint8Array(bytes);
  for (let left = 1 + random.below(4); left > 0; left--) {
    const at = random.below(result.length + 1);
    switch (random.below(5)) {
      case 0:
        if (at < result.length) result[at] = random.below(256);
        break;
      case 1:
        if (at < result.length) result[at] = result[at]! ^ (1 << random.below(8));
        break;
      case 2:
        result = result.slice(0, at);
        break;
      case 3:
        result = join(
          result.subarray(0, at),
          Uint8Array.from({ length: random.below(40) }, () => random.below(256)),
          result.subarray(at),
        );
        break;
      default: {
        const from = random.below(result.length + 1);
        result = join(result.subarray(0, at), result.subarray(from, from + 64), result.subarray(at));
      }
    }
  }
  return result;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
