/**
 * `node test/bench/cells.ts [--model RUN] [--names] [--chars N]`: what scoring cells costs for a 1×128 network on 1 MB of held-out
 * text, against its targets for 2 cores: all APs within 20 s (parsing included), all evidence within 60 s more.
 * `--names`: also counts the names that 20 untrained networks and 20 shifted labelings of the trained one earn (none is right).
 * Without a model it trains one on this repository's sources; the held-out text is TypeScript of installed packages.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from '../../scripts/build.ts';
import { type CellsOptions, defaultCellsOptions, findCells } from '../../src/core/cells/find-cells.ts';
import { type LabelledSide, labelledSide } from '../../src/core/cells/held-out.ts';
import type { CellsReport } from '../../src/core/cells/report.ts';
import type { Concept } from '../../src/core/concepts/concept.ts';
import { SyntaxParser } from '../../src/core/concepts/parser.ts';
import { concepts } from '../../src/core/concepts/registry.ts';
import { type CorpusDocument, countCharacters } from '../../src/core/corpus/document.ts';
import { Vocabulary } from '../../src/core/corpus/vocabulary.ts';
import { chooseEngine } from '../../src/core/engine/choose.ts';
import { RunFolder } from '../../src/core/formats/index.ts';
import { Random } from '../../src/core/random.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';
import { nodeStorage } from '../../src/worker/node-storage.ts';

const root = path.resolve(import.meta.dirname, '../..');
const dist = path.join(root, 'dist');
const { values: arguments_ } = parseArgs({
  options: { model: { type: 'string' }, names: { type: 'boolean' }, chars: { type: 'string', default: '1000000' } },
});

await buildAll();
const temporary = mkdtempSync(path.join(tmpdir(), 'cellscope-bench-'));
try {
  const model = arguments_.model ?? trainModel();
  const run = await RunFolder.open(nodeStorage(path.resolve(model)));
  const { spec, parameters } = await run.readModel('best');
  const engine = await chooseEngine(nodeKernelPlatform(dist), { engine: 'auto', threads: 1 });
  const session = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
  const vocabulary = new Vocabulary(spec.vocabulary, spec.unknown);
  const parser = new SyntaxParser(async (file) => readFileSync(path.join(dist, 'grammars', file)));
  const texts = heldOutTypeScript(Number(arguments_.chars));
  const half = texts.length >> 1;
  const sidesFor = (chosen: readonly Concept[]): { validation: LabelledSide; test: LabelledSide } => {
    const sideOf = (documents: CorpusDocument[]): LabelledSide =>
      labelledSide(documents, vocabulary, chosen, (language, text) => parser.document(language, text));
    return { validation: sideOf(texts.slice(0, half)), test: sideOf(texts.slice(half)) };
  };

  const sides = sidesFor(concepts);
  console.log(`${run.manifest.name}: ${sides.validation.chars + sides.test.chars} held-out characters, ${engine.name}`);
  const began = performance.now();
  let scored = 0;
  let scoredCpu = 0;
  const cpu = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
  const cpuBegan = cpu();
  const stages = new Map<string, number>();
  let last = began;
  const watch = {
    onProgress: ({ stage }: { stage: string }) => {
      const now = performance.now();
      stages.set(stage, (stages.get(stage) ?? 0) + now - last);
      last = now;
    },
  };
  const report = await findCells(engine, session, sides, defaultCellsOptions, watch, () => {
    if (scored > 0) return;
    scored = performance.now() - began;
    scoredCpu = cpu() - cpuBegan;
  });
  const all = performance.now() - began;
  const evidenceCpu = cpu() - cpuBegan - scoredCpu;
  console.log(
    `parsing and all APs  ${(scored / 1000).toFixed(1)} s   target 20 s   (processor time ${scoredCpu.toFixed(1)} s)`,
  );
  console.log(
    `evidence             ${((all - scored) / 1000).toFixed(1)} s   target 60 s   (processor time ${evidenceCpu.toFixed(1)} s)`,
  );
  for (const [stage, ms] of stages) console.log(`  until ${stage.padEnd(12)} ${(ms / 1000).toFixed(1)} s`);
  console.log(`memory at the end    ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB resident`);
  console.log(`names                ${namesOf(report).join(', ') || 'none'}`);
  if (arguments_.names) await countFalseNames(sidesFor);

  /** 20 untrained networks, and 20 labelings of the trained one shifted by a seeded part of each file. */
  async function countFalseNames(sidesOf: typeof sidesFor): Promise<void> {
    let untrained = 0;
    for (let seed = 0; seed < 20; seed++) {
      const start = { kind: 'fresh', seed: 1000 + seed, init: run.manifest.options.init } as const;
      const fresh = await engine.open(spec, start, { maxTime: 0, maxBatch: 0 });
      const names = namesOf(await findCells(engine, fresh, sidesOf(concepts), { ...defaultCellsOptions, seed }));
      await fresh.close();
      untrained += names.length;
      console.log(`untrained network ${seed}: ${names.join(', ') || 'no name'}`);
    }
    let shifted = 0;
    for (let seed = 0; seed < 20; seed++) {
      const options: CellsOptions = { ...defaultCellsOptions, seed };
      const names = namesOf(
        await findCells(engine, session, sidesOf(concepts.map((one) => shift(one, seed))), options),
      );
      shifted += names.length;
      console.log(`shifted labels ${seed}: ${names.join(', ') || 'no name'}`);
    }
    console.log(`names of 20 untrained networks: ${untrained}; of 20 shifted labelings: ${shifted}`);
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
process.exit(0);

function trainModel(): string {
  const out = path.join(temporary, 'run');
  const recipe = ['--hidden', '128', '--chars', '2000000', '--out', out];
  execFileSync(process.execPath, [path.join(dist, 'cli.cjs'), 'train', path.join(root, 'src'), ...recipe], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return out;
}

/** Declaration and source files of installed packages, in seeded order. */
function heldOutTypeScript(chars: number): CorpusDocument[] {
  const packages = [
    '@types/node',
    '@types/vscode',
    'esbuild',
    'vitest',
    'valibot',
    'typescript',
    '@vscode/test-electron',
  ];
  const files = packages.flatMap((name) => {
    const folder = path.join(root, 'node_modules', name);
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:d\.)?[cm]?ts$/.test(file))
      .map((file) => path.join(folder, file));
  });
  const documents: CorpusDocument[] = [];
  let total = 0;
  for (const file of new Random(1).shuffle(files.sort())) {
    if (total >= chars) break;
    const text = readFileSync(file, 'utf8')
      .replaceAll('\r\n', '\n')
      .slice(0, Math.min(60_000, chars - total));
    const size = countCharacters(text);
    documents.push({ path: file, language: 'typescript', side: 'test', text, chars: size, sha256: '' });
    total += size;
  }
  return documents;
}

