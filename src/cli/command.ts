import type { OptionTable } from './options.ts';

/** Exit codes: done, failed, wrong arguments, interrupted with the run saved. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One command of the command line. */
export interface Command {
  name: string;
  /** Arguments without options, as in `<folder>`. */
  arguments: string;
  summary: string;
  options: OptionTable;
  /** Resolves with the exit code; errors become messages and code 1 (2 for a UsageError). */
  run(args: readonly string[]): Promise<ExitCode>;
}

/** With `--json` the last line on standard output is one JSON object. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export const jsonOption = { json: { kind: 'flag', help: 'the result as one JSON object on the last line' } } as const;
export const engineOption = {
  engine: { kind: 'choice', choices: ['auto', 'wasm', 'reference'], help: 'who computes (reference: slow, float64)' },
} as const;
export const vocabOption = {
  vocab: { kind: 'text', placeholder: 'FILE', help: 'JSON array of characters, for a .safetensors that has none' },
} as const;
export const threadsOption = {
  threads: { kind: 'integer', min: 0, max: 64, help: 'kernel threads; 0: cores − 1 (default 0)' },
} as const;
