/** What the panels' pages are made of: explanations, cards, tables, verdicts. */
import { element } from './dom.ts';

/** What a student needs beside a plot: a question, two sentences, the formula and who wrote it down. */
export interface Explanation {
  question: string;
  sentences: string;
  formula: string;
  source: string;
}

export function explanation({ question, sentences, formula, source }: Explanation): HTMLElement {
  return element(
    'div',
    { class: 'explanation' },
    element('h2', {}, question),
    element('p', {}, sentences),
    element('p', { class: 'formula' }, element('code', {}, formula), element('span', { class: 'source' }, source)),
  );
}

export function card(title: string, ...children: (Node | string)[]): HTMLElement {
  return element('section', { class: 'card', 'aria-label': title }, element('h3', {}, title), ...children);
}

export interface Column {
  head: string;
  /** Numbers stand at the right, under each other. */
  number?: boolean;
}

/** A table that can be scrolled by keyboard. The first cell of a row is its head. */
export function table(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly (Node | string)[])[],
): HTMLElement {
  const cell = (content: Node | string, i: number): HTMLElement =>
    i === 0
      ? element('th', { scope: 'row' }, content)
      : element('td', { class: columns[i]?.number ? 'number' : null }, content);
  return element(
    'div',
    { class: 'table', role: 'group', tabindex: 0, 'aria-label': label },
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...columns.map(({ head, number }) => element('th', { scope: 'col', class: number ? 'number' : null }, head)),
        ),
      ),
      element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map(cell)))),
    ),
  );
}

/** A coloured dot before a name; the name alone carries the meaning. */
export function named(colour: string, name: Node | string): HTMLElement {
  const dot = element('span', { class: 'dot', 'aria-hidden': 'true' });
  dot.style.background = colour;
  return element('span', { class: 'named' }, dot, name);
}

/** A verdict: the claim in bold, the numbers after it, the run's colour at its side. */
export function verdict(colour: string, claim: string, evidence: string): HTMLElement {
  const node = element('p', { class: 'verdict' }, element('strong', {}, claim), ` ${evidence}`);
  node.style.borderColor = colour;
  return node;
}
