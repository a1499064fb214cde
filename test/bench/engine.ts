/**
 * The engine's speed, side by side with PyTorch in one run: `npm run bench:engine [-- --quick | --only TEXT]`; `--only "128, B=64"`:
 * the training steps of the models whose name has this text, and nothing else.
 *
 * A busy neighbour halves the speed of a core, so ours and the peer's steps alternate, and what counts is the median of the ratios
 * of neighbours. The peer runs at its best of 1 and 2 threads, found for every case anew.
 */
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildKernels, kernelWithDenormals } from '../../scripts/kernels.ts';
import { fastestBuild } from '../../src/core/engine/choose.ts';
import type { Engine } from '../../src/core/engine/engine.ts';
import type { KernelBuild, KernelPlatform } from '../../src/core/engine/platform.ts';
import { estimateMemory, wasmEngine } from '../../src/core/engine/wasm/engine.ts';
import { createMemory, firstByte, instantiate } from '../../src/core/engine/wasm/kernels.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';
import { type Case, flopsPerCharacter, median, OpenCase, randomIndices, specOf } from './engine/case.ts';
import { measureMemory } from './engine/memory.ts';
import { Peer } from './engine/peer.ts';
import { tensorFlowRate } from './engine/tensorflow.ts';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const rounds = options.quick ? 3 : 7;
const seconds = options.quick ? 0.3 : 0.8;
const threads = Math.min(2, availableParallelism());
const root = path.resolve(import.meta.dirname, '../..');

const sizes = { layers: 1, time: 100, vocabulary: 96 } as const;
const cases: Case[] = [
  { cell: 'lstm', ...sizes, hidden: 128, batch: 64, aim: 3.0 },
  { cell: 'lstm', ...sizes, hidden: 256, batch: 64, aim: 2.1 },
  { cell: 'lstm', ...sizes, hidden: 512, batch: 64, aim: 2.0 },
  { cell: 'lstm', ...sizes, layers: 3, hidden: 512, batch: 32, aim: 1.6 },
  { cell: 'lstm', ...sizes, hidden: 128, batch: 16, aim: 1.8 },
  { cell: 'lstm', ...sizes, hidden: 256, batch: 16, aim: 1.8 },
  { cell: 'lstm', ...sizes, hidden: 512, batch: 16, aim: 1.6 },
  { cell: 'gru', ...sizes, hidden: 128, batch: 64, aim: 2.0 },
  { cell: 'gru', ...sizes, hidden: 256, batch: 64, aim: 1.5 },
  { cell: 'gru', ...sizes, hidden: 512, batch: 64, aim: 1.3 },
  { cell: 'tanh', ...sizes, hidden: 128, batch: 64, aim: 2.0 },
  { cell: 'tanh', ...sizes, hidden: 256, batch: 64, aim: 1.5 },
  { cell: 'tanh', ...sizes, hidden: 512, batch: 64, aim: 1.3 },
];

const thousands = (rate: number): string => (rate / 1000).toFixed(rate < 10_000 ? 2 : 1);
const row = (cells: (string | number)[], widths: number[]): void =>
  console.log(
    cells.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]!) : String(cell).padStart(widths[i]!))).join('  '),
  );
const titleOf = ({ cell, layers, hidden, batch }: Case): string => `${cell} ${layers}×${hidden}, B=${batch}`;

/** GFLOP/s of independent 128-bit multiply–adds on one core. */
async function measurePeak(platform: KernelPlatform): Promise<number> {
  const module = await WebAssembly.compile(await platform.readKernel('relaxed', false));
  const kernels = instantiate(module, createMemory(firstByte, false));
  const count = 200_000;
  let best = 0;
  for (let i = 0; i < 60; i++) {
    const begin = performance.now();
    kernels.peak(count, 0.5, 0.5);
    best = Math.max(best, (count * 96) / (performance.now() - begin) / 1e6);
  }
  return best;
}

