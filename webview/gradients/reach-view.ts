/** Reach of one prediction: which earlier characters it goes back to, drawn over the text. */
import type { ShownReach } from '../../src/protocol/gradients.ts';
import { card, explanation, table } from '../ui/cards.ts';
import { createButton, createDropdown } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { characterName, characterSign } from '../ui/format.ts';
import { Plot } from '../ui/plot.ts';
import { ReachText } from './reach-text.ts';
import { colourOf, type SelectedRun } from './state.ts';
import type { View } from './view.ts';
import { axisText, ratioText } from './words.ts';

export interface ReachActions {
  texts(run: string): void;
  reach(question: { run: string; document: number; at: number; logit: string | null }): void;
}

/** Decades of the colour: a thousandth of the largest is transparent. */
const decades = 3;
const shownContributors = 12;

export class ReachView implements View {
  readonly id = 'reach';
  readonly title = 'Reach';
  readonly parts = [] as const;
  readonly node: HTMLElement;
  private readonly actions: ReachActions;
  private readonly runs = createDropdown('Run', (id) => {
    this.run = id;
    this.refresh();
  });
  private readonly files = createDropdown('Held-out text', (value) => {
    this.document = Number(value);
    this.at = null;
    this.refresh();
  });
  private readonly seeds = createDropdown('Start from', (value) => {
    this.fromLogit = value === 'logit';
    this.ask();
  });
  private readonly quantities = createDropdown('Drawn quantity', (value) => {
    this.quantity = value;
    this.draw();
  });
  private readonly text = new ReachText((at) => {
    this.at = at;
    this.ask();
  });
  private readonly reading = element('div', { class: 'reading', 'aria-live': 'polite' });
  private readonly problem = element('div', { class: 'job failed', role: 'alert', hidden: true });
  private readonly problemText = element('span', { class: 'job-text' });
  private readonly contributors = element('div');
  private readonly host = element('div', { class: 'plot small', tabindex: 0, role: 'img' });
  private readonly curveReading = element('div', { class: 'reading' });
  private readonly plot = new Plot(this.host, (index) => this.readCurve(index));
  private selected: readonly SelectedRun[] = [];
  private run: string | null = null;
  private document = 0;
  private at: number | null = null;
  private fromLogit = false;
  private quantity = 'x';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = '';
  private drawn: ShownReach | null = null;

  constructor(actions: ReachActions) {
    this.actions = actions;
    const again = createButton('Try Again', () => {
      this.asked = '';
      if (this.chosen?.texts) this.ask();
      else this.refresh();
    });
    this.problem.append(this.problemText, again.node);
    this.node = element(
      'div',
      { class: 'columns' },
      element(
        'section',
        { class: 'card main', 'aria-label': this.title },
        explanation({
          question: 'What does one prediction go back to?',
          sentences:
            'Click a character: the text before it is coloured by how strongly the loss of the character after it depends on each, on a logarithmic scale over three decades. Signed, orange raises and blue lowers it.',
          formula:
            '‖∂Jₜ/∂xₖ‖, ‖∂Jₜ/∂hₖ‖, ‖∂Jₜ/∂cₖ‖ for every k ≤ t;  signed: ∂Jₜ/∂xₖ at the character that stands there',
          source: 'Simonyan, Vedaldi, Zisserman 2014; Shrikumar et al. 2016',
        }),
        element('div', { class: 'choice' }, this.runs.node, this.files.node, this.seeds.node, this.quantities.node),
        this.problem,
        this.text.node,
        this.reading,
      ),
      element(
        'aside',
        { class: 'side' },
        card('By distance', this.host, this.curveReading),
        card('Largest contributors', this.contributors),
      ),
    );
  }

  set(runs: readonly SelectedRun[]): void {
    this.selected = runs.filter(({ run }) => run.generation !== null);
    if (!this.selected.some(({ run }) => run.id === this.run)) this.run = this.selected[0]?.run.id ?? null;
    this.runs.set(
      this.selected.map(({ run, name }) => ({ value: run.id, label: name })),
      this.run,
    );
    this.runs.node.hidden = this.selected.length < 2;
    this.refresh();
  }

  table(): CsvCell[][] | null {
    const { drawn } = this;
    if (!drawn) return null;
    const layers = drawn.layers.flatMap(({ c }, k) => [`h layer ${k}`, ...(c ? [`c layer ${k}`] : [])]);
    return [
      ['position', 'lag', 'character', 'x', 'signed x', ...layers],
      ...drawn.x.map((value, i): CsvCell[] => [
        drawn.first + i,
        drawn.at - drawn.first - i,
        characterName(this.text.character(drawn.first + i)),
        value,
        drawn.signedX[i] ?? null,
        ...drawn.layers.flatMap(({ h, c }) => [h[i] ?? null, ...(c ? [c[i] ?? null] : [])]),
      ]),
    ];
  }

  picture(): Promise<ArrayBuffer | null> {
    return this.drawn ? this.plot.png('What does one prediction go back to?') : Promise.resolve(null);
  }

  private get chosen(): SelectedRun | undefined {
    return this.selected.find(({ run }) => run.id === this.run);
  }

