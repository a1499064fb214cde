/** Damaged and hostile files of every format that is read. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type AbuseCase, megabytes, milliseconds, slack } from '../case.ts';
import type { HeaderResult } from '../child/header.ts';
import type { ParserOrder, ParserResult } from '../child/parsers.ts';

/** A reader that is silent for so long hangs. */
const patience = 60_000;

function start(script: string, argument: string, ...flags: string[]): ChildProcess {
  return fork(path.join(import.meta.dirname, '../child', script), [argument], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc', ...flags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** Resolves with the last message; rejects where the process ends without one, or is silent for too long. */
function answer<T>(child: ChildProcess, isLast: (message: object) => message is object & T): Promise<T> {
  return new Promise((resolve, reject) => {
    let watch = setTimeout(() => child.kill('SIGKILL'), patience);
    let result: T | null = null;
    child.on('message', (message: object) => {
      clearTimeout(watch);
      watch = setTimeout(() => child.kill('SIGKILL'), patience);
      if (isLast(message)) result = message;
    });
    child.on('close', (code, signal) => {
      clearTimeout(watch);
      if (result) resolve(result);
      else reject(new Error(`The reader ended (${signal ?? code}) without an answer.`));
    });
  });
}

export const mutatedFiles: AbuseCase = {
  name: 'mutated-files',
  what: 'mutations of safetensors files, of all files of a run and of exported runs, read with 256 MB of heap',
  unit: 'mutations',
  full: 100_000,
  quick: 5_000,
  async run({ count, seed, progress }) {
    const order: ParserOrder = { count, seed };
    const child = start('parsers.ts', JSON.stringify(order), '--max-old-space-size=256');
    child.on('message', (message: { done?: number }) => {
      if (message.done !== undefined) progress(`${message.done} of ${count}`);
    });
    const isResult = (message: object): message is { result: ParserResult } => 'result' in message;
    const { result } = await answer<{ result: ParserResult }>(child, isResult);
    assert.ok(result.growth < slack, `one file took ${megabytes(result.growth)} more than its size`);
    assert.ok(result.slowest < 5000, `one file took ${milliseconds(result.slowest)}`);
    return `${result.refused.toLocaleString('en-US')} refused by name, the others whole; at most ${megabytes(result.growth)} beyond a file's size, ${milliseconds(result.slowest)} for one`;
  },
};

/** What a header may hold that costs far more to parse than to write. Each piece is repeated up to the wanted size. */
const headers: { what: string; start: string; piece: (k: number) => string; end: string }[] = [
  { what: 'nested lists', start: '{"a":', piece: () => '[', end: '' },
  { what: 'nested objects', start: '', piece: () => '{"a":', end: '' },
  { what: 'empty entries', start: '{"z":0', piece: (k) => `,"${k}":{}`, end: '}' },
  { what: 'numbers', start: '{"a":{"shape":[0', piece: () => ',0', end: ']}}' },
  { what: 'one long name', start: '{"', piece: () => 'name', end: '":0}' },
  { what: 'one long name of wide characters', start: '{"', piece: () => '漢字', end: '":0}' },
  { what: 'spaces', start: '{}', piece: () => '    ', end: '' },
  {
    what: 'empty tensors',
    start: '{"__metadata__":{}',
    piece: (k) => `,"${k}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
    end: '}',
  },
  { what: 'a vocabulary', start: '{"__metadata__":{"spec":"{}","vocab":"[0', piece: () => ',0', end: ']"}}' },
  { what: 'a nested specification', start: '{"__metadata__":{"spec":"', piece: () => '[', end: '"}}' },
  { what: 'no end of a string', start: '{"', piece: () => '\\\\', end: '' },
];

function writeFile(file: string, { start: first, piece, end }: (typeof headers)[number], size: number): void {
  const handle = openSync(file, 'w');
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(size));
  writeSync(handle, prefix);
  let left = size - writeSync(handle, first);
  for (let k = 0; left > 0; ) {
    let part = '';
    while (part.length < 100_000) part += piece(k++);
    const bytes = Buffer.from(part);
    // Whole characters only; what is left is filled with spaces.
    if (bytes.length > left - end.length) break;
    left -= writeSync(handle, bytes);
  }
  if (left > 0) writeSync(handle, Buffer.from(end.padEnd(left)));
  closeSync(handle);
}

export const hostileHeaders: AbuseCase = {
  name: 'hostile-headers',
  what: "safetensors headers of the format's largest size that are made to blow up a parser",
  unit: 'MB each',
  full: 100,
  quick: 2,
  async run({ count, scratch, progress }) {
    const size = count * 1_000_000;
    let worst = { growth: 0, what: '' };
    let slowest = 0;
    for (const header of headers) {
      progress(header.what);
      const file = path.join(scratch, 'model.safetensors');
      writeFile(file, header, size);
      const isResult = (message: object): message is HeaderResult => 'outcome' in message;
      const result = await answer<HeaderResult>(start('header.ts', file), isResult).catch((error: Error) => {
        throw new Error(`${header.what}: ${error.message}`);
      });
      rmSync(file);
      assert.notEqual(result.outcome, 'read', header.what);
      if (result.growth >= worst.growth) worst = { growth: result.growth, what: header.what };
      slowest = Math.max(slowest, result.milliseconds);
    }
    // Text is held twice while it is parsed, in two bytes a character where one does not do; then what it says.
    assert.ok(worst.growth < 4 * size + 4 * slack, `${worst.what}: ${megabytes(worst.growth)}`);
    return `${headers.length} kinds, all refused; at most ${megabytes(worst.growth)} (${worst.what}), ${milliseconds(slowest)}`;
  },
};
