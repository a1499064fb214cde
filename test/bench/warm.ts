/**
 * `npm run bench:warm [-- --hidden N] [--codebases LIST] [--seeds LIST] [--chars N] [--lr X] [--no-cells]`: how much sooner a training
 * that starts from the base model of its size learns than one that starts from random weights, on codebases that the base has not read.
 * The same text, split, seed, windows and options; only the start differs. Prints the loss on the validation documents along the way, when
 * each start reaches what the other one has at the end of the budget, and the cells that have a name after the first checkpoints.
 *
 * Characters, not seconds, so that a busy machine changes nothing.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from '../../scripts/build.ts';
import { trainerHost } from '../../src/cli/trainer-host.ts';
import { chooseEngine } from '../../src/core/engine/choose.ts';
import type { RunFolder } from '../../src/core/formats/index.ts';
import {
  baseModelName,
  defaultOptions,
  readBaseModel,
  startTraining,
  type TrainingOptions,
} from '../../src/core/training/index.ts';
import type { InspectorService } from '../../src/protocol/inspector-service.ts';
import { connect } from '../../src/worker/channel.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';
import { nodeStorage } from '../../src/worker/node-storage.ts';
import { startNodeWorker } from '../../src/worker/ports.node.ts';
import { chooseCodebases, readCodebase } from './learning/codebases.ts';

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');
const { values: given } = parseArgs({
  allowNegative: true,
  options: {
    codebases: { type: 'string', default: 'cellscope,mocha,assemblyscript' },
    seeds: { type: 'string', default: '1' },
    hidden: { type: 'string', default: String(defaultOptions.hiddenSize) },
    chars: { type: 'string', default: '500000' },
    lr: { type: 'string', default: String(defaultOptions.learningRate) },
    cells: { type: 'boolean', default: true },
  },
});
const budget = Number(given.chars);
/** Where losses are told: milestones at which a checkpoint is saved too. */
const marks = [0, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000].filter(
  (chars) => chars <= budget,
);
/** Where cells are looked for. */
const cellMarks = [50_000, 200_000, 1_000_000].filter((chars) => chars <= budget);

const list = (text: string): string[] => text.split(',').filter((part) => part !== '');
const bits = (nats: number | undefined): string => (nats === undefined ? '–' : (nats / Math.LN2).toFixed(3));
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

interface Curve {
  /** Nats on the validation documents, oldest first. */
  points: { chars: number; nats: number }[];
  test: number;
  /** Names found at each of `cellMarks`. */
  names: string[][];
}

await buildAll();
const engine = await chooseEngine(nodeKernelPlatform(dist), { engine: 'auto', threads: 1 });
const hiddenSize = Number(given.hidden);
const baseName = baseModelName({ hiddenSize });
const base = await readBaseModel(baseName, await readFile(path.join(root, 'media/base', `${baseName}.safetensors`)));
for (const codebase of chooseCodebases(list(given.codebases), undefined)) {
  const corpus = await readCodebase(codebase);
  const curves: Record<'fresh' | 'warm', Curve[]> = { fresh: [], warm: [] };
  for (const seed of list(given.seeds).map(Number)) {
    for (const start of ['fresh', 'warm'] as const) {
      const folder = await mkdtemp(path.join(tmpdir(), 'cellscope-warm-'));
      try {
        const options: TrainingOptions = {
          ...defaultOptions,
          hiddenSize,
          learningRate: Number(given.lr),
          budget: { kind: 'chars', amount: budget },
          seed,
          threads: 1,
        };
        const about = { id: 'bench', name: codebase.name, created: new Date().toISOString(), keptGenerations: 100 };
        const from = start === 'warm' ? { base } : {};
        const trainer = await startTraining(
          { storage: nodeStorage(folder), corpus, engine, options, ...about, ...from },
          trainerHost(() => {}),
        );
        const outcome = await trainer.run();
        if (outcome.state !== 'finished') throw new Error(`The training ${outcome.state}: ${outcome.message ?? ''}`);
        const points = (await trainer.folder.readMetrics()).flatMap(({ chars, validationNats }) =>
          validationNats === undefined ? [] : [{ chars, nats: validationNats }],
        );
        const names = given.cells ? await namesAlong(trainer.folder, folder) : [];
        curves[start].push({ points, test: outcome.heldOut!.nats, names });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }
  tell(`${codebase.name} (${corpus.chars('train').toLocaleString('en-US')} characters to train on)`, curves);
}
await engine.dispose();
process.exit(0);

/** The names at the checkpoints nearest after each mark. */
async function namesAlong(run: RunFolder, folder: string): Promise<string[][]> {
  const worker = startNodeWorker(path.join(dist, 'inspector-worker.cjs'));
  const remote = connect<InspectorService>(worker.port);
  const all: string[][] = [];
  try {
    for (const mark of cellMarks) {
      const kept = run.manifest.generations.find(({ trainedChars }) => trainedChars >= mark);
      if (!kept) break;
      const model = { key: `${kept.number}`, kind: 'run', folder, generation: kept.number } as const;
      const { report } = await remote.call('findCells', {
        model,
        userConcepts: [],
        quantities: [],
        seed: 1,
        evidence: true,
      });
      all.push(report.concepts.filter(({ best }) => best.some(({ named }) => named)).map(({ name }) => name));
    }
  } finally {
    await worker.terminate();
  }
  return all;
}

function tell(title: string, { fresh, warm }: Record<'fresh' | 'warm', Curve[]>): void {
  const at = (curves: Curve[], mark: number): number | undefined => {
    const values = curves.flatMap(({ points }) => points.find(({ chars }) => chars >= mark)?.nats ?? []);
    return values.length === curves.length ? mean(values) : undefined;
  };
  console.log(`\n${title}`);
  console.log('| characters | fresh, bits | from the base, bits |');
  console.log('| ---: | ---: | ---: |');
  for (const mark of marks)
    console.log(`| ${mark.toLocaleString('en-US')} | ${bits(at(fresh, mark))} | ${bits(at(warm, mark))} |`);
  console.log(
    `| test, best checkpoint | ${bits(mean(fresh.map(({ test }) => test)))} | ${bits(mean(warm.map(({ test }) => test)))} |`,
  );
  for (const [k, curve] of fresh.entries()) {
    const target = Math.min(...curve.points.map(({ nats }) => nats));
    const cold = curve.points.find(({ nats }) => nats <= target)!.chars;
    const sooner = warm[k]!.points.find(({ nats }) => nats <= target);
    const when = sooner ? `after ${sooner.chars.toLocaleString('en-US')}` : 'not within the budget';
    console.log(
      `Fresh is best after ${cold.toLocaleString('en-US')} characters (${bits(target)} bits); from the base that is reached ${when}.`,
    );
    for (const [m, mark] of cellMarks.entries()) {
      const words = (names: string[] | undefined): string =>
        names?.length ? `${names.length} (${names.join(', ')})` : '0';
      if (curve.names[m])
        console.log(
          `Named after ${mark.toLocaleString('en-US')}: fresh ${words(curve.names[m])}; from the base ${words(warm[k]!.names[m])}.`,
        );
    }
  }
}
