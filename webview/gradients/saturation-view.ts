/** Saturation: how often each cell's gates are nearly shut or nearly open. */

import { card, explanation, named, table } from '../ui/cards.ts';
import { toHex } from '../ui/colour.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { readTheme } from '../ui/theme.ts';
import { t } from '../ui/words.ts';
import { type JobActions, JobList } from './jobs.ts';
import { type Dot, Scatter } from './scatter.ts';
import { colourOf, cssColour, type SelectedRun, withPart } from './state.ts';
import type { View } from './view.ts';
import { layerName, shareText } from './words.ts';

const gateNames: Record<string, string> = {
  i: t('input gate i'),
  f: t('forget gate f'),
  o: t('output gate o'),
  r: t('reset gate r'),
  z: t('update gate z'),
};

/** Cells of one gate of one layer of a run. */
interface GateOfRun {
  selected: SelectedRun;
  layer: number;
  layers: number;
  gate: string;
  left: readonly (number | null)[];
  right: readonly (number | null)[];
}

export class SaturationView implements View {
  readonly id = 'saturation';
  readonly title = t('Saturation');
  readonly parts = ['report'] as const;
  readonly node: HTMLElement;
  private readonly jobs: JobList;
  private readonly plots = element('div', { class: 'scatters' });
  private readonly reading = element('div', { class: 'reading', 'aria-live': 'polite' });
  private readonly numbers = element('div');
  private readonly dead = element('p', { class: 'note' });
  private readonly scatters = new Map<string, { node: HTMLElement; scatter: Scatter }>();
  private gates: GateOfRun[] = [];

  constructor(actions: JobActions) {
    this.jobs = new JobList('report', { doing: t('goes through its held-out text'), start: t('Measure') }, actions);
    this.node = element(
      'div',
      { class: 'columns' },
      element(
        'section',
        { class: 'card main', 'aria-label': this.title },
        explanation({
          question: t('Which gates hardly ever move?'),
          sentences: t(
            'One dot a cell: how often its gate is nearly shut, and how often nearly open. A forget gate at the upper left remembers most of the time; a dot near the middle of the dashed line is always at one end or the other, and learns slowly there.',
          ),
          formula: t('left: gate < 0.1,  right: gate > 0.9,  shares of all characters'),
          source: 'Karpathy, Johnson, Fei-Fei 2015',
        }),
        this.jobs.node,
        this.plots,
        this.reading,
      ),
      element('aside', { class: 'side' }, card(t('Mean over cells'), this.numbers, this.dead)),
    );
  }

  set(runs: readonly SelectedRun[]): void {
    this.jobs.set(runs);
    const measured = withPart(runs, 'report');
    this.gates = measured.flatMap(({ selected, result }) =>
      result.layers.flatMap(({ saturation }, layer) =>
        saturation.map((gate) => ({ selected, layer, layers: result.layers.length, ...gate })),
      ),
    );
    const names = [...new Set(this.gates.map(({ gate }) => gate))];
    this.plots.replaceChildren(...names.map((name) => this.plotOf(name)));
    this.read(null);
    this.numbers.replaceChildren(
      this.gates.length === 0
        ? measured.length > 0
          ? t('A plain RNN has no gates.')
          : t('Nothing is measured yet.')
        : table(
            t('Mean saturation by gate'),
            [{ head: t('gate') }, { head: t('shut'), number: true }, { head: t('open'), number: true }],
            this.gates.map(({ selected, layer, layers, gate, left, right }) => [
              named(cssColour(selected.colour), label(selected.name, layer, layers, gate)),
              shareText(mean(left)),
              shareText(mean(right)),
            ]),
          ),
    );
    this.dead.textContent = measured
      .map(({ selected, result }) => {
        const dead = result.layers.map(({ dead: cells }, layer) =>
          cells.length === 0
            ? null
            : t(
                'layer {0}: {1} ({2})',
                layer,
                cells.length,
                `${cells.slice(0, 12).join(', ')}${cells.length > 12 ? ', …' : ''}`,
              ),
        );
        const found = dead.filter(Boolean);
        return found.length > 0
          ? t('{0}: units that never move: {1}.', selected.name, found.join('; '))
          : t('{0}: no unit stands still.', selected.name);
      })
      .join(' ');
  }

  table(): CsvCell[][] | null {
    if (this.gates.length === 0) return null;
    return [
      ['run', 'layer', 'cell', 'gate', 'left-saturated', 'right-saturated'],
      ...this.gates.flatMap(({ selected, layer, gate, left, right }) =>
        left.map((share, cell): CsvCell[] => [selected.name, layer, cell, gate, share, right[cell] ?? null]),
      ),
    ];
  }

  async picture(): Promise<ArrayBuffer | null> {
    const shown = [...new Set(this.gates.map(({ gate }) => gate))].map(
      (gate) => this.scatters.get(gate)!.scatter.picture,
    );
    if (shown.length === 0) return null;
    const canvas = document.createElement('canvas');
    canvas.width = shown.reduce((sum, { width }) => sum + width, 0);
    canvas.height = Math.max(...shown.map(({ height }) => height));
    const context = canvas.getContext('2d')!;
    context.fillStyle = toHex(readTheme().background);
    context.fillRect(0, 0, canvas.width, canvas.height);
    let x = 0;
    for (const each of shown) {
      context.drawImage(each, x, 0);
      x += each.width;
    }
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    return blob ? blob.arrayBuffer() : null;
  }

  private plotOf(gate: string): HTMLElement {
    let found = this.scatters.get(gate);
    if (!found) {
      const scatter = new Scatter({ x: t('shut, % of characters'), y: t('open, % of characters') }, (text) =>
        this.read(text),
      );
      const node = element('figure', {}, element('figcaption', {}, gateNames[gate] ?? gate), scatter.node);
      found = { node, scatter };
      this.scatters.set(gate, found);
    }
    const own = this.gates.filter((one) => one.gate === gate);
    const dots = own.flatMap(({ selected, layer, layers, left, right }) =>
      left.map((share, cell): Dot => {
        const [x, y] = [share ?? 0, right[cell] ?? 0];
        const place = layers > 1 ? t('layer {0}, cell {1}', layer, cell) : t('cell {0}', cell);
        return {
          x,
          y,
          colour: colourOf(selected.colour, (0.5 * (layers - 1 - layer)) / Math.max(1, layers - 1)),
          text: t(
            '{0} · {1}: {2} shut at {3}, open at {4} of the characters',
            selected.name,
            place,
            gate,
            shareText(x),
            shareText(y),
          ),
        };
      }),
    );
    const words = own.map(({ selected, layer, layers, left, right }) =>
      t(
        '{0}: shut at {1}, open at {2} on average.',
        label(selected.name, layer, layers, gate),
        shareText(mean(left)),
        shareText(mean(right)),
      ),
    );
    found.scatter.set(dots, `${t('Saturation of the {0}.', gateNames[gate] ?? gate)} ${words.join(' ')}`);
    return found.node;
  }

  private read(text: string | null): void {
    this.reading.textContent = this.gates.length === 0 ? '' : (text ?? t('Point at a dot to read its cell.'));
  }
}

function label(run: string, layer: number, layers: number, gate: string): string {
  return `${layerName(run, layer, layers)} · ${gate}`;
}

function mean(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / Math.max(1, values.length);
}
