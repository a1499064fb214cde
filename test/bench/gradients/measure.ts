/** What the gradient diagnostics take: a random LSTM of one layer on random text with V = 96. */
import path from 'node:path';
import { buildKernels } from '../../../scripts/kernels.ts';
import { fastestBuild } from '../../../src/core/engine/choose.ts';
import type { Session } from '../../../src/core/engine/engine.ts';
import { wasmEngine } from '../../../src/core/engine/wasm/engine.ts';
import { KeptStates } from '../../../src/core/gradients/kept-states.ts';
import { choosePositions, type Position, type TextStream } from '../../../src/core/gradients/positions.ts';
import { reachOf } from '../../../src/core/gradients/reach.ts';
import { defaultLags, defaultPositions, fullGradientReport } from '../../../src/core/gradients/report.ts';
import { nodeKernelPlatform } from '../../../src/worker/kernel-loader.node.ts';
import { randomIndices, specOf } from '../engine/case.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const chars = 20_000;

export interface GradientCase {
  engine: string;
  session: Session;
  texts: TextStream[];
  positions: Position[];
  close(): Promise<void>;
}

export async function openGradientCase(hidden: number): Promise<GradientCase> {
  await buildKernels(root);
  const platform = nodeKernelPlatform(path.join(root, 'dist'));
  const engine = await wasmEngine(platform, { build: await fastestBuild(platform), threads: 1 });
  const start = { kind: 'fresh', seed: 1, init: 'orthogonal' } as const;
  const session = await engine.open(specOf('lstm', 1, hidden, 96), start, { maxTime: 0, maxBatch: 0 });
  const inputs = randomIndices(chars, 96);
  const texts = [{ inputs, targets: Int32Array.from(inputs, (_, t) => inputs[t + 1] ?? -1) }];
  const positions = choosePositions(texts, defaultPositions, defaultLags, 1);
  return { engine: engine.name, session, texts, positions, close: () => engine.dispose() };
}

export async function milliseconds(action: () => unknown): Promise<number> {
  const begin = performance.now();
  await action();
  return performance.now() - begin;
}

/** Characters one after the other, as a person asks about them: the text's states are kept from the first question on. */
export async function timeReach({ session, texts: [text] }: GradientCase): Promise<number> {
  const states = new KeptStates(session, text!.inputs);
  const ask = async (at: number): Promise<void> => {
    const kept = await states.before(at - 500);
    await reachOf(session, text!, { at, lags: 500, ...(kept ? { kept } : {}) });
  };
  await ask(10_750);
  const times: number[] = [];
  for (let at = 10_800; at < 11_700; at += 100) times.push(await milliseconds(() => ask(at)));
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Milliseconds of the whole report and of one prediction's reach over 500 characters. */
export async function timeGradients(): Promise<{ report: number; reach: number }> {
  const opened = await openGradientCase(256);
  try {
    const { session, texts, positions } = opened;
    const reach = await timeReach(opened);
    const report = await milliseconds(() => fullGradientReport(session, texts, positions, defaultLags));
    return { report, reach };
  } finally {
    await opened.close();
  }
}
