/** Reach of one prediction: which earlier characters it goes back to, drawn over the text. */
import type { ShownReach } from '../../src/protocol/gradients.ts';
import { card, explanation } from '../ui/cards.ts';
import { createButton, createDropdown } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { characterName, englishCharacterName } from '../ui/format.ts';
import { type Logit, reachQuantities, seedChoices, seedName, strengthsOf, valuesOf } from '../ui/reach.ts';
import { ReachEvidence } from '../ui/reach-evidence.ts';
import { t } from '../ui/words.ts';
import { ReachText } from './reach-text.ts';
import { colourOf, type SelectedRun } from './state.ts';
import type { View } from './view.ts';

export interface ReachActions {
  texts(run: string): void;
  reach(question: { run: string; document: number; at: number; logit: string | null }): void;
}

const shownContributors = 12;

export class ReachView implements View {
  readonly id = 'reach';
  readonly title = t('Reach');
  readonly parts = [] as const;
  readonly node: HTMLElement;
  private readonly actions: ReachActions;
  private readonly runs = createDropdown(t('Run'), (id) => {
    this.run = id;
    this.refresh();
  });
  private readonly files = createDropdown(t('Held-out text'), (value) => {
    this.document = Number(value);
    this.at = null;
    this.refresh();
  });
  private readonly seeds = createDropdown(t('Start from'), (value) => {
    this.logit = value === '' ? null : value;
    // Of a logit one wants to know what speaks for it and what against.
    if (this.logit !== null && this.quantity === 'x') this.quantity = 'signed';
    this.ask();
  });
  private readonly quantities = createDropdown(t('Drawn quantity'), (value) => {
    this.quantity = value;
    this.draw();
  });
  private readonly text = new ReachText((predicted) => {
    this.at = predicted - 1;
    this.ask();
  });
  private readonly reading = element('div', { class: 'reading', 'aria-live': 'polite' });
  private readonly problem = element('div', { class: 'job failed', role: 'alert', hidden: true });
  private readonly problemText = element('span', { class: 'job-text' });
  private readonly evidence = new ReachEvidence(shownContributors);
  private selected: readonly SelectedRun[] = [];
  private run: string | null = null;
  private document = 0;
  private at: number | null = null;
  private logit: Logit = null;
  private quantity = 'x';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = '';
  private drawn: ShownReach | null = null;

  constructor(actions: ReachActions) {
    this.actions = actions;
    const again = createButton(t('Try Again'), () => {
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
          question: t('What does one prediction go back to?'),
          sentences: t(
            'Click a character: the text before it is coloured by how strongly its loss depends on each character there, on a logarithmic scale over three decades. Instead of the loss, ask about the logit of any character in its place; signed, orange raises and blue lowers what is asked about.',
          ),
          formula: t(
            '‖∂Jₜ/∂xₖ‖, ‖∂Jₜ/∂hₖ‖, ‖∂Jₜ/∂cₖ‖ for every k ≤ t, Jₜ = −ln p(xₜ₊₁ | hₜ) or a logit;  signed: ∂Jₜ/∂xₖ at the character that stands there',
          ),
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
        card(t('By distance'), this.evidence.plotNode, this.evidence.reading),
        card(t('Largest contributors'), this.evidence.contributors),
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
    const { layers, x, signedX } = drawn.values;
    const states = layers.flatMap(({ c }, k) => [`h layer ${k}`, ...(c ? [`c layer ${k}`] : [])]);
    return [
      ['position', 'lag', 'character', 'x', 'signed x', ...states],
      ...x.map((value, i): CsvCell[] => [
        drawn.first + i,
        drawn.at - drawn.first - i,
        englishCharacterName(this.text.character(drawn.first + i)),
        value,
        signedX[i] ?? null,
        ...layers.flatMap(({ h, c }) => [h[i] ?? null, ...(c ? [c[i] ?? null] : [])]),
      ]),
    ];
  }

  picture(): Promise<ArrayBuffer | null> {
    return this.drawn ? this.evidence.png(t('What does one prediction go back to?')) : Promise.resolve(null);
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
      if (this.asked !== `texts ${this.run} ${chosen.run.on}`) {
        this.asked = `texts ${this.run} ${chosen.run.on}`;
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
    this.text.set(current.text);
    if (this.at === null) {
      this.at = Math.min(Math.floor(0.8 * [...current.text].length), 400);
      this.ask();
    }
    this.seeds.set(seedChoices(chosen.vocabulary, this.text.character(this.at + 1)), this.logit ?? '');
    const { reach } = chosen;
    if (reach && reach.document === this.document && reach.at === this.at && reach.logit === this.logit) {
      this.drawn = reach;
      this.draw();
    }
  }

  /** After the person has stopped moving. */
  private ask(): void {
    const { chosen, document, at } = this;
    if (!chosen || at === null || at < 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.actions.reach({ run: chosen.run.id, document, at, logit: this.logit }), 60);
  }

  private draw(): void {
    const { drawn: reach, chosen } = this;
    if (!reach || !chosen) return;
    const choices = reachQuantities(reach.values);
    if (!choices.some(({ value }) => value === this.quantity)) this.quantity = 'x';
    this.quantities.set(choices, this.quantity);
    const values = valuesOf(reach.values, this.quantity);
    this.text.draw({ at: reach.at, first: reach.first, strengths: strengthsOf(values) });
    const here = this.text.character(reach.at + 1);
    this.reading.textContent = t(
      'What {0} goes back to, after “{1}”. Looked back on {2} characters.',
      seedName(reach.logit, here),
      characterName(this.text.character(reach.at)),
      reach.at - reach.first,
    );
    const layer = Number(this.quantity.split(' ')[1] ?? reach.values.layers.length - 1);
    const shades = { c: 0, h: 0.35, x: 0.7 };
    this.evidence.set({
      values: reach.values,
      quantity: this.quantity,
      layer,
      around: (index) => this.text.around(reach.first + index),
      colour: (curve) => colourOf(chosen.colour, shades[curve]),
    });
  }
}
