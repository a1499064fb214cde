/** What the search for cells costs: the base model, LSTM 1×128, on 1 MB of text that it was not trained on. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openModel } from '../../../src/cli/models.ts';
import { defaultCellsOptions, findCells } from '../../../src/core/cells/find-cells.ts';
import { type LabelledSides, labelledSides } from '../../../src/core/cells/held-out.ts';
import { LabelCache } from '../../../src/core/cells/label-cache.ts';
import type { Stage } from '../../../src/core/cells/progress.ts';
import type { CellsReport } from '../../../src/core/cells/report.ts';
import type { Concept } from '../../../src/core/concepts/concept.ts';
import { SyntaxParser } from '../../../src/core/concepts/parser.ts';
import { concepts } from '../../../src/core/concepts/registry.ts';
import { type CorpusDocument, countCharacters, normaliseLineEnds } from '../../../src/core/corpus/document.ts';
import { sha256 } from '../../../src/core/corpus/sha256.ts';
import { Vocabulary } from '../../../src/core/corpus/vocabulary.ts';
import { chooseEngine } from '../../../src/core/engine/choose.ts';
import type { Engine, Session } from '../../../src/core/engine/engine.ts';
import type { ModelSpec } from '../../../src/core/model/spec.ts';
import { Random } from '../../../src/core/random.ts';
import { nodeKernelPlatform } from '../../../src/worker/kernel-loader.node.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const dist = path.join(root, 'dist');

export const baseModel = path.join(root, 'media/base/lstm-1x128.safetensors');

export interface CellsCase {
  engine: Engine;
  spec: ModelSpec;
  session: Session;
  /** Half of the text on either side, nothing of it labelled yet. */
  sides(concepts: readonly Concept[]): LabelledSides;
  close(): Promise<void>;
}

/** Needs `dist/`. */
export async function openCellsCase(model = baseModel, chars = 1_000_000): Promise<CellsCase> {
  const { spec, parameters } = await openModel(model, undefined);
  const engine = await chooseEngine(nodeKernelPlatform(dist), { engine: 'auto', threads: 1 });
  const session = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
  const vocabulary = new Vocabulary(spec.vocabulary, spec.unknown);
  const documents = await packageSources(chars);
  const half = documents.length >> 1;
  const texts = { validation: documents.slice(0, half), test: documents.slice(half) };
  return {
    engine,
    spec,
    session,
    sides(chosen) {
      const parser = new SyntaxParser(async (file) => readFileSync(path.join(dist, 'grammars', file)));
      return labelledSides(texts, vocabulary, chosen, parser, new LabelCache());
    },
    close: async () => {
      await session.close();
      await engine.dispose();
    },
  };
}

export interface CellsCost {
  /** Seconds until every AP stands, parsing included, and from there to the last of the evidence. */
  scores: number;
  evidence: number;
  /** The same of the processor: what a machine that does nothing else would need. */
  processor: { scores: number; evidence: number };
  /** Seconds by stage. */
  stages: Map<Stage, number>;
  chars: number;
  report: CellsReport;
}

export async function timeCells({ engine, session, sides }: CellsCase): Promise<CellsCost> {
  const labelled = sides(concepts);
  const stages = new Map<Stage, number>();
  const seconds = (): number => performance.now() / 1000;
  const processor = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
  const began = { time: seconds(), processor: processor() };
  let scored: typeof began | null = null;
  let last = began.time;
  const onProgress = ({ stage }: { stage: Stage }): void => {
    const now = seconds();
    stages.set(stage, (stages.get(stage) ?? 0) + now - last);
    last = now;
  };
  const report = await findCells(engine, session, labelled, defaultCellsOptions, { onProgress }, () => {
    scored ??= { time: seconds(), processor: processor() };
  });
  const done = { time: seconds(), processor: processor() };
  const between = scored ?? done;
  return {
    scores: between.time - began.time,
    evidence: done.time - between.time,
    processor: { scores: between.processor - began.processor, evidence: done.processor - between.processor },
    stages,
    chars: labelled.validation.chars + labelled.test.chars,
    report,
  };
}

export function namesOf({ concepts: reports }: CellsReport): string[] {
  return reports.flatMap(({ concept, best }) =>
    best.filter(({ named }) => named).map(({ layer, cell }) => `${concept} ${layer}:${cell}`),
  );
}

/** TypeScript of installed packages, declarations and sources, in seeded order; long files give their beginning. */
async function packageSources(chars: number): Promise<CorpusDocument[]> {
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
    const text = normaliseLineEnds(readFileSync(file, 'utf8')).slice(0, Math.min(60_000, chars - total));
    const size = countCharacters(text);
    documents.push({ path: file, language: 'typescript', side: 'test', text, chars: size, sha256: await sha256(text) });
    total += size;
  }
  return documents;
}
