/** Scalar lab: cases in which a gradient can be followed by hand, beside what was measured of the networks. */
import type { LabQuestion, ShownLab } from '../../src/protocol/gradients.ts';
import { card, named, table } from '../ui/cards.ts';
import { createButton } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { later } from '../ui/later.ts';
import type { PlotCurve } from '../ui/plot.ts';
import { t } from '../ui/words.ts';
import { PlotCard, type Shown } from './plot-card.ts';
import { Slider } from './slider.ts';
import { colourOf, cssColour, type SelectedRun, withPart } from './state.ts';
import type { View } from './view.ts';
import { axisText, horizonText, ratioText } from './words.ts';

const floor = 1e-6;
const ceiling = 1e6;
/** Colours of the activations: not those of runs beside them, which are in another plot. */
const activations = { sigmoid: 2, tanh: 1, relu: 0 } as const;
const activationNames = { sigmoid: 'sigmoid', tanh: 'tanh', relu: 'ReLU' } as const;

export class LabView implements View {
  readonly id = 'lab';
  readonly title = t('Scalar lab');
  readonly parts = ['report'] as const;
  readonly node: HTMLElement;
  private readonly ask: (question: LabQuestion) => void;
  private readonly decay: PlotCard;
  private readonly stack: PlotCard;
  private readonly numbers = element('div');
  private readonly networks = element('div');
  private readonly layersNote = element('div');
  private readonly weight: Slider;
  private readonly time: Slider;
  private readonly layers: Slider;
  private readonly units: Slider;
  private seed = 1;
  private lab: ShownLab | null = null;
  private runs: readonly SelectedRun[] = [];
  private readonly askLater = later(() => this.question());

  constructor(ask: (question: LabQuestion) => void) {
    this.ask = ask;
    const changed = (): void => this.askLater(30);
    this.weight = new Slider(
      t('weight w'),
      { min: 0.5, max: 1.3, step: 0.01, value: 0.9, words: (value) => value.toFixed(2) },
      changed,
    );
    this.time = new Slider(
      t('time T'),
      { min: 2, max: 200, step: 1, value: 50, words: (value) => t('{0} characters', value) },
      changed,
    );
    this.layers = new Slider(t('layers'), { min: 2, max: 30, step: 1, value: 8, words: String }, changed);
    this.units = new Slider(t('units a layer'), { min: 4, max: 64, step: 4, value: 32, words: String }, changed);
    this.decay = new PlotCard(
      {
        question: t('What does one linear unit do to a gradient?'),
        sentences: t(
          'With a single weight the gradient is multiplied by w at every step: under 1 it vanishes, over 1 it explodes, and nothing but exactly 1 keeps it. Beside it the measured networks, each of whose curves is a mixture of many such factors.',
        ),
        formula: 'hₜ = w·hₜ₋₁ + …  ⇒  ∂h_T/∂h₁ = w^(T−1)',
        source: 'Hochreiter 1991; Pascanu, Mikolov, Bengio 2013',
      },
      null,
      element('div', { class: 'choice' }, this.weight.node, this.time.node),
    );
    this.stack = new PlotCard(
      {
        question: t('And a deep stack of layers, one after the other?'),
        sentences: t(
          'The mean size of the gradient at every layer of a fully connected stack at its random start. The slope of a sigmoid is at most ¼, so each layer takes most of what is left; where a ReLU is on its slope is 1.',
        ),
        formula: t('mean‖∂J/∂aˡ‖ over random inputs, J linear in the last layer'),
        source: 'Glorot, Bengio 2010; Glorot, Bordes, Bengio 2011; He et al. 2015',
      },
      null,
      element(
        'div',
        { class: 'choice' },
        this.layers.node,
        this.units.node,
        createButton(t('Draw New Weights'), () => {
          this.seed++;
          this.question();
        }).node,
      ),
    );
    this.node = element(
      'div',
      { class: 'columns' },
      element('div', { class: 'stacked' }, this.decay.node, this.stack.node),
      element(
        'aside',
        { class: 'side' },
        card(
          t('In numbers'),
          this.numbers,
          element(
            'p',
            { class: 'note' },
            t(
              'Lectures print 117.39 and 0.00515 for w = 1.1 and 0.9 at T = 50: that is after 50 steps. From h₁ to h₅₀ there are 49: 106.72 and 0.005726.',
            ),
          ),
        ),
        card(t('The networks beside it'), this.networks),
        card(t('First layer beside the last'), this.layersNote),
      ),
    );
  }

  set(runs: readonly SelectedRun[]): void {
    this.runs = runs;
    if (!this.lab) this.question();
    this.draw();
  }

  show(lab: ShownLab): void {
    this.lab = lab;
    this.draw();
  }

  table(): CsvCell[][] | null {
    const { lab } = this;
    if (!lab) return null;
    const curves = this.curves(lab);
    return [
      ['lag', ...curves.map(({ label }) => label), '', 'layer', ...lab.stacks.map(({ activation }) => activation)],
      ...Array.from({ length: Math.max(lab.steps + 1, lab.layers) }, (_, k): CsvCell[] => [
        k <= lab.steps ? k : null,
        ...curves.map(({ values }) => values[k] ?? null),
        null,
        k < lab.layers ? k + 1 : null,
        ...lab.stacks.map(({ means }) => means[k] ?? null),
      ]),
    ];
  }

  picture(): Promise<ArrayBuffer | null> {
    return this.decay.picture();
  }

