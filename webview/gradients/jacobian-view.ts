/** Jacobians: how much a step can stretch the gradient, against what the weights alone would allow. */

import { card, named, table } from '../ui/cards.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import type { PlotCurve } from '../ui/plot.ts';
import { t } from '../ui/words.ts';
import type { JobActions } from './jobs.ts';
import { PlotCard, type Shown } from './plot-card.ts';
import { colourOf, cssColour, type SelectedRun, withPart } from './state.ts';
import type { View } from './view.ts';
import { axisText, layerColumn, layerName, ratioText } from './words.ts';

const floor = 1e-8;
const ceiling = 1e6;

export class JacobianView implements View {
  readonly id = 'jacobians';
  readonly title = t('Jacobians');
  readonly parts = ['report', 'jacobians'] as const;
  readonly node: HTMLElement;
  private readonly main: PlotCard;
  private readonly spectra = element('div');
  private readonly norms = element('div');
  private rows: CsvCell[][] | null = null;

  constructor(actions: JobActions) {
    this.main = new PlotCard(
      {
        question: t('How much can the gradient grow or shrink on its way back?'),
        sentences: t(
          'Each curve is the largest factor by which any gradient changes over k steps at places of the held-out text: the norm of the product of the Jacobians there, of the joint state (h, c) in an LSTM. A plain network has a bound from its weights alone, which can grow while the product fades; a gated one has none.',
        ),
        formula: t('‖∏ ∂hⱼ/∂hⱼ₋₁‖₂ ≤ (σ_max(W_hh) · max|φ′|)ᵏ,  max|φ′| = 1 for tanh and ReLU'),
        source: 'Pascanu, Mikolov, Bengio 2013',
      },
      {
        part: 'jacobians',
        words: { doing: t('multiplies Jacobians by power iteration'), start: t('Measure') },
        actions,
      },
    );
    this.node = element(
      'div',
      { class: 'columns' },
      this.main.node,
      element(
        'aside',
        { class: 'side' },
        card(
          t('Recurrent weights'),
          element(
            'p',
            { class: 'note' },
            t(
              'ρ, the largest modulus of an eigenvalue, says what many equal steps do; σ_max ≥ ρ, the largest singular value, what one step can do.',
            ),
          ),
          this.spectra,
        ),
        card(t('Product norms'), this.norms),
      ),
    );
  }

  set(runs: readonly SelectedRun[]): void {
    const measured = withPart(runs, 'jacobians');
    this.main.set(runs, measured.length > 0 ? this.shownOf(measured) : null);
    const blocks = withPart(runs, 'report').flatMap(({ selected, result }) =>
      result.layers.flatMap(({ spectrum }, layer) =>
        spectrum.map(({ gate, rho, sigmaMax }) => [
          named(cssColour(selected.colour), blockName(selected.name, layer, result.layers.length, gate)),
          rho.toFixed(3),
          sigmaMax.toFixed(3),
        ]),
      ),
    );
    const numbers = [
      { head: 'ρ', number: true },
      { head: 'σ max', number: true },
    ];
    this.spectra.replaceChildren(
      blocks.length > 0
        ? table(t('Spectra of the recurrent weights'), [{ head: t('block of W_hh') }, ...numbers], blocks)
        : t('Nothing is measured yet.'),
    );
    this.showNorms(measured);
  }

  table(): CsvCell[][] | null {
    return this.rows;
  }

  picture(): Promise<ArrayBuffer | null> {
    return this.main.picture();
  }

