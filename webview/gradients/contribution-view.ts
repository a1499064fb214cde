/** Contribution by lag: how much of the recurrent weights' gradient comes from how far back, and what training cuts off. */

import { card, named, table, verdict } from '../ui/cards.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import type { PlotCurve } from '../ui/plot.ts';
import { t } from '../ui/words.ts';
import type { JobActions } from './jobs.ts';
import { PlotCard, type Shown } from './plot-card.ts';
import { colourOf, cssColour, type SelectedRun, withPart } from './state.ts';
import type { View } from './view.ts';
import { layerColumn, layerName, shareText } from './words.ts';

export class ContributionView implements View {
  readonly id = 'contribution';
  readonly title = t('Contribution');
  readonly parts = ['contribution'] as const;
  readonly node: HTMLElement;
  private readonly main: PlotCard;
  private readonly shares = element('div');
  private readonly verdicts = element('div', { class: 'verdicts' });
  private rows: CsvCell[][] | null = null;

  constructor(actions: JobActions) {
    this.main = new PlotCard(
      {
        question: t('How much does each distance teach the recurrent weights?'),
        sentences: t(
          'The gradient of the recurrent weights is a sum over lags; the curve adds up the shares of lags 0 to k, so it ends at 100 %, and it may pass that where far lags work against near ones. What lies beyond the training window is cut off by truncated backpropagation.',
        ),
        formula: 'D = ∂J/∂W_hh = Σ Dₖ,  shareₖ = ⟨Dₖ, D⟩ ∕ ‖D‖²',
        source: 'Pascanu, Mikolov, Bengio 2013, eq. 3–5; Williams, Peng 1990',
      },
      { part: 'contribution', words: { doing: t('takes its gradient apart by lag'), start: t('Measure') }, actions },
    );
    this.node = element(
      'div',
      { class: 'columns' },
      this.main.node,
      element('aside', { class: 'side' }, card(t('Shares'), this.shares), card(t('In words'), this.verdicts)),
    );
  }

  set(runs: readonly SelectedRun[]): void {
    const measured = withPart(runs, 'contribution').flatMap(({ selected, result }) =>
      result.layers.map((layer, k) => ({
        selected,
        result,
        layer,
        name: layerName(selected.name, k, result.layers.length),
        column: layerColumn(selected.name, k, result.layers.length),
        shade: (0.5 * (result.layers.length - 1 - k)) / Math.max(1, result.layers.length - 1),
        sums: cumulative(layer.share),
      })),
    );
    this.rows =
      measured.length === 0
        ? null
        : [
            ['lag', ...measured.flatMap(({ column }) => [`${column} share`, `${column} norm`])],
            ...Array.from({ length: Math.max(...measured.map(({ result }) => result.lags)) + 1 }, (_, k): CsvCell[] => [
              k,
              ...measured.flatMap(({ layer }) => [layer.share[k] ?? null, layer.norms[k] ?? null]),
            ]),
          ];
    this.main.set(runs, measured.length === 0 ? null : shownOf(measured));
    this.verdicts.replaceChildren(
      ...measured.map(({ selected, result, layer, name }) =>
        verdict(
          cssColour(selected.colour),
          selected.run.sequence === null
            ? t(
                '{0} loses {1} of this gradient to windows of {2}.',
                name,
                shareText(Math.abs(layer.lost)),
                result.window,
              )
            : t(
                '{0} loses {1} of this gradient to its window of {2}.',
                name,
                shareText(Math.abs(layer.lost)),
                result.window,
              ),
          layer.beyond < 0
            ? t(
                "{0} comes through lags that no prediction of a window can use, and works against the rest; the others are cut off for the predictions at a window's start.",
                shareText(Math.abs(layer.beyond)),
              )
            : t(
                "{0} comes through lags that no prediction of a window can use; the others are cut off for the predictions at a window's start.",
                shareText(Math.abs(layer.beyond)),
              ),
        ),
      ),
    );
    const within = [1, 5, 20].map((lag) => ({ head: `k < ${lag}`, number: true }));
    this.shares.replaceChildren(
      measured.length === 0
        ? t('Nothing is measured yet.')
        : table(
            t('Shares of the gradient by lag'),
            [{ head: t('weights') }, ...within, { head: t('half by k'), number: true }],
            measured.map(({ selected, name, sums, shade }) => [
              named(cssColour(selected.colour, shade), name),
              ...[1, 5, 20].map((lag) => shareText(sums[lag - 1] ?? 0)),
              String(sums.findIndex((sum) => sum >= 0.5)),
            ]),
          ),
    );
  }

  table(): CsvCell[][] | null {
    return this.rows;
  }

  picture(): Promise<ArrayBuffer | null> {
    return this.main.picture();
  }
}

interface Measured {
  selected: SelectedRun;
  result: { lags: number; positions: number; window: number };
  name: string;
  shade: number;
  sums: number[];
}

function shownOf(measured: readonly Measured[]): Shown {
  const lags = Math.max(...measured.map(({ result }) => result.lags));
  const x = Array.from({ length: lags + 1 }, (_, k) => k);
  const windows = new Set(measured.map(({ result }) => result.window));
  const [window] = windows;
  const values = measured.flatMap(({ sums }) => sums);
  const read = (k: number): string =>
    [`k ≤ ${k}`, ...measured.map(({ name, sums }) => `${name} ${shareText(sums[k] ?? 0)}`)].join('   ');
  return {
    spec: {
      x,
      curves: measured.map(
        ({ selected, name, shade, sums }): PlotCurve => ({
          label: name,
          colour: colourOf(selected.colour, shade),
          values: x.map((k) => sums[k] ?? null),
        }),
      ),
      log: false,
      range: [Math.min(0, ...values), Math.max(1.05, ...values)],
      line: { value: 1, label: t('all of it') },
      wall: windows.size === 1 && window! < lags ? { value: window!, label: t('window') } : null,
      xLabel: t('lags up to k'),
      formatX: String,
      formatY: (value) => `${Math.round(100 * value)} %`,
    },
    describe: t('Share of the gradient of the recurrent weights through lags up to k. {0}.', read(Math.min(20, lags))),
    hint: t('Over {0} held-out positions. Point at a lag to read it.', measured[0]!.result.positions),
    read,
  };
}

function cumulative(share: readonly (number | null)[]): number[] {
  let sum = 0;
  return share.map((value) => (sum += value ?? 0));
}