  /** From what is known: the texts, then the reach of the character that is chosen. */
  private refresh(): void {
    const { chosen } = this;
    this.problem.hidden = !chosen?.reachProblem;
    this.problemText.textContent = chosen?.reachProblem ?? '';
    if (!chosen) return;
    if (!chosen.texts) {
      if (this.asked !== `texts ${this.run}`) {
        this.asked = `texts ${this.run}`;
        this.actions.texts(chosen.run.id);
      }
      return;
    }
    if (this.document >= chosen.texts.length) this.document = 0;
    const current = chosen.texts[this.document];
    if (!current) return;
    this.files.set(
      chosen.texts.map(({ path }, i) => ({ value: String(i), label: path })),
      String(this.document),
    );
    this.seeds.set(
      [
        { value: 'loss', label: 'from its loss' },
        { value: 'logit', label: 'from the logit of what came' },
      ],
      this.fromLogit ? 'logit' : 'loss',
    );
    this.text.set(current.text);
    if (this.at === null) {
      this.at = Math.min(Math.floor(0.8 * [...current.text].length), 400);
      this.ask();
    }
    const { reach } = chosen;
    if (reach && reach.document === this.document && reach.at === this.at) {
      this.drawn = reach;
      this.draw();
    }
  }

  /** After the person has stopped moving. */
  private ask(): void {
    const { chosen, document, at } = this;
    if (!chosen || at === null || at < 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const next = this.text.character(at + 1);
      this.actions.reach({ run: chosen.run.id, document, at, logit: this.fromLogit ? next : null });
    }, 60);
  }

  /** The values of a quantity by character; the signed ones keep their sign. */
  private valuesOf(reach: ShownReach, quantity: string): readonly (number | null)[] {
    if (quantity === 'signed') return reach.signedX;
    const [state, layer] = quantity.split(' ') as [string, string | undefined];
    if (layer === undefined) return reach.x;
    const values = reach.layers[Number(layer)];
    return (state === 'c' ? values?.c : values?.h) ?? reach.x;
  }

  private draw(): void {
    const { drawn: reach, chosen } = this;
    if (!reach || !chosen) return;
    const several = reach.layers.length > 1;
    const states = reach.layers.flatMap(({ c }, k) => [
      ...(c ? [{ value: `c ${k}`, label: several ? `∂J/∂c, layer ${k}` : '∂J/∂c' }] : []),
      { value: `h ${k}`, label: several ? `∂J/∂h, layer ${k}` : '∂J/∂h' },
    ]);
    const choices = [
      { value: 'x', label: '∂J/∂x, the characters' },
      { value: 'signed', label: '∂J/∂x, signed' },
      ...states,
    ];
    if (!choices.some(({ value }) => value === this.quantity)) this.quantity = 'x';
    this.quantities.set(choices, this.quantity);
    const values = this.valuesOf(reach, this.quantity);
    const largest = Math.max(...values.map((value) => Math.abs(value ?? 0)));
    const strength = (value: number | null): number => {
      if (value === null || value === 0 || largest === 0) return 0;
      return Math.sign(value) * Math.max(0, 1 + Math.log10(Math.abs(value) / largest) / decades);
    };
    this.text.draw({ at: reach.at, first: reach.first, strengths: values.map(strength) });
    this.reading.textContent = `${this.text.describe(reach.at)} Looked back on ${reach.at - reach.first} characters.`;
    this.showContributors(reach, values);
    this.showCurve(reach, chosen, states);
  }

  private showContributors(reach: ShownReach, values: readonly (number | null)[]): void {
    const order = [...values.keys()].sort((a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0));
    const rows = order.slice(0, shownContributors).map((i) => {
      const [before, here, after] = this.text.around(reach.first + i);
      const context = element(
        'code',
        { class: 'context', 'aria-label': characterName(here) },
        before,
        element('mark', {}, characterSign(here)),
        after,
      );
      const value = values[i] ?? 0;
      return [context, String(reach.at - reach.first - i), `${value < 0 ? '−' : ''}${ratioText(Math.abs(value))}`];
    });
    this.contributors.replaceChildren(
      table(
        'Largest contributors',
        [{ head: 'character' }, { head: 'back', number: true }, { head: 'gradient', number: true }],
        rows,
      ),
    );
  }

  private showCurve(reach: ShownReach, chosen: SelectedRun, states: readonly { value: string; label: string }[]): void {
    const lags = reach.at - reach.first;
    const back = (values: readonly (number | null)[]): (number | null)[] =>
      [...values].reverse().map((value) => (value !== null && value > 1e-8 ? value : null));
    const top = reach.layers.length - 1;
    const shown = [...states.filter(({ value }) => value.endsWith(` ${top}`)), { value: 'x', label: 'x' }];
    const curves = shown.map(({ value }, i) => ({
      label: value.split(' ')[0]!,
      colour: colourOf(chosen.colour, (0.7 * i) / Math.max(1, shown.length - 1)),
      values: back(this.valuesOf(reach, value)),
      width: 1.2,
    }));
    // The axis ends where the last curve does.
    const last = Math.max(10, ...curves.map(({ values }) => values.findLastIndex((value) => value !== null)));
    const x = Array.from({ length: Math.min(lags, last) + 1 }, (_, k) => k);
    this.plot.show({
      x,
      curves: curves.map((curve) => ({ ...curve, values: curve.values.slice(0, x.length) })),
      log: true,
      xLabel: 'characters back',
      formatX: String,
      formatY: axisText,
    });
    this.host.setAttribute('aria-label', `Gradient norms by distance from the prediction, ${lags} characters back.`);
    this.readCurve(null);
  }

  private readCurve(index: number | null): void {
    const { drawn } = this;
    if (!drawn || index === null) {
      this.curveReading.textContent = '';
      return;
    }
    const at = drawn.at - drawn.first - index;
    const top = drawn.layers.at(-1)!;
    const parts = [
      `${index} back: ${characterSign(this.text.character(drawn.first + at))}`,
      `h ${ratioText(top.h[at])}`,
      top.c ? `c ${ratioText(top.c[at])}` : null,
      `x ${ratioText(drawn.x[at])}`,
    ];
    this.curveReading.textContent = parts.filter(Boolean).join('   ');
  }
}
