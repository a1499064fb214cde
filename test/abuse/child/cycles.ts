/**
 * Opens, trains, inspects and closes tiny models again and again in one process, as an extension host would over months:
 * a training worker for each training, one inspector for many models. Sends its parent what it holds whenever a window was closed.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { TrainingOptions } from '../../../src/core/training/options.ts';
import type { InspectorService } from '../../../src/protocol/inspector-service.ts';
import { connect, type Remote } from '../../../src/worker/channel.ts';
import { startNodeWorker } from '../../../src/worker/ports.node.ts';
import type { WorkerHandle } from '../../../src/worker/ports.ts';
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

let inspector: { worker: WorkerHandle; remote: Remote<InspectorService> } | null = null;
const open = (): NonNullable<typeof inspector> => {
  const worker = startNodeWorker(path.join(distribution, 'inspector-worker.cjs'));
  return { worker, remote: connect<InspectorService>(worker.port) };
};

async function cycle(k: number): Promise<void> {
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
  inspector ??= open();
  const { remote } = inspector;
  const [model, document] = [`m${k}`, `d${k}`];
  await remote.call('openModel', { key: model, kind: 'run', folder, generation: null });
  await remote.call('openDocument', { document, version: 1, text: 'a = ((a))\n'.repeat(50) });
  const cells = [{ layer: 0, cell: k % 4, quantity: 'h' as const }];
  await remote.call('page', { model, document, cells, startLine: 0, endLine: 40 });
  await remote.call('inspect', { model, document, offset: 30, cell: null });
  await remote.call('closeDocument', { document });
  await remote.call('closeModel', { key: model });
  if (k % modelsOfAWindow === modelsOfAWindow - 1) {
    await closeWindow();
  }
  rmSync(folder, { recursive: true });
}

async function closeWindow(): Promise<void> {
  await inspector?.worker.terminate();
  inspector = null;
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

for (let k = 0; k < count; k++) {
  await cycle(k);
  // Where a window was just closed: the same moment in the life of a process each time.
  if (k % modelsOfAWindow === modelsOfAWindow - 1) process.send!(holdings(k));
}
await closeWindow();
process.disconnect();
