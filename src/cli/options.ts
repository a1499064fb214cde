/** Options of the commands: one table each, from which parsing, checking and help are derived. */
import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

interface Described {
  help: string;
}
export type OptionSpec = Described &
  (
    | { kind: 'flag' }
    | { kind: 'text'; placeholder: string }
    | { kind: 'list'; placeholder: string }
    | { kind: 'integer' | 'number'; min: number; max: number; above?: boolean }
    | { kind: 'choice'; choices: readonly string[] }
  );

export type OptionTable = Record<string, OptionSpec>;

type ValueOf<S extends OptionSpec> = S extends { kind: 'flag' }
  ? true
  : S extends { kind: 'list' }
    ? string[]
    : S extends { kind: 'integer' | 'number' }
      ? number
      : S extends { choices: readonly (infer C)[] }
        ? C
        : string;

/** Options that were given, converted; those that were not are absent. */
export type Given<T extends OptionTable> = { [K in keyof T]?: ValueOf<T[K]> };

export interface Parsed<T extends OptionTable> {
  values: Given<T>;
  positionals: string[];
}

/** @throws UsageError with what is wrong and what would be right. */
export function parseOptions<const T extends OptionTable>(args: readonly string[], table: T): Parsed<T> {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [
      name,
      { type: spec.kind === 'flag' ? ('boolean' as const) : ('string' as const), multiple: spec.kind === 'list' },
    ]),
  );
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message.replace(/^./, (letter) => letter.toUpperCase()));
  }
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(table)) {
    const value = parsed.values[name];
    if (value !== undefined) values[name] = convert(name, spec, value);
  }
  return { values: values as Given<T>, positionals: parsed.positionals };
}

function convert(name: string, spec: OptionSpec, value: unknown): unknown {
  if (spec.kind === 'flag' || spec.kind === 'list' || spec.kind === 'text') return value;
  const text = String(value);
  if (spec.kind === 'choice') {
    if (!spec.choices.includes(text))
      throw new UsageError(`--${name} is one of ${spec.choices.join(', ')}, not "${text}".`);
    return text;
  }
  const number = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
    ? Number(text.replaceAll('_', ''))
    : Number.NaN;
  const whole = spec.kind === 'number' || Number.isInteger(number);
  const large = spec.above ? number > spec.min : number >= spec.min;
  if (!whole || !large || !(number <= spec.max)) throw new UsageError(`--${name} is ${rangeOf(spec)}, not "${text}".`);
  return number;
}

function rangeOf(spec: OptionSpec & { kind: 'integer' | 'number' }): string {
  const noun = spec.kind === 'integer' ? 'a whole number' : 'a number';
  const low = spec.above ? `above ${spec.min}` : `of at least ${spec.min}`;
  return spec.max === Number.POSITIVE_INFINITY ? `${noun} ${low}` : `${noun} ${low} and at most ${spec.max}`;
}

/** The table as lines of help. */
export function describeOptions(table: OptionTable): string {
  const rows = Object.entries(table).map(([name, spec]) => [`  --${name}${placeholderOf(spec)}`, spec.help] as const);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, help]) => left.padEnd(width) + help).join('\n');
}

function placeholderOf(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'flag':
      return '';
    case 'text':
    case 'list':
      return ` ${spec.placeholder}`;
    case 'choice':
      return ` ${spec.choices.join('|')}`;
    case 'integer':
      return ' N';
    case 'number':
      return ' X';
  }
}

/** `3,17` as numbers. */
export function parseIndices(name: string, text: string): number[] {
  const indices = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  if (indices.some(Number.isNaN))
    throw new UsageError(`--${name} is a list of whole numbers with commas, as in 3,17, not "${text}".`);
  return indices;
}
