/**
 * Memory that a session is told to take, beside the most that a fresh process grows by. As a program: opens the case named on the command
 * line, trains, saves and reads, and prints both in bytes.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { wasmEngine } from '../../../src/core/engine/wasm/engine.ts';
import { trainingMemory } from '../../../src/core/training/plan.ts';
import { nodeKernelPlatform } from '../../../src/worker/kernel-loader.node.ts';
import { root } from '../../harness/paths.ts';
import { type Case, OpenCase, randomIndices, specOf } from './case.ts';

export interface MemoryUse {
  told: number;
  used: number;
}

export function measureMemory(each: Case): MemoryUse {
  const output = execFileSync(process.execPath, ['--expose-gc', import.meta.filename, JSON.stringify(each)]);
  return JSON.parse(output.toString());
}

/** Resident bytes of this process: now, or the most since `forgetPeak`. */
function resident(key: 'VmRSS' | 'VmHWM'): number {
  return 1024 * Number(new RegExp(`${key}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))![1]);
}

/** Linux: the high-water mark starts again from what is resident now (man 5 proc, clear_refs). */
function forgetPeak(): void {
  globalThis.gc?.();
  writeFileSync('/proc/self/clear_refs', '5');
}

async function measure(each: Case): Promise<MemoryUse> {
  const platform = nodeKernelPlatform(path.join(root, 'dist'));
  const engine = await wasmEngine(platform, { build: 'relaxed', threads: 1 });
  // The compiler's and the runtime's own share comes with the first session, whatever its size.
  const small = await OpenCase.open(engine, { ...each, layers: 1, hidden: 8, batch: 8, time: 8 });
  await small.warmUp();
  await exercise(small, each.vocabulary);
  forgetPeak();
  const before = resident('VmRSS');
  const open = await OpenCase.open(engine, each);
  await open.warmUp();
  await exercise(open, each.vocabulary);
  const used = resident('VmHWM') - before;
  const spec = specOf(each.cell, each.layers, each.hidden, each.vocabulary);
  const limits = { maxTime: each.time, maxBatch: each.batch };
  return { told: trainingMemory(engine, spec, limits, 'adam', false), used };
}

/** What a training does beside its steps: checkpoints, evaluations, looks at its health. */
async function exercise(open: OpenCase, vocabulary: number): Promise<void> {
  await open.session.save();
  const inputs = randomIndices(2000, vocabulary);
  await open.session.run({ inputs, targets: inputs, start: null }, {});
  await open.look(Array.from({ length: 8 }, () => ({ inputs, targets: inputs })));
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(await measure(JSON.parse(process.argv[2]!))));
