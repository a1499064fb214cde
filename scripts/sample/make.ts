/**
 * `npm run make:sample [-- --start base|fresh] [--chars N]`: trains the sample run on media/sample-workspace, finds its cells, and writes
 * media/sample/: the run as one archive, and which text to show first. Seeded, on one thread: the same texts, base model and engine build
 * give the same weights.
 *
 * What ships is for looking at: no optimiser state, five checkpoints, and weights rounded so that they compress to half. Cells and losses
 * are those of the rounded weights.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { readFolder } from '../../src/cli/sources.ts';
import { trainerHost } from '../../src/cli/trainer-host.ts';
import { namedCells } from '../../src/core/cells/standing.ts';
import { conceptsVersion } from '../../src/core/concepts/version.ts';
import { Corpus, defaultMinCount } from '../../src/core/corpus/corpus.ts';
import { chooseEngine } from '../../src/core/engine/choose.ts';
import { type CellsFile, cellsFile, encodeCellsFile, RunFolder } from '../../src/core/formats/index.ts';
import { writeRunArchive } from '../../src/core/formats/run-archive.ts';
import {
  defaultOptions,
  evaluateStreams,
  heldOutOf,
  readBaseModel,
  startTraining,
  type TrainingOptions,
} from '../../src/core/training/index.ts';
import type { InspectorService } from '../../src/protocol/inspector-service.ts';
import { connect } from '../../src/worker/channel.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';
import { nodeStorage } from '../../src/worker/node-storage.ts';
import { startNodeWorker } from '../../src/worker/ports.node.ts';
import { buildAll } from '../build.ts';
import { chosenGenerations, roundToCompress } from './slim.ts';

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');
const trained = path.join(root, '.cache/sample/trained');
const slim = path.join(root, '.cache/sample/slim');
const media = path.join(root, 'media/sample');

/** Of the run and all that is in it: nothing in the archive but the seconds depends on when it was made. */
const created = '2026-11-21T00:00:00.000Z';
const seed = 1;
const shipped = 5;

const { values: given } = parseArgs({
  options: {
    start: { type: 'string', default: 'base' },
    chars: { type: 'string', default: '400000' },
    lr: { type: 'string', default: String(defaultOptions.learningRate) },
  },
});
const options: TrainingOptions = {
  ...defaultOptions,
  budget: { kind: 'chars', amount: Number(given.chars) },
  learningRate: Number(given.lr),
  threads: 1,
  seed,
};

await buildAll();
await Promise.all([trained, slim].map((folder) => rm(folder, { recursive: true, force: true })));
const { files } = await readFolder(path.join(root, 'media/sample-workspace'), { include: [], exclude: [] }, { seed });
const corpus = await Corpus.build(files, { seed, minCount: defaultMinCount });
const engine = await chooseEngine(nodeKernelPlatform(dist), { engine: 'wasm', threads: 1 });
const storage = nodeStorage(trained);
const baseName = 'lstm-1x128';
const base =
  given.start === 'base'
    ? await readBaseModel(baseName, await nodeStorage(path.join(root, 'media/base')).read(`${baseName}.safetensors`))
    : undefined;
const name = 'Sample: small utilities';
const about = { id: 'sample', name, created, keptGenerations: 40, ...(base ? { base } : {}) };
const trainer = await startTraining(
  { storage, corpus, engine, options, ...about },
  trainerHost(() => {}),
);
const outcome = await trainer.run();
if (outcome.state !== 'finished') throw new Error(`The training is ${outcome.state}: ${outcome.message ?? ''}`);

const full = trainer.folder;
const chosen = chosenGenerations(full.manifest.generations, full.manifest.best!, shipped);
const { manifest } = full;
const run = await RunFolder.create(
  nodeStorage(slim),
  { ...manifest, state: 'running', generations: [], best: null, current: null, trainedChars: 0 },
  corpus.snapshot(),
);
await run.appendMetrics(await full.readMetrics());
for (const { number, trainedChars } of chosen) {
  const { parameters } = await full.readModel(number);
  const rounded = roundToCompress(parameters);
  const session = await engine.open(
    manifest.spec,
    { kind: 'parameters', parameters: rounded },
    { maxTime: 0, maxBatch: 0 },
  );
  const side = async (which: 'validation' | 'test') =>
    heldOutOf((await evaluateStreams(session, corpus.streams(which)))!)!;
  const validation = await side('validation');
  const test = await side('test');
  await session.close();
  const bits = (nats: number): string => (nats / Math.LN2).toFixed(3);
  const best = number === manifest.best;
  const saved = await run.saveGeneration(
    {
      session: { parameters: rounded, optimizer: new Map(), steps: 0, carry: [] },
      trainedChars,
      validationNats: validation.nats,
      trainer: null,
    },
    best ? { best: run.nextGeneration, heldOut: test } : {},
  );
  console.log(
    `checkpoint ${saved} at ${trainedChars} characters: ${bits(validation.nats)} bits on the validation files, ${bits(test.nats)} on the test files${best ? ' (best)' : ''}`,
  );
}
await engine.dispose();
for (const { number } of run.manifest.generations) await run.storage.remove(`checkpoints/${number}/state.safetensors`);
await run.update({ trainedChars: manifest.trainedChars, trainingSeconds: Math.round(manifest.trainingSeconds) });
await run.setState('finished');

const worker = startNodeWorker(path.join(dist, 'inspector-worker.cjs'));
const model = { key: 'sample', kind: 'run', folder: slim, generation: null } as const;
const { generation, trainedChars, texts, report } = await connect<InspectorService>(worker.port).call('findCells', {
  model,
  userConcepts: [],
  quantities: [],
  seed,
  evidence: true,
});
await worker.terminate();
const cells: CellsFile = {
  formatVersion: 1,
  generation,
  trainedChars,
  measured: created,
  seed,
  concepts: conceptsVersion,
  userConcepts: [],
  quantities: [],
  texts,
  report,
};
await run.storage.write(cellsFile, encodeCellsFile(cells));
for (const { concept, candidate } of namedCells(report))
  console.log(
    `named: ${concept.name}, cell ${candidate.layer}:${candidate.cell}, AP ${candidate.ap.toFixed(3)} (base ${concept.base.toFixed(3)})`,
  );
for (const {
  name: concept,
  base: rate,
  best: [first],
} of report.concepts)
  if (first && !first.named)
    console.log(
      `not named: ${concept}, AP ${first.ap.toFixed(3)} (base ${rate.toFixed(3)}), lacks ${first.lacks.join(', ')}`,
    );

const pieces: Uint8Array[] = [];
const write = async (bytes: Uint8Array): Promise<void> => void pieces.push(bytes.slice());
await writeRunArchive(nodeStorage(slim), write, { text: true, now: Date.parse(created), step: () => {} });
const archive = Buffer.concat(pieces);
await mkdir(media, { recursive: true });
await writeFile(path.join(media, 'sample.cellscope-run'), archive);
/** Held out, and long enough to scroll: what a person sees first was not trained on. */
const [first] = corpus.documents
  .filter(({ side }) => side === 'test')
  .sort((a, b) => Number(b.language === 'typescript') - Number(a.language === 'typescript') || b.chars - a.chars);
await writeFile(path.join(media, 'sample.json'), `${JSON.stringify({ created, open: first!.path }, null, 2)}\n`);
console.log(
  `media/sample: ${archive.length} bytes, ${deflateRawSync(archive).length} in the package; shows ${first!.path}.`,
);
process.exit(0);
