/** The run whose evidence is looked at: its model and labelled texts stay open while questions about it follow each other. */
import { AblationBench, momentsOf } from '../core/cells/ablation.ts';
import { partOf, report, type Watch } from '../core/cells/progress.ts';
import { type ColumnSample, chooseText, readSample } from '../core/cells/sample.ts';
import type { Snippet } from '../core/cells/snippets.ts';
import type { CorpusDocument } from '../core/corpus/document.ts';
import { Random } from '../core/random.ts';
import { t } from '../core/words.ts';
import type { PlacedSnippet } from '../protocol/cell-evidence-service.ts';
import { CodedError } from './channel.ts';
import type { MeasuredRun } from './measured-run.ts';

/** Characters that clamped cells are looked at on. */
const clampSample = 24_576;

export const seed = 1;

export class EvidenceRun {
  readonly run: MeasuredRun;
  private bench: { bench: AblationBench; sample: ColumnSample } | null = null;
  private watch: Watch = {};

  constructor(run: MeasuredRun) {
    this.run = run;
  }

  /** Index of a binary concept. */
  conceptOf(id: string): number {
    const index = this.run.concepts.findIndex((concept) => concept.id === id && concept.scale === 'binary');
    if (index < 0)
      throw new CodedError(
        'no-concept',
        t('There is no concept “{0}” any more. Find the cells again, then choose one.', id),
      );
    return index;
  }

  checkCell({ layer, cell }: { layer: number; cell: number }): void {
    const size = this.run.model.info.spec.layers[layer]?.hiddenSize ?? 0;
    if (!(Number.isInteger(cell) && cell >= 0 && cell < size))
      throw new CodedError('no-cell', t('This network has no cell {0} in layer {1}. Choose another one.', cell, layer));
  }

  /** Losses with and without cells over a seeded sample of the test files. */
  async clamps(watch: Watch): Promise<{ bench: AblationBench; sample: ColumnSample }> {
    this.watch = watch;
    if (this.bench) return this.bench;
    const { session } = this.run.model;
    const text = await chooseText(
      this.run.sides.test,
      clampSample,
      Random.derive(seed, 'test sample'),
      partOf(watch, 0, 0.3),
    );
    const sample = await readSample(session, [], text, partOf(watch, 0.3, 0.6));
    const moments = await momentsOf(session, sample, partOf(watch, 0.6, 0.9));
    const bench = new AblationBench(session, sample, moments, () => report(this.watch, 'ablation', 1));
    this.bench = { bench, sample };
    return this.bench;
  }

  placed(snippets: readonly Snippet[]): PlacedSnippet[] {
    return snippets.map((snippet) => ({ ...snippet, line: lineOf(this.run.texts.test, snippet) }));
  }

  close(): Promise<void> {
    return this.run.model.session.close();
  }
}

function lineOf(documents: readonly CorpusDocument[], { path, index }: Snippet): number | null {
  const document = documents.find((one) => one.path === path);
  if (!document || (document.range && document.range.start > 0)) return null;
  let line = 1;
  let at = 0;
  for (const character of document.text) {
    if (at++ === index) return line;
    if (character === '\n') line++;
  }
  return line;
}
