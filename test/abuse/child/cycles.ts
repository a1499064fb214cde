/**
 * Opens, trains, inspects and closes tiny models again and again in one process, as an extension host would over months: two
 * windows at a time, a training worker for each training, one inspector for a window's models. Sends its parent what it
 * holds whenever both windows were closed.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { TrainingOptions } from '../../../src/core/training/options.ts';
import type { InspectorService } from '../../../src/protocol/inspector-service.ts';
import { connect, type Remote } from '../../../src/worker/channel.ts';
import { startNodeWorker } from '../../../src/worker/ports.node.ts';
import { train } from '../runs.ts';

export interface CyclesOrder {
  count: number;
  distribution: string;
  scratch: string;
}
/** What the process holds between two cycles. */
export interface Holdings {
  cycle: number;
  rss: number;
  heap: number;
  /** Open files and sockets; threads; what keeps the event loop alive. */
  files: number;
  threads: number;
  resources: number;
}

process.on('disconnect', () => process.exit()); // whoever ordered it is gone
const { count, distribution, scratch } = JSON.parse(process.argv[2]!) as CyclesOrder;
/** An inspector serves so many models, then a window is closed and the next one opened. */
const modelsOfAWindow = 5;
/** At the same time: half of a cycle waits for the disk. */
const windows = 2;

/** A window's models from `first` on, one after the other. */
async function openWindow(first: number): Promise<void> {
  const worker = startNodeWorker(path.join(distribution, 'inspector-worker.cjs'));
  const inspector = connect<InspectorService>(worker.port);
  for (let k = first; k < Math.min(count, first + modelsOfAWindow); k++) await cycle(k, inspector);
  await worker.terminate();
}

async function cycle(k: number, remote: Remote<InspectorService>): Promise<void> {
  const folder = path.join(scratch, `run${k}`);
  const changes: Partial<TrainingOptions> = {
    hiddenSize: 4,
    budget: { kind: 'chars', amount: 1000 },
    // A new worker races the builds of the kernels for a third of a second: not in every cycle.
    engine: k % 4 === 1 ? 'wasm' : 'reference',
    threads: k % 8 === 1 ? 2 : 1,
  };
  const outcome = await train(distribution, folder, changes, {}, 6);
  if (outcome.state !== 'finished') throw new Error(`The training ended as ${outcome.state}: ${outcome.message}`);
  const [model, document] = [`m${k}`, `d${k}`];
  await remote.call('openModel', { key: model, kind: 'run', folder, generation: null });
  await remote.call('openDocument', { document, version: 1, text: 'a = ((a))\n'.repeat(50) });
  const cells = [{ layer: 0, cell: k % 4, quantity: 'h' as const }];
  await remote.call('page', { model, document, cells, startLine: 0, endLine: 40 });
  await remote.call('inspect', { model, document, offset: 30, cell: null });
  await remote.call('closeDocument', { document });
  await remote.call('closeModel', { key: model });
  rmSync(folder, { recursive: true });
}

const lengthOf = (folder: string): number => {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0; // where there is no /proc
  }
};

function holdings(k: number): Holdings {
  globalThis.gc!();
  const { rss, heapUsed: heap } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo().length;
  return { cycle: k, rss, heap, files: lengthOf('/proc/self/fd'), threads: lengthOf('/proc/self/task'), resources };
}

for (let k = 0; k < count; k += windows * modelsOfAWindow) {
  await Promise.all(Array.from({ length: windows }, (_, n) => openWindow(k + n * modelsOfAWindow)));
  await new Promise((resolve) => setImmediate(resolve)); // what was closed in this turn is gone in the next
  // Where all windows were just closed: the same moment in the life of a process each time.
  process.send!(holdings(Math.min(count, k + windows * modelsOfAWindow)));
}
process.disconnect();
