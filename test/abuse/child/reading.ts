/**
 * Reads a folder as the extension host does, with the same walk and the same worker behind it: once as by default (a sample),
 * once whole, and a few times cancelled on the way. Sends its parent `ReadingResult`.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { NodeFiles } from '../../../src/cli/node-files.ts';
import type { SourceFile } from '../../../src/core/corpus/document.ts';
import { defaultWalkOptions, type WalkOptions, walk } from '../../../src/core/corpus/walk.ts';
import { Random } from '../../../src/core/random.ts';
import { smallOptions, startTraining } from '../runs.ts';

export interface ReadingOrder {
  folder: string;
  distribution: string;
  seed: number;
  cancellations: number;
}
export interface ReadingResult {
  /** Files and bytes handed on, of a sample and of all. */
  sample: { files: number; bytes: number; seconds: number };
  whole: { files: number; bytes: number; seconds: number };
  /** Bytes of this process at most, beyond what it had before, without the worker's corpus. */
  peak: number;
  /** Milliseconds. */
  delay: { p99: number; max: number };
  cancel: { longest: number };
}

const { folder, distribution, seed, cancellations } = JSON.parse(process.argv[2]!) as ReadingOrder;
const roots = [{ name: null, files: new NodeFiles(folder) }];
const before = process.memoryUsage().rss;
let peak = before;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss);
}, 20);

/** As host/workspace/reading.ts hands files on. */
async function read(options: WalkOptions, onFiles: (files: SourceFile[]) => Promise<unknown>, signal?: AbortSignal) {
  const start = performance.now();
  let chunk: SourceFile[] = [];
  let length = 0;
  const report = await walk(
    roots,
    options,
    async (file) => {
      chunk.push(file);
      length += file.text.length;
      if (length < 500_000) return;
      await onFiles(chunk);
      [chunk, length] = [[], 0];
    },
    signal ? { signal } : {},
  );
  await onFiles(chunk);
  return { files: report.files, bytes: report.bytes, seconds: (performance.now() - start) / 1000 };
}

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();
const whole = await read({ ...defaultWalkOptions, maxTotalBytes: Number.POSITIVE_INFINITY }, async () => {});
const random = new Random(seed);
let longest = 0;
for (let k = 0; k < cancellations; k++) {
  const controller = new AbortController();
  let asked = 0;
  setTimeout(
    () => {
      asked = performance.now();
      controller.abort();
    },
    // Early ones more often: most of what differs happens there.
    whole.seconds * 900 * 0.001 ** random.next(),
  );
  const code = await read(
    { ...defaultWalkOptions, maxTotalBytes: Number.POSITIVE_INFINITY },
    async () => {},
    controller.signal,
  ).then(
    () => 'read',
    (error: { code?: string }) => error.code,
  );
  if (code === 'cancelled') longest = Math.max(longest, performance.now() - asked);
  else if (code !== 'read') throw new Error(`The walk ended with ${code}.`);
}
const hostPeak = peak;
const { worker, remote } = startTraining(distribution);
await remote.call('begin', { options: smallOptions });
const sample = await read(defaultWalkOptions, (files) => remote.call('addFiles', { files }));
delays.disable();
await worker.terminate();
clearInterval(watch);
const result: ReadingResult = {
  sample,
  whole,
  peak: hostPeak - before,
  delay: { p99: delays.percentile(99) / 1e6, max: delays.max / 1e6 },
  cancel: { longest },
};
process.send!(result);
process.disconnect();
