/** How well single cells of a base model follow strings and conditions in code that it has not read. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openModel } from '../../src/cli/models.ts';
import { readFolder } from '../../src/cli/sources.ts';
import { defaultCellsOptions, findCells } from '../../src/core/cells/find-cells.ts';
import { labelledSides } from '../../src/core/cells/held-out.ts';
import { heldOutTexts } from '../../src/core/cells/sides.ts';
import { SyntaxParser } from '../../src/core/concepts/parser.ts';
import { concepts } from '../../src/core/concepts/registry.ts';
import { Vocabulary } from '../../src/core/corpus/vocabulary.ts';
import { chooseEngine } from '../../src/core/engine/choose.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';
import { chooseCodebases } from '../../test/bench/learning/codebases.ts';

const dist = path.resolve(import.meta.dirname, '../../dist');

/** What is looked for: the issue of a base model is that such cells are there before a training has begun. */
export const scoredConcepts = ['string', 'if-condition'] as const;

export interface BaseScore {
  codebase: string;
  concept: string;
  /** AP of the best single cell, chosen on one half of the codebase's files and scored on the other; null where none qualifies. */
  ap: number | null;
}

/** Needs `dist/`. `model`: a run folder or a model file. */
export async function scoreBase(model: string): Promise<BaseScore[]> {
  const { spec, parameters } = await openModel(model, undefined);
  const engine = await chooseEngine(nodeKernelPlatform(dist), { engine: 'auto', threads: 1 });
  const session = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
  const parser = new SyntaxParser((file) => readFile(path.join(dist, 'grammars', file)));
  const vocabulary = new Vocabulary(spec.vocabulary, spec.unknown);
  const asked = concepts.filter(({ id }) => scoredConcepts.some((each) => each === id));
  const scores: BaseScore[] = [];
  try {
    for (const { name, folder } of chooseCodebases([], undefined)) {
      const { files } = await readFolder(folder, {}, {});
      const texts = await heldOutTexts(files, null, defaultCellsOptions.seed);
      const sides = labelledSides(texts, vocabulary, asked, parser);
      const report = await findCells(engine, session, sides, { ...defaultCellsOptions, evidence: false });
      for (const concept of scoredConcepts) {
        const best = report.concepts.find((each) => each.concept === concept)?.best[0];
        scores.push({ codebase: name, concept, ap: best?.ap ?? null });
      }
    }
  } finally {
    await session.close();
    await engine.dispose();
  }
  return scores;
}