  private question(): void {
    const { weight, time, layers, units, seed } = this;
    this.ask({ weight: weight.value, steps: time.value, layers: layers.value, units: units.value, seed });
  }

  private draw(): void {
    const { lab, runs } = this;
    if (!lab) return;
    this.decay.set(runs, this.shownDecay(lab));
    this.stack.set([], shownStack(lab));
    this.numbers.replaceChildren(
      table(
        t('Gradients of one linear unit'),
        [
          { head: 'w' },
          { head: t('h₁ to h{0}', subscript(lab.steps)), number: true },
          { head: t('after {0} steps', lab.steps), number: true },
          { head: t('under 1 % at'), number: true },
        ],
        lab.unit.map(({ weight, between, after, decay }) => [
          weight.toFixed(2),
          factor(between),
          factor(after),
          decay === null ? t('never') : decay.toFixed(1),
        ]),
      ),
    );
    const measured = withPart(runs, 'report');
    this.networks.replaceChildren(
      measured.length === 0
        ? t('Nothing is measured yet.')
        : table(
            t('Networks and the weight that fades as they do'),
            [{ head: t('network') }, { head: t('horizon'), number: true }, { head: t('as fast as w ='), number: true }],
            measured.map(({ selected, result }) => {
              const top = result.layers.at(-1)!;
              const { horizon } = top.c ?? top.h;
              return [
                named(cssColour(selected.colour), `${selected.name} · ${top.c ? 'c' : 'h'}`),
                horizonText(horizon, result.lags),
                horizon === null ? `> ${(0.01 ** (1 / result.lags)).toFixed(3)}` : (0.01 ** (1 / horizon)).toFixed(3),
              ];
            }),
          ),
    );
    this.layersNote.replaceChildren(
      table(
        t('Gradient at the first layer beside the last'),
        [{ head: t('activation') }, { head: t('first ∕ last'), number: true }],
        lab.stacks.map(({ activation, means }) => [
          named(cssColour(activations[activation]), activationNames[activation]),
          factor((means[0] ?? 0) / (means.at(-1) ?? 1)),
        ]),
      ),
    );
  }

  private curves(lab: ShownLab): { label: string; values: readonly (number | null)[]; curve: Partial<PlotCurve> }[] {
    return [
      {
        label: `w = ${lab.weight.toFixed(2)}`,
        values: lab.gradients,
        curve: { colour: (theme) => `rgb(${theme.text.join(',')})`, width: 2.2 },
      },
      ...withPart(this.runs, 'report').map(({ selected, result }) => {
        const top = result.layers.at(-1)!;
        return {
          label: `${selected.name} · ${top.c ? 'c' : 'h'}`,
          values: (top.c ?? top.h).relative,
          curve: { colour: colourOf(selected.colour), dash: [6, 4] },
        };
      }),
    ];
  }

  private shownDecay(lab: ShownLab): Shown {
    const x = Array.from({ length: lab.steps + 1 }, (_, k) => k);
    const curves = this.curves(lab);
    const visible = (value: number | null | undefined): number | null =>
      value == null || value < floor || value > ceiling ? null : value;
    const read = (index: number): string =>
      [`k = ${index}`, ...curves.map(({ label, values }) => `${label} ${factor(values[index])}`)].join('   ');
    return {
      spec: {
        x,
        curves: curves.map(
          ({ label, values, curve }): PlotCurve => ({
            label,
            colour: colourOf(0),
            ...curve,
            values: x.map((k) => visible(values[k])),
          }),
        ),
        log: true,
        line: { value: 0.01, label: '1 %' },
        xLabel: t('steps k back'),
        formatX: String,
        formatY: axisText,
      },
      describe: t(
        'Gradient of one linear unit by number of steps beside the measured networks, logarithmic. {0}.',
        read(lab.steps),
      ),
      hint: t(
        'Solid: one linear unit. Dashed: the measured networks, over lag 0. Point at a number of steps to read it.',
      ),
      read,
    };
  }
}

function shownStack(lab: ShownLab): Shown {
  const x = Array.from({ length: lab.layers }, (_, k) => k + 1);
  const read = (index: number): string =>
    [
      t('layer {0}', x[index]!),
      ...lab.stacks.map(({ activation, means }) => `${activationNames[activation]} ${factor(means[index])}`),
    ].join('   ');
  return {
    spec: {
      x,
      curves: lab.stacks.map(
        ({ activation, means }): PlotCurve => ({
          label: activationNames[activation],
          colour: colourOf(activations[activation]),
          values: means.map((value) => (value !== null && value > 0 ? value : null)),
          points: true,
        }),
      ),
      log: true,
      xLabel: t('layer, from the input on'),
      formatX: (value) => (Number.isInteger(value) ? String(value) : ''),
      formatY: axisText,
    },
    describe: t('Mean gradient size by layer, logarithmic. {0}; {1}.', read(0), read(x.length - 1)),
    hint: t('Point at a layer to read it.'),
    read,
  };
}

/** `106.72`, `0.005726`, `2e+6`. */
function factor(value: number | null | undefined): string {
  if (value == null) return '–';
  if (value >= 1e5) return axisText(value);
  if (value >= 10) return value.toFixed(2);
  return value >= 0.1 || value < 1e-4 ? ratioText(value) : String(Number(value.toPrecision(4)));
}

function subscript(value: number): string {
  return [...String(value)].map((digit) => String.fromCodePoint(0x2080 + Number(digit))).join('');
}
