/** Horizon over training: when a network learned to look back. */

import { card, named, table } from '../ui/cards.ts';
import { createDropdown } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { compact } from '../ui/format.ts';
import type { PlotCurve } from '../ui/plot.ts';
import { t } from '../ui/words.ts';
import type { JobActions } from './jobs.ts';
import { PlotCard, type Shown } from './plot-card.ts';
import { colourOf, cssColour, type SelectedRun, withPart } from './state.ts';
import type { View } from './view.ts';
import { horizonText } from './words.ts';

interface Drawn {
  selected: SelectedRun;
  name: string;
  shade: number;
  lags: number;
  points: { chars: number; generation: number; horizon: number | null }[];
}

export class HistoryView implements View {
  readonly id = 'history';
  readonly title = t('Over training');
  readonly parts = [] as const;
  readonly node: HTMLElement;
  private readonly main: PlotCard;
  private readonly numbers = element('div');
  private readonly layers = createDropdown(t('Layer'), (value) => {
    this.layer = Number(value);
    this.set(this.runs);
  });
  /** Which layer is drawn, counted from the top: networks of different depth share it. */
  private layer = 0;
  private runs: readonly SelectedRun[] = [];
  private drawn: Drawn[] = [];

  constructor(actions: JobActions) {
    this.main = new PlotCard(
      {
        question: t('When did it learn to look back?'),
        sentences: t(
          'The horizon of a layer at every checkpoint that is kept, measured at the same held-out places each time. A network may start with a long horizon that means nothing yet, lose it, and win it back as it learns.',
        ),
        formula: t('horizon = first k with relative[k] < 0.01'),
        source: t('as in the lag profile, over 64 positions'),
      },
      {
        part: 'history',
        words: {
          doing: t('is measured at each checkpoint'),
          start: t('Measure Every Checkpoint'),
          idle: t('is measured at one checkpoint so far.'),
          growing: true,
        },
        actions,
      },
      element('div', { class: 'choice' }, this.layers.node),
    );
    this.node = element(
      'div',
      { class: 'columns' },
      this.main.node,
      element('aside', { class: 'side' }, card(t('Checkpoints'), this.numbers)),
    );
  }

  set(runs: readonly SelectedRun[]): void {
    this.runs = runs;
    const deepest = Math.max(1, ...runs.map(({ run }) => run.cells.length));
    this.layer = Math.min(this.layer, deepest - 1);
    this.layers.node.hidden = deepest === 1;
    this.layers.set(
      Array.from({ length: deepest }, (_, below) => ({ value: String(below), label: belowTop(below) })),
      String(this.layer),
    );
    this.drawn = withPart(runs, 'history').flatMap(({ selected, result }) => {
      const layer = selected.run.cells.length - 1 - this.layer;
      if (layer < 0) return [];
      const states = selected.run.cells[layer] === 'lstm' ? (['c', 'h'] as const) : (['h'] as const);
      return states.map((state) => ({
        selected,
        name: `${selected.name} · ${state}`,
        shade: state === 'h' && states.length > 1 ? 0.5 : 0,
        lags: result.lags,
        points: result.points.map(({ trainedChars, generation, layers }) => ({
          chars: trainedChars,
          generation,
          horizon: layers[layer]?.[state] ?? null,
        })),
      }));
    });
    const some = this.drawn.some(({ points }) => points.length > 0);
    this.main.set(
      runs.filter(({ run }) => run.kind === 'run'),
      some ? shownOf(this.drawn) : null,
    );
    this.numbers.replaceChildren(
      some
        ? table(
            t('Horizons by checkpoint'),
            [
              { head: t('state') },
              { head: t('checkpoint'), number: true },
              { head: t('characters'), number: true },
              { head: t('horizon'), number: true },
            ],
            this.drawn.flatMap(({ selected, name, shade, lags, points }) =>
              points.map(({ chars, generation, horizon }) => [
                named(cssColour(selected.colour, shade), name),
                String(generation),
                compact(chars),
                horizonText(horizon, lags),
              ]),
            ),
          )
        : runs.some(({ run }) => run.kind === 'run')
          ? t('Nothing is measured yet.')
          : t('A model file has one set of weights and no checkpoints of its training.'),
    );
  }

  table(): CsvCell[][] | null {
    if (this.drawn.length === 0) return null;
    return [
      ['state', 'checkpoint', 'characters', 'horizon'],
      ...this.drawn.flatMap(({ name, lags, points }) =>
        points.map(({ chars, generation, horizon }): CsvCell[] => [name, generation, chars, horizon ?? `> ${lags}`]),
      ),
    ];
  }

  picture(): Promise<ArrayBuffer | null> {
    return this.main.picture();
  }
}

function belowTop(below: number): string {
  return below === 0
    ? t('the top layer')
    : below === 1
      ? t('the layer below the top')
      : t('{0} layers below the top', below);
}

function shownOf(drawn: readonly Drawn[]): Shown {
  const x = [...new Set(drawn.flatMap(({ points }) => points.map(({ chars }) => chars)))].sort((a, b) => a - b);
  const most = Math.max(...drawn.map(({ lags }) => lags));
  const columns = drawn.map(({ points, lags }) => {
    const by = new Map(points.map(({ chars, horizon }) => [chars, horizon ?? lags]));
    return x.map((chars) => by.get(chars) ?? null);
  });
  const beyond = drawn.some(({ points }) => points.some(({ horizon }) => horizon === null));
  const read = (index: number): string =>
    [
      t('{0} characters', compact(x[index]!)),
      ...drawn.flatMap(({ name, lags, points }) => {
        const point = points.find(({ chars }) => chars === x[index]);
        return point ? [`${name} ${horizonText(point.horizon, lags)}`] : [];
      }),
    ].join('   ');
  return {
    spec: {
      x,
      curves: drawn.map(
        ({ selected, name, shade }, i): PlotCurve => ({
          label: name,
          colour: colourOf(selected.colour, shade),
          values: columns[i]!,
          points: true,
        }),
      ),
      log: false,
      ...(beyond ? { line: { value: most, label: t('> {0}: beyond what is measured', most) } } : {}),
      xLabel: t('trained characters'),
      formatX: compact,
      formatY: (value) => String(Math.round(value)),
    },
    describe: t('Horizon by trained characters. At the end: {0}.', read(x.length - 1)),
    hint: beyond
      ? t('A point on the dashed line lies beyond the lags that are measured. Point at a checkpoint to read it.')
      : t('Point at a checkpoint to read it.'),
    read,
  };
}
