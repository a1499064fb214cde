/**
 * `npm run make:base [-- --train N]`: trains the base models that a training may start from, one of each size, the better part of an hour
 * each on one core, looks how well their cells follow strings and conditions, and writes media/base/. `--train` stops after the training
 * of one size, so that sizes can be trained side by side.
 *
 * Seeded, on one thread: the same packages (packages.json) and the same engine build give the same files.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sha256OfBytes } from '../../src/core/formats/digest.ts';
import { encodeCheckpoint } from '../../src/core/formats/index.ts';
import { baseModelName, baseSizes } from '../../src/core/training/index.ts';
import { buildAll } from '../build.ts';
import { scoreBase } from './scores.ts';
import { readBaseSources } from './sources.ts';
import { type MadeBase, sourcesPage } from './sources-page.ts';
import { trainBase } from './train.ts';

const root = path.resolve(import.meta.dirname, '../..');
const media = path.join(root, 'media/base');

const { values: given } = parseArgs({ options: { train: { type: 'string' } } });

await buildAll();
const sources = await readBaseSources();
if (given.train !== undefined) {
  const hiddenSize = baseSizes.find((size) => size === Number(given.train));
  if (hiddenSize === undefined) throw new Error(`Sizes are ${baseSizes.join(' and ')}, not ${given.train}.`);
  await trainBase(sources, hiddenSize);
  process.exit(0);
}

await mkdir(media, { recursive: true });
const made: MadeBase[] = [];
for (const hiddenSize of baseSizes) {
  const run = await trainBase(sources, hiddenSize);
  const { spec, parameters } = await run.readModel('best');
  const model = encodeCheckpoint(spec, parameters);
  const file = `${baseModelName({ hiddenSize })}.safetensors`;
  await writeFile(path.join(media, file), model);
  const scores = await scoreBase(path.join(media, file));
  made.push({ file, manifest: run.manifest, bytes: model.length, sha256: await sha256OfBytes(model), scores });
}
const page = path.join(media, 'SOURCES.md');
await writeFile(page, sourcesPage(sources, made));
execFileSync(path.join(root, 'node_modules/.bin/biome'), ['format', '--write', page], { stdio: 'ignore' });
console.log(`${path.relative(root, page)}: ${made.map(({ file, bytes }) => `${file}, ${bytes} bytes`).join('; ')}`);
process.exit(0);
