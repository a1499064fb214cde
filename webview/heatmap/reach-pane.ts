/** Beside the text while it shows a reach: what was asked, the curve by distance, the largest contributors. */

import { toHex } from '../ui/colour.ts';
import { createDropdown, createIconButton } from '../ui/controls.ts';
import { element, placed, slot } from '../ui/dom.ts';
import { type Logit, type ReachValues, reachQuantities, seedChoices, seedName } from '../ui/reach.ts';
import { ReachEvidence } from '../ui/reach-evidence.ts';
import { t } from '../ui/words.ts';

export interface ReachPaneActions {
  leave(): void;
  chooseLogit(logit: Logit): void;
  chooseQuantity(quantity: string): void;
  /** Brings a contributor into view. */
  show(index: number): void;
}

export interface ReachShown {
  values: ReachValues;
  quantity: string;
  around(index: number): [before: string, here: string, after: string];
}

const shownContributors = 10;

export class ReachPane {
  readonly node: HTMLElement;
  private readonly question = element('p', { class: 'reach-question', 'aria-live': 'polite' });
  private readonly problem = element('p', { class: 'reach-problem', role: 'alert', hidden: true });
  private readonly seeds;
  private readonly quantities;
  private readonly evidence: ReachEvidence;
  private readonly found: HTMLElement;

  constructor(actions: ReachPaneActions) {
    this.seeds = createDropdown(t('Start from'), (value) => actions.chooseLogit(value === '' ? null : value));
    this.quantities = createDropdown(t('Drawn quantity'), (value) => actions.chooseQuantity(value));
    this.evidence = new ReachEvidence(shownContributors, (index) => actions.show(index));
    const close = createIconButton('close', t('Leave the reach and show the cell’s colours again (Escape)'), () =>
      actions.leave(),
    );
    this.found = element(
      'div',
      { class: 'reach-found' },
      element('section', { 'aria-label': t('By distance') }, this.evidence.plotNode, this.evidence.reading),
      element('section', { 'aria-label': t('Largest contributors') }, this.evidence.contributors),
    );
    this.node = element(
      'aside',
      { class: 'reach', 'data-testid': 'reach', 'aria-label': t('Reach of one prediction'), hidden: true },
      element('header', {}, element('h2', {}, t('Reach of one prediction')), close.node),
      this.question,
      element('div', { class: 'reach-choice' }, this.seeds.node, this.quantities.node),
      this.problem,
      this.found,
      element(
        'p',
        { class: 'reach-note' },
        t(
          'The text is coloured by how strongly what is asked depends on each character, logarithmically over three decades; signed, orange raises it and blue lowers it. Move the cursor to ask about another character.',
        ),
        ' ',
        element('code', {}, '‖∂J/∂xₖ‖, ‖∂J/∂hₖ‖, ‖∂J/∂cₖ‖, J = −ln p'),
        ' — Simonyan, Vedaldi, Zisserman 2014.',
      ),
    );
  }

  /** Which prediction it is about, before and after it is answered. */
  ask(here: string, where: string, logit: Logit, vocabulary: readonly string[]): void {
    this.question.replaceChildren(
      ...placed(t('What {0} goes back to, {1}', slot, where), element('strong', {}, seedName(logit, here))),
    );
    this.seeds.set(seedChoices(vocabulary, here), logit ?? '');
    this.problem.hidden = true;
  }

  show({ values, quantity, around }: ReachShown): void {
    this.problem.hidden = true;
    this.found.hidden = false;
    this.quantities.set(reachQuantities(values), quantity);
    this.evidence.set({
      values,
      quantity,
      around,
      layer: Number(quantity.split(' ')[1] ?? values.layers.length - 1),
      colour: (curve) => (theme) =>
        toHex(curve === 'x' ? theme.positive : curve === 'h' ? theme.negative : theme.forget),
    });
  }

  fail(message: string): void {
    this.problem.hidden = false;
    this.problem.textContent = message;
    this.found.hidden = true;
  }
}
