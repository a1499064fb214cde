/**
 * Speed of the gradient diagnostics: `node_modules/.bin/node test/bench/gradients.ts [--hidden 256]`. A random LSTM of one layer on
 * random text with V = 96; the aims are for 1×256: the whole report of 256 positions and 200 lags under 10 s, one prediction's reach
 * over 500 characters under 100 ms.
 */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildKernels } from '../../scripts/kernels.ts';
import { fastestBuild } from '../../src/core/engine/choose.ts';
import { wasmEngine } from '../../src/core/engine/wasm/engine.ts';
import { measureContribution } from '../../src/core/gradients/contribution.ts';
import { measureJacobians } from '../../src/core/gradients/jacobian.ts';
import { measureLagNorms } from '../../src/core/gradients/lag-norms.ts';
import { lagProfile } from '../../src/core/gradients/lag-profile.ts';
import { measureMemory } from '../../src/core/gradients/memory.ts';
import { choosePositions } from '../../src/core/gradients/positions.ts';
import { reachOf } from '../../src/core/gradients/reach.ts';
import { costlyParts, defaultLags, defaultPositions, fullGradientReport } from '../../src/core/gradients/report.ts';
import { measureSaturation } from '../../src/core/gradients/saturation.ts';
import { layerSpectrum } from '../../src/core/gradients/spectrum.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';
import { randomIndices, specOf } from './engine/case.ts';

const { values } = parseArgs({ options: { hidden: { type: 'string', default: '256' } } });
const hidden = Number(values.hidden);
const chars = 20_000;
const root = path.resolve(import.meta.dirname, '../..');

await buildKernels(root);
const platform = nodeKernelPlatform(path.join(root, 'dist'));
const engine = await wasmEngine(platform, { build: await fastestBuild(platform), threads: 1 });
const session = await engine.open(
  specOf('lstm', 1, hidden, 96),
  { kind: 'fresh', seed: 1, init: 'orthogonal' },
  { maxTime: 0, maxBatch: 0 },
);
const inputs = randomIndices(chars, 96);
const texts = [{ inputs, targets: Int32Array.from(inputs, (_, t) => inputs[t + 1] ?? -1) }];
const positions = choosePositions(texts, defaultPositions, defaultLags, 1);
const { places, steps, contributors } = costlyParts(positions, defaultLags);

async function time(name: string, action: () => unknown): Promise<void> {
  const begin = performance.now();
  await action();
  console.log(`  ${name.padEnd(58)} ${(performance.now() - begin).toFixed(0).padStart(7)} ms`);
}

console.log(`${engine.name}, ${availableParallelism()} cores, LSTM 1×${hidden}, ${chars} characters of text.`);
const first = { inputs: inputs.slice(0, 2000), targets: texts[0]!.targets.slice(0, 2000) };
await reachOf(session, first, { at: 1000, lags: 500 }); // for the compiler
const { states } = await session.run({ inputs, start: null, targets: null }, { statesEvery: 256 });
const kept = { index: 10_240, state: states[39]! };
await time('reach of one prediction over 500 characters', () =>
  reachOf(session, texts[0]!, { at: 10_750, lags: 500, kept }),
);
await time(`lag profile, ${positions.length} positions, ${defaultLags} lags`, async () =>
  lagProfile(await measureLagNorms(session, texts, positions, defaultLags)),
);
await time('saturation', () => measureSaturation(session, texts));
await time('spectra', async () => layerSpectrum(session.spec, await session.parameters(), 0));
await time(`Jacobians at ${places.length} places, ${steps.length} lags`, () =>
  measureJacobians(session, texts, places, steps),
);
await time(`contribution by lag, ${contributors.length} positions`, () =>
  measureContribution(session, texts, contributors, defaultLags),
);
await time('memory of every cell', () => measureMemory(session, texts, positions, defaultLags));
await time('the whole report', () => fullGradientReport(session, texts, positions, defaultLags));
await engine.dispose();