function namesOf({ concepts: reports }: CellsReport): string[] {
  return reports.flatMap(({ concept, best }) =>
    best.filter(({ named }) => named).map(({ layer, cell }) => `${concept} ${layer}:${cell}`),
  );
}

/** A concept whose labels are turned round within each file. */
function shift(concept: Concept, seed: number): Concept {
  const turn = <T extends Int8Array | Float32Array>(values: T, purpose: string): T => {
    const by = 1 + Random.derive(seed, purpose).below(Math.max(1, values.length - 1));
    const turned = values.slice() as T;
    for (let i = 0; i < values.length; i++) turned[(i + by) % values.length] = values[i]!;
    return turned;
  };
  if (concept.scale === 'graded')
    return {
      ...concept,
      label: (document) => ({ values: turn(concept.label(document).values, document.text.slice(0, 200)) }),
    };
  return {
    ...concept,
    label(document) {
      const purpose = document.text.slice(0, 200);
      const { values, ends } = concept.label(document);
      const marks = new Int8Array(values.length);
      for (const end of ends) marks[end] = 1;
      const turned = turn(marks, purpose);
      return {
        values: turn(values, purpose),
        ends: Int32Array.from([...turned.keys()].filter((i) => turned[i] === 1)),
      };
    },
  };
}