  private shownOf(measured: Measured): Shown {
    const x = [...new Set(measured.flatMap(({ result }) => result.steps))].sort((a, b) => a - b);
    const clip = (value: number | null | undefined): number | null =>
      value == null || value < floor || value > ceiling ? null : value;
    const series = measured.flatMap(({ selected, result }) =>
      result.layers.flatMap(({ median, lower, upper, bound }, layer) => {
        const at = (values: readonly (number | null)[]): (number | null)[] =>
          x.map((step) => values[result.steps.indexOf(step)] ?? null);
        const name = layerName(selected.name, layer, result.layers.length);
        const column = layerColumn(selected.name, layer, result.layers.length);
        const shade = (0.5 * (result.layers.length - 1 - layer)) / Math.max(1, result.layers.length - 1);
        return [
          {
            selected,
            name,
            column,
            shade,
            values: at(median),
            band: { lower: at(lower), upper: at(upper) },
            dash: null,
          },
          ...(bound
            ? [
                {
                  selected,
                  name: t('{0} bound', name),
                  column: `${column} bound`,
                  shade: 0.35,
                  values: at(bound),
                  band: null,
                  dash: [5, 4],
                },
              ]
            : []),
        ];
      }),
    );
    this.rows = [
      ['steps', ...series.map(({ column }) => column)],
      ...x.map((step, i) => [step, ...series.map(({ values }) => values[i] ?? null)]),
    ];
    const bands = measured.length === 1;
    const read = (index: number): string =>
      [`k = ${x[index]}`, ...series.map(({ name, values }) => `${name} ${factorText(values[index])}`)].join('   ');
    return {
      spec: {
        x,
        curves: series.map(
          ({ selected, name, shade, values, band, dash }): PlotCurve => ({
            label: name,
            colour: colourOf(selected.colour, shade),
            values: values.map(clip),
            points: dash === null,
            ...(dash ? { dash } : {}),
            band:
              bands && band
                ? {
                    lower: band.lower.map((v) => (v === null ? null : Math.max(v, floor))),
                    upper: band.upper.map((v) => (v === null ? null : Math.max(v, floor))),
                  }
                : null,
          }),
        ),
        log: true,
        line: { value: 1, label: t('neither grows nor shrinks') },
        xLabel: t('steps k back'),
        formatX: String,
        formatY: axisText,
      },
      describe: t('Norm of the Jacobian product by number of steps, logarithmic. {0}.', read(x.length - 1)),
      hint: bands
        ? t(
            'Median over {0} places; shaded: the middle half. Point at a number of steps to read it.',
            measured[0]!.result.places,
          )
        : t('Median over {0} places. Point at a number of steps to read it.', measured[0]!.result.places),
      read,
    };
  }

  private showNorms(measured: Measured): void {
    if (measured.length === 0) {
      this.norms.replaceChildren(t('Nothing is measured yet.'));
      return;
    }
    const steps = measured[0]!.result.steps;
    const chosen = [1, 8, 32, steps.at(-1)!].filter((step, i, all) => steps.includes(step) && all.indexOf(step) === i);
    const rows = measured.flatMap(({ selected, result }) =>
      result.layers.flatMap(({ median, bound }, layer) => {
        const cells = (values: readonly (number | null)[]): string[] =>
          chosen.map((step) => factorText(values[result.steps.indexOf(step)]));
        const name = layerName(selected.name, layer, result.layers.length);
        return [
          [named(cssColour(selected.colour), name), ...cells(median)],
          ...(bound ? [[named(cssColour(selected.colour, 0.35), t('{0} bound', name)), ...cells(bound)]] : []),
        ];
      }),
    );
    this.norms.replaceChildren(
      table(
        t('Norms of Jacobian products'),
        [{ head: t('median over places') }, ...chosen.map((step) => ({ head: `k = ${step}`, number: true }))],
        rows,
      ),
    );
  }
}

type Measured = ReturnType<typeof withPart<'jacobians'>>;

function blockName(run: string, layer: number, layers: number, gate: string): string {
  return [layerName(run, layer, layers), gate === 'W' ? null : gate].filter(Boolean).join(' · ');
}

/** `1.31`, `0.0047`, `2e+6`. */
function factorText(value: number | null | undefined): string {
  if (value == null || value < 1) return ratioText(value);
  return value < 1000 ? String(Number(value.toPrecision(3))) : axisText(value);
}
