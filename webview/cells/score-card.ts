/** One cell's scores for every concept; a row chooses the concept that its inside and outside are told apart by. */
import type { ShownClamp, ShownScores } from '../../src/protocol/cells.ts';
import { card } from '../ui/cards.ts';
import { createButton } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { fixed, signed } from '../ui/format.ts';
import { SortedTable } from '../ui/sorted-table.ts';
import { t, translated } from '../ui/words.ts';
import { precisionBar } from './marks.ts';
import { lift, riseText } from './words.ts';

type ScoreRow = ShownScores['concepts'][number] & { rise: number | null; places: number };

/** Rows that are shown at first. */
const firstRows = 8;
/** Concepts of degree that are told. */
const mostGraded = 3;

export class ScoreCard {
  readonly node: HTMLElement;
  private readonly scores: SortedTable<ScoreRow>;
  private readonly more = createButton('', () => {
    this.all = !this.all;
    this.draw();
  });
  private readonly graded = element('p', { class: 'note' });
  private all = false;
  private rows: ScoreRow[] = [];
  private shown: ShownScores | null = null;
  private concept: string | null = null;

  constructor(choose: (concept: string) => void) {
    this.scores = new SortedTable<ScoreRow>({
      label: t('Scores of this cell for every concept'),
      order: { key: 'ap', descending: true },
      idOf: ({ id }) => id,
      isCurrent: ({ id }) => id === this.concept,
      onOpen: ({ id }) => choose(id),
      columns: [
        {
          key: 'concept',
          head: t('concept'),
          value: ({ name }) => translated(name),
          cell: ({ name }) => translated(name),
        },
        {
          key: 'ap',
          head: t('AP'),
          title: t(
            'Average precision on the test files; the tick is the base rate. Sorted by how far it is from there to 1',
          ),
          number: true,
          value: ({ candidate, base }) => lift(candidate.ap, base),
          cell: ({ candidate, base }) => precisionBar(candidate.ap, base, false),
        },
        {
          key: 'f1',
          head: t('F1'),
          number: true,
          value: ({ candidate }) => candidate.f1,
          cell: ({ candidate }) => fixed(candidate.f1),
        },
        {
          key: 'pearson',
          head: t('Pearson'),
          number: true,
          value: ({ candidate }) => Math.abs(candidate.pearson),
          cell: ({ candidate }) => signed(candidate.pearson),
        },
        {
          key: 'rise',
          head: t('clamp'),
          title: t(
            'Rise of the loss in nats where the concept ends, with the cell held at its mean; without matched cells',
          ),
          number: true,
          value: ({ rise }) => rise,
          cell: ({ rise }) => riseText(rise),
        },
      ],
    });
    this.node = card(t('Score for every concept'), this.scores.node, this.more.node, this.graded);
  }

  set(scores: ShownScores | null, clamp: ShownClamp | null, concept: string | null): void {
    this.shown = scores;
    this.concept = concept;
    this.rows = (scores?.concepts ?? []).map((row) => {
      const rise = clamp?.concepts.find((one) => one.concept === row.id);
      return { ...row, rise: rise?.inside ?? null, places: rise?.places ?? 0 };
    });
    this.draw();
  }

  table(): CsvCell[][] | null {
    if (!this.shown) return null;
    return [
      ['concept', 'ap', 'base', 'f1', 'iou', 'pearson', 'spearman', 'quantity', 'sign', 'rise where it ends', 'places'],
      ...this.rows.map(({ name, base, candidate, rise, places }): CsvCell[] => {
        const { ap, f1, iou, pearson, quantity, sign } = candidate;
        return [name, ap, base, f1, iou, pearson, null, quantity, sign, rise, places];
      }),
      ...this.shown.graded.map(({ name, score: { pearson, spearman, quantity } }): CsvCell[] => {
        return [name, null, null, null, null, pearson, spearman, quantity, null, null, null];
      }),
    ];
  }

  private draw(): void {
    this.node.hidden = this.shown === null;
    if (!this.shown) return;
    this.scores.set(this.rows.filter(({ id }, i) => this.all || i < firstRows || id === this.concept));
    this.more.show(this.rows.length > firstRows);
    this.more.label(this.all ? t('Show Fewer') : t('Show All {0}', this.rows.length));
    this.graded.textContent = [...this.shown.graded]
      .sort((a, b) => Math.abs(b.score.pearson) - Math.abs(a.score.pearson))
      .slice(0, mostGraded)
      .map(({ name, score }) =>
        t('{0}: Pearson {1}, Spearman {2}.', translated(name), signed(score.pearson), signed(score.spearman)),
      )
      .join(' ');
  }
}