async function training(engine: Engine, peer: Peer | null): Promise<void> {
  console.log(`\nTraining step, V=96, T=100, Adam, norm clip; thousand characters per second. Ours: ${engine.name}.`);
  console.log(
    'Ratio: ours over the peer as installed, at its best number of threads; tuned: over the peer with AVX-512 BLAS kernels forced.',
  );
  const widths = [22, 8, 8, 8, 7, 5, 8];
  row(['model', 'ours', 'peer', 'threads', 'ratio', 'aim', 'tuned'], widths);
  const chosen = cases.filter(
    (each) => titleOf(each).includes(options.only ?? '') && !(options.quick && each.hidden >= 512),
  );
  for (const each of chosen) {
    const ours = await OpenCase.open(engine, each);
    await ours.warmUp();
    const settings = peer ? await peer.open(each, seconds) : [];
    const mine: number[] = [];
    const theirs: number[][] = settings.map(() => []);
    const ratios: number[][] = settings.map(() => []);
    for (let round = 0; round < rounds; round++)
      for (const [i, setting] of settings.length > 0 ? settings.entries() : [[0, null] as const]) {
        const rate = await ours.rate(seconds);
        mine.push(rate);
        if (!peer || !setting) continue;
        theirs[i]!.push(await peer.rate(setting, seconds));
        ratios[i]!.push(rate / theirs[i]!.at(-1)!);
      }
    await ours.session.close();
    const peers =
      settings.length > 0
        ? [thousands(median(theirs[0]!)), settings[0]!.threads, median(ratios[0]!).toFixed(2)]
        : ['–', '–', '–'];
    row(
      [
        titleOf(each),
        thousands(median(mine)),
        ...peers,
        each.aim ?? '',
        settings.length > 1 ? median(ratios[1]!).toFixed(2) : '–',
      ],
      widths,
    );
  }
}

async function againstTensorFlow(engine: Engine): Promise<void> {
  const each: Case = { cell: 'lstm', ...sizes, hidden: 128, batch: 32 };
  const theirs = await tensorFlowRate(each, 3);
  if (theirs === null) {
    console.log(
      '\nSKIPPED: TensorFlow.js is not installed (npm install --no-save @tensorflow/tfjs @tensorflow/tfjs-backend-wasm).',
    );
    return;
  }
  const ours = await OpenCase.open(engine, each);
  await ours.warmUp();
  const rate = await ours.rate(seconds);
  await ours.session.close();
  console.log(
    `\n${titleOf(each)}: TensorFlow.js on WebAssembly ${thousands(theirs)}, ours ${thousands(rate)}: ${(rate / theirs).toFixed(0)} times (aim: 50).`,
  );
}

/** Share of the core's peak that one thread reaches in real operations. */
async function efficiency(platform: KernelPlatform, peak: number, build: KernelBuild): Promise<void> {
  const each: Case = { cell: 'lstm', ...sizes, hidden: 256, batch: 64 };
  const engine = await wasmEngine(platform, { build, threads: 1 });
  const open = await OpenCase.open(engine, each);
  await open.warmUp();
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) rates.push(await open.rate(seconds));
  const flops = (median(rates) * flopsPerCharacter(each)) / 1e9;
  const [width, most] = build === 'revectorized' ? ['256-bit', 2 * peak] : ['128-bit', peak];
  console.log(
    `  ${build.padEnd(14)} ${flops.toFixed(1).padStart(6)}   ${((100 * flops) / most).toFixed(0)} % of the ${width} peak`,
  );
  await engine.dispose();
}

async function inference(engine: Engine): Promise<void> {
  const length = 100_000;
  console.log(
    `\nReading one stream of ${length.toLocaleString('en')} characters, one column captured, states every 256 characters:`,
  );
  for (const [layers, hidden] of [
    [1, 128],
    [1, 256],
    [1, 512],
    [3, 256],
  ] as const) {
    const spec = specOf('lstm', layers, hidden, 96);
    const session = await engine.open(
      spec,
      { kind: 'fresh', seed: 1, init: 'orthogonal' },
      { maxTime: 0, maxBatch: 0 },
    );
    const inputs = randomIndices(length, 96);
    const stream = { inputs, targets: inputs, start: null };
    const columns = [{ layer: 0, cell: 1, quantity: 'tanhc' as const }];
    const times: string[] = [];
    for (const losses of [false, true]) {
      const begin = performance.now();
      await session.run(stream, { columns, losses, statesEvery: 256 });
      times.push(`${((performance.now() - begin) / 1000).toFixed(2)} s${losses ? ' with losses' : ''}`);
    }
    console.log(`  lstm ${layers}×${hidden}: ${times.join(', ')}`);
    await session.close();
  }
}

