/** Memory of single cells: how long the keeping gate lets a cell hold what it has. */

import { card, named, table } from '../ui/cards.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import type { PlotCurve } from '../ui/plot.ts';
import { t, translated } from '../ui/words.ts';
import { CellMemoryCard } from './cell-memory.ts';
import type { JobActions } from './jobs.ts';
import { PlotCard, type Shown } from './plot-card.ts';
import { colourOf, cssColour, type SelectedRun, withPart } from './state.ts';
import type { View } from './view.ts';
import { axisText, horizonText, layerName } from './words.ts';

interface LayerCells {
  selected: SelectedRun;
  name: string;
  gate: string;
  layer: number;
  lags: number;
  shade: number;
  steps: readonly number[];
  /** By cell. */
  retained: readonly (readonly (number | null)[])[];
  named: ReadonlyMap<number, string>;
  /** The longest memory first. */
  cells: { cell: number; horizon: number | null }[];
}

export class MemoryView implements View {
  readonly id = 'memory';
  readonly title = t('Memory');
  readonly parts = ['memory'] as const;
  readonly node: HTMLElement;
  private readonly main: PlotCard;
  private readonly longest = element('div');
  private readonly one = new CellMemoryCard((cell) => this.choose({ ...this.chosen!, cell }));
  private readonly oneCard = card(t('One cell'), this.one.node);
  /** The cell whose curve is shown. */
  private chosen: { run: string; layer: number; cell: number } | null = null;
  private layers: LayerCells[] = [];

  constructor(actions: JobActions) {
    this.main = new PlotCard(
      {
        question: t('How long does each cell remember?'),
        sentences: t(
          'Cells in the order of their own horizon: the first lag at which the product of their forget gates (update gates z in a GRU) has fallen under 1 % on average. Along this path a gradient passes a cell untouched by the weights: the constant error carousel.',
        ),
        formula: t('direct path of ∂cₜ/∂cₜ₋ₖ = ∏ fⱼ,  mean over positions'),
        source: 'Hochreiter, Schmidhuber 1997; Gers, Schmidhuber, Cummins 2000',
      },
      { part: 'memory', words: { doing: t('multiplies its forget gates'), start: t('Measure') }, actions },
    );
    this.node = element(
      'div',
      { class: 'columns' },
      this.main.node,
      element('aside', { class: 'side' }, card(t('Longest memories'), this.longest), this.oneCard),
    );
  }

  set(runs: readonly SelectedRun[]): void {
    const measured = withPart(runs, 'memory');
    this.layers = measured.flatMap(({ selected, result }) =>
      result.layers.flatMap((layer, k): LayerCells[] => {
        if (!layer) return [];
        const cells = layer.horizons.map((horizon, cell) => ({ cell, horizon }));
        cells.sort((a, b) => (b.horizon ?? Infinity) - (a.horizon ?? Infinity) || a.cell - b.cell);
        const { length } = result.layers;
        const name = layerName(selected.name, k, length);
        const shade = (0.5 * (length - 1 - k)) / Math.max(1, length - 1);
        const named = new Map(layer.named.map(({ cell, name: concept }) => [cell, translated(concept)]));
        const { lags, steps } = result;
        return [
          { selected, name, gate: layer.gate, layer: k, lags, shade, cells, steps, retained: layer.retained, named },
        ];
      }),
    );
    this.main.set(runs, this.layers.length > 0 ? shownOf(this.layers) : null);
    this.longest.replaceChildren(
      this.layers.length === 0
        ? measured.length > 0
          ? t('A plain RNN rewrites its state at every step: no gate keeps it.')
          : t('Nothing is measured yet.')
        : table(
            t('Cells with the longest memory, and those that have a name'),
            [{ head: t('cell') }, { head: t('gate') }, { head: t('remembers'), number: true }],
            this.layers.flatMap((layer) => {
              const most = Math.max(3, Math.floor(12 / this.layers.length));
              const listed = layer.cells.filter(({ cell }, rank) => rank < most || layer.named.has(cell));
              return listed.map(({ cell, horizon }) => [
                named(cssColour(layer.selected.colour, layer.shade), this.cellButton(layer, cell)),
                layer.gate,
                horizonText(horizon, layer.lags),
              ]);
            }),
          ),
    );
    const known = this.layers.find((layer) => isOf(layer, this.chosen));
    const [first] = this.layers;
    this.oneCard.hidden = !first;
    if (known) this.choose(this.chosen!);
    else if (first) this.choose({ run: first.selected.run.id, layer: first.layer, cell: first.cells[0]!.cell });
  }

  table(): CsvCell[][] | null {
    if (this.layers.length === 0) return null;
    return [
      ['run', 'layer', 'cell', 'gate', 'horizon'],
      ...this.layers.flatMap(({ selected, layer, gate, lags, cells }) =>
        cells.map(({ cell, horizon }): CsvCell[] => [selected.name, layer, cell, gate, horizon ?? `> ${lags}`]),
      ),
    ];
  }

  picture(): Promise<ArrayBuffer | null> {
    return this.main.picture();
  }

  private cellButton({ selected, name, layer, named: names }: LayerCells, cell: number): HTMLElement {
    const concept = names.get(cell);
    const button = element(
      'button',
      { type: 'button', class: 'contributor', title: t('Show this cell') },
      concept ? t('{0} · cell {1} · {2}', name, cell, concept) : t('{0} · cell {1}', name, cell),
    );
    button.addEventListener('click', () => this.choose({ run: selected.run.id, layer, cell }));
    return button;
  }

  private choose(chosen: { run: string; layer: number; cell: number }): void {
    this.chosen = chosen;
    const found = this.layers.find((layer) => isOf(layer, chosen));
    if (!found) return;
    const { selected, name, gate, lags, steps, shade, cells, retained, named: names } = found;
    this.one.set({
      name,
      cell: chosen.cell,
      cells: cells.length,
      gate,
      horizon: cells.find(({ cell }) => cell === chosen.cell)?.horizon ?? null,
      lags,
      steps,
      retained: retained[chosen.cell] ?? [],
      concept: names.get(chosen.cell) ?? '',
      colour: colourOf(selected.colour, shade),
    });
  }
}

function isOf({ selected, layer }: LayerCells, chosen: { run: string; layer: number } | null): boolean {
  return selected.run.id === chosen?.run && layer === chosen.layer;
}

function shownOf(layers: readonly LayerCells[]): Shown {
  const x = Array.from({ length: Math.max(...layers.map(({ cells }) => cells.length)) }, (_, rank) => rank + 1);
  const most = Math.max(...layers.map(({ lags }) => lags));
  const read = (index: number): string =>
    layers
      .flatMap(({ name, lags, cells }) => {
        const one = cells[index];
        return one ? [t('{0} · cell {1}: {2} characters', name, one.cell, horizonText(one.horizon, lags))] : [];
      })
      .join('   ');
  return {
    spec: {
      x,
      curves: layers.map(
        ({ selected, name, shade, lags, cells }): PlotCurve => ({
          label: name,
          colour: colourOf(selected.colour, shade),
          values: x.map((rank) => {
            const one = cells[rank - 1];
            return one ? (one.horizon ?? lags) : null;
          }),
        }),
      ),
      log: true,
      range: [1, most],
      line: { value: most, label: `> ${most}` },
      xLabel: t('cells, the longest memory first'),
      formatX: String,
      formatY: axisText,
    },
    describe: t('Horizons of single cells. Longest: {0}.', read(0)),
    hint: t('Point at a cell to read it.'),
    read,
  };
}
