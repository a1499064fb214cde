/** Reads one large hostile model file, in a process of its own, and sends its parent what became of it and the memory that it took. */
import { readFileSync, statSync } from 'node:fs';
import { decodeCheckpoint } from '../../../src/core/formats/checkpoint.ts';
import { ModelFileError } from '../../../src/core/formats/model-file-error.ts';

export interface HeaderResult {
  outcome: string;
  /** Bytes of memory that the process had at most, beyond what it had with the file read. */
  growth: number;
  milliseconds: number;
}

const file = process.argv[2]!;
const bytes = new Uint8Array(readFileSync(file).buffer, 0, statSync(file).size);
globalThis.gc!();
const before = process.memoryUsage().rss;
const start = performance.now();
let outcome = 'read';
try {
  decodeCheckpoint(bytes);
} catch (error) {
  if (!(error instanceof ModelFileError)) throw error;
  outcome = error.code;
}
const milliseconds = performance.now() - start;
const peak = process.resourceUsage().maxRSS * 1024; // kilobytes on every system
const result: HeaderResult = { outcome, growth: Math.max(0, peak - before), milliseconds };
process.send!(result);