async function scaling(platform: KernelPlatform, build: KernelBuild): Promise<void> {
  console.log(`\nScaling of ${build}: thousand characters per second, and megabytes (told before training).`);
  const widths = [22, 10, 10, 8, 8];
  row(['model, T=100', '1 thread', `${threads} threads`, 'gain', 'MB'], widths);
  const variants: Case[] = [
    ...[64, 128, 256, 512].map((hidden): Case => ({ cell: 'lstm', ...sizes, hidden, batch: 16 })),
    ...[2, 3].map((layers): Case => ({ cell: 'lstm', ...sizes, layers, hidden: 128, batch: 16 })),
    ...[8, 32, 64].map((batch): Case => ({ cell: 'lstm', ...sizes, hidden: 128, batch })),
  ];
  const engines = [await wasmEngine(platform, { build, threads: 1 }), await wasmEngine(platform, { build, threads })];
  for (const each of variants) {
    const open = await Promise.all(engines.map((engine) => OpenCase.open(engine, each)));
    for (const one of open) await one.warmUp();
    const rates: [number, number][] = [];
    for (let round = 0; round < rounds; round++)
      rates.push([await open[0]!.rate(seconds / 2), await open[1]!.rate(seconds / 2)]);
    const limits = { maxTime: each.time, maxBatch: each.batch };
    const bytes = estimateMemory(specOf(each.cell, each.layers, each.hidden, each.vocabulary), limits, threads);
    row(
      [
        titleOf(each),
        thousands(median(rates.map(([one]) => one))),
        thousands(median(rates.map(([, many]) => many))),
        median(rates.map(([one, many]) => many / one)).toFixed(2),
        (bytes / 1e6).toFixed(1),
      ],
      widths,
    );
    for (const one of open) await one.session.close();
  }
  for (const engine of engines) await engine.dispose();
}

/**
 * A loss on the last of 400 steps: its gradient becomes denormal on the way back, unless what is tiny is flushed to zero. Beside the
 * same kernels without flushing: processors that compute with denormals in microcode are a hundred times slower there, others
 * (recent ones of AMD) lose nothing.
 */
async function lastStepOnly(platform: KernelPlatform): Promise<void> {
  const each: Case = { cell: 'lstm', layers: 1, hidden: 128, batch: 32, time: 400, vocabulary: 96 };
  const denormal = await kernelWithDenormals(root);
  console.log('\nA loss on the last of 400 steps only, over the rate of a loss on all of them (relaxed, one thread):');
  for (const [title, readKernel] of [
    ['denormals flushed', platform.readKernel],
    ['denormals kept', async () => denormal],
  ] as const) {
    const engine = await wasmEngine({ ...platform, readKernel }, { build: 'relaxed', threads: 1 });
    const [all, last] = [await OpenCase.open(engine, each), await OpenCase.open(engine, each)];
    last.scoreLastStepOnly();
    for (const one of [all, last]) await one.warmUp();
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round++) ratios.push((await last.rate(seconds)) / (await all.rate(seconds)));
    console.log(`  ${title.padEnd(18)} ${median(ratios).toFixed(2)}`);
    await engine.dispose();
  }
}

/** Memory as it is told before a training, beside what a fresh process grows by. */
function memory(): void {
  if (process.platform !== 'linux') {
    console.log('\nSKIPPED: memory in use is read from /proc.');
    return;
  }
  console.log('\nMemory of a training without its texts, megabytes; used: the most that a fresh process grows by.');
  const widths = [22, 8, 8, 8];
  row(['model', 'told', 'used', 'ratio'], widths);
  for (const each of [
    { cell: 'lstm', ...sizes, time: 64, hidden: 128, batch: 16 },
    { cell: 'lstm', ...sizes, hidden: 256, batch: 64 },
    { cell: 'gru', ...sizes, hidden: 256, batch: 64 },
    { cell: 'lstm', ...sizes, layers: 3, hidden: 512, batch: 32 },
  ] as const) {
    const { told, used } = measureMemory(each);
    row([titleOf(each), (told / 1e6).toFixed(1), (used / 1e6).toFixed(1), (told / used).toFixed(2)], widths);
  }
}

await buildKernels(root);
const platform = nodeKernelPlatform(path.join(root, 'dist'), {
  threadEntry: path.join(root, 'src/worker/kernel-thread.node.ts'),
});
const peer = await Peer.start();
const peak = await measurePeak(platform);
console.log(
  `${cpus()[0]?.model ?? 'Unknown processor'}, ${availableParallelism()} cores, Node ${process.versions.node}.`,
);
console.log(
  `\nOne thread, lstm 1×256, B=64: GFLOP/s of real products. The core's 128-bit multiply–add peak is ${peak.toFixed(1)}, 256-bit twice that.`,
);
// These two first: once revectorization is on it works on whatever is compiled after.
for (const narrow of ['simd', 'relaxed'] as const) await efficiency(platform, peak, narrow);
const build = await fastestBuild(platform);
if (build === 'revectorized') await efficiency(platform, peak, build);
if (peer) console.log(`\nPeer: ${peer.description}.`);
const engine = await wasmEngine(platform, { build, threads });
await training(engine, peer);
peer?.stop();
if (options.only === undefined) {
  await againstTensorFlow(engine);
  await inference(engine);
  await scaling(platform, build);
  await lastStepOnly(platform);
  memory();
}
await engine.dispose();
