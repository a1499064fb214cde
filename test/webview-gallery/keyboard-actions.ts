/**
 * Every action of the webviews and the keys that do it: what has the focus is reached with Tab alone, then the keys are pressed, then
 * the action's effect is there: a message to the host, or what the page shows.
 */

import { type Action, heatmapActions } from './keyboard-heatmap.ts';

export type { Action } from './keyboard-heatmap.ts';

/** By page; an action finds the page as the one before has left it. */
export const keyboardActions: Record<string, readonly Action[]> = {
  'heatmap?line=21&column=34': heatmapActions,
  'heatmap?state=empty': [
    { what: 'train', to: '.empty vscode-button:nth-of-type(1)', posts: ['heatmap/train'] },
    { what: 'open the sample', to: '.empty vscode-button:nth-of-type(2)', posts: ['heatmap/openSample'] },
  ],
  'training?': [
    { what: 'pause', to: '.buttons vscode-button:nth-of-type(2)', posts: ['training/pause'] },
    { what: 'stop', to: '.buttons vscode-button:nth-of-type(3)', posts: ['training/stop'] },
    {
      what: 'open the heatmap',
      to: '.buttons vscode-button:nth-of-type(5)',
      posts: ['training/openHeatmap', { generation: null }],
    },
    {
      what: 'read a point of the curves',
      to: '.plots',
      press: ['Home', 'ArrowRight'],
      holds: `document.querySelector('.reading').textContent !== ''`,
    },
    {
      what: 'earlier samples',
      to: '.sample .slider',
      press: ['Home'],
      holds: `document.querySelector('.sample-text').textContent.startsWith('te the to')`,
    },
    {
      what: 'open a checkpoint',
      to: '.checkpoints tr:nth-child(2) button',
      posts: ['training/openHeatmap', { generation: 15 }],
    },
    {
      what: 'numbers instead of curves',
      to: '.buttons vscode-button:nth-of-type(6)',
      press: ['Space'],
      holds: `document.querySelector('.plots').hidden`,
    },
  ],
  'training?state=paused': [
    { what: 'resume', to: '.buttons vscode-button:nth-of-type(1)', posts: ['training/resume', { id: 'demo' }] },
  ],
  'training?state=finished': [
    {
      what: 'train longer',
      to: '.buttons vscode-button:nth-of-type(4)',
      posts: ['training/trainLonger', { id: 'demo' }],
    },
  ],
  'training?state=failed': [{ what: 'show the log', to: '.advice vscode-button', posts: ['training/showLog'] }],
  'training?state=empty': [
    { what: 'train', to: '.empty vscode-button:nth-of-type(1)', posts: ['training/train'] },
    { what: 'open the sample', to: '.empty vscode-button:nth-of-type(2)', posts: ['training/openSample'] },
  ],
  'gradients?': [
    {
      what: 'take a run away',
      to: '.chip .remove',
      posts: ['gradients/select', { runs: ['gru', 'rnn'] }],
    },
    {
      what: 'lay a run over',
      to: '.chip.add:not(.export)',
      menu: 'LSTM 1×128',
      posts: ['gradients/select', { runs: ['gru', 'rnn', 'lstm'] }],
    },
    { what: 'export numbers', to: '.chip.export', menu: 'Numbers (CSV)', posts: ['gradients/exportCsv'] },
    { what: 'export a picture', to: '.chip.export', menu: 'Picture (PNG)', posts: ['gradients/exportPng'] },
    {
      what: 'read a point of a plot',
      to: '.plot[tabindex]',
      press: ['Home', 'ArrowRight'],
      holds: `document.querySelector('.reading').textContent.includes('1')`,
    },
    { what: 'train the same as', to: '#gradients-body vscode-button', posts: ['gradients/trainSame'] },
    {
      what: 'another tab',
      to: '[role=tab][aria-selected=true]',
      press: ['ArrowRight', 'ArrowRight'],
      posts: ['gradients/askTexts'],
    },
    {
      what: 'the reach of another prediction',
      to: '.reach-text',
      press: ['ArrowRight'],
      posts: ['gradients/askReach'],
    },
    {
      what: 'the reach of a logit',
      to: '#gradients-body vscode-dropdown[aria-label="Start from"]',
      press: ['Enter', 'ArrowDown', 'Enter'],
      posts: ['gradients/askReach'],
    },
    {
      what: 'another quantity of the reach',
      to: '#gradients-body vscode-dropdown[aria-label="Drawn quantity"]',
      press: ['Enter', 'End', 'Enter'],
      holds: `document.querySelector('vscode-dropdown[aria-label="Drawn quantity"]').value.startsWith('h')`,
    },
    {
      what: 'the last tab, its weight',
      to: '[role=tab][aria-selected=true]',
      press: ['End'],
      posts: ['gradients/askLab', { seed: 1 }],
    },
    {
      what: 'a slider of the lab',
      to: '.slider-field input',
      press: ['ArrowRight'],
      posts: ['gradients/askLab', { weight: 0.91 }],
    },
    { what: 'new weights', to: '#gradients-body vscode-button', posts: ['gradients/askLab', { seed: 2 }] },
  ],
  'gradients?state=busy': [
    { what: 'cancel', to: '.job vscode-button', posts: ['gradients/cancel', { part: 'report' }] },
  ],
  'gradients?state=failed': [
    {
      what: 'try again',
      to: '.job vscode-button:nth-of-type(1)',
      posts: ['gradients/compute', { part: 'report' }],
    },
    { what: 'show the log', to: '.job vscode-button:nth-of-type(2)', posts: ['gradients/showLog'] },
  ],
  'gradients?state=empty': [{ what: 'train', to: '.empty vscode-button', posts: ['gradients/train'] }],
  'cells?': [
    { what: 'export', to: 'button.choice-chip', posts: ['cells/exportCsv'] },
    {
      what: 'another run',
      to: '.run-choice vscode-dropdown',
      press: ['Enter', 'ArrowDown', 'Enter'],
      posts: ['cells/select'],
    },
    {
      what: 'filter concepts',
      to: '#cells-body .filter',
      press: [],
      type: 'comment',
      holds: `[...document.querySelectorAll('#cells-body .sorted')[0].querySelectorAll('tbody tr')].every((row) => /comment/i.test(row.textContent))`,
    },
    {
      what: 'concepts of one kind',
      to: '.choice-chips .choice-chip:nth-child(2)',
      press: ['Space'],
      holds: `document.querySelector('.choice-chips .choice-chip:nth-child(2)').getAttribute('aria-pressed') === 'true'`,
    },
    {
      what: 'sort',
      to: '.sorted th:first-child .sort',
      holds: `document.querySelector('.sorted th:first-child').hasAttribute('aria-sort')`,
    },
    { what: 'open a cell', to: '.sorted tbody tr', posts: ['cells/cell'] },
    {
      what: 'show it in the heatmap',
      to: '.cell-tools vscode-button[appearance=primary]',
      posts: ['cells/showInHeatmap'],
    },
    { what: 'the next cell', to: '.cell-tools [aria-label="Next cell"]', posts: ['cells/cell'] },
    { what: 'the cell before', to: '.cell-tools [aria-label="Cell before"]', posts: ['cells/cell'] },
    {
      what: 'a cell by its number',
      to: '.cell-tools .cell-number',
      press: ['Control+a', '4', '1', 'Enter'],
      posts: ['cells/cell', { cell: 41 }],
    },
    {
      what: 'the inside of another concept',
      to: '.cell-tools vscode-dropdown[aria-label^="Concept"]',
      press: ['Enter', 'ArrowDown', 'Enter'],
      posts: ['cells/cell', { cell: 41 }],
    },
    { what: 'open a snippet', to: '.snippets .link', posts: ['cells/openSnippet'] },
    { what: 'write a note', to: '.note-area', press: [], type: 'mine', posts: ['cells/note', { cell: 41 }] },
    {
      what: 'concepts whose birth is followed',
      to: '[role=tab][aria-selected=true]',
      press: ['ArrowRight'],
      holds: `document.querySelector('.check input') !== null`,
    },
    {
      what: 'choose such a concept',
      to: '.check input',
      press: ['Space'],
      holds: `!document.querySelector('.check input').checked`,
    },
    {
      what: 'measure every checkpoint',
      to: '#cells-body vscode-button[appearance=primary]',
      posts: ['cells/askBirth'],
    },
    {
      what: 'the page of two runs',
      to: '[role=tab][aria-selected=true]',
      press: ['ArrowRight'],
      holds: `document.querySelector('#tab-compare').ariaSelected === 'true'`,
    },
    {
      what: 'a run beside it',
      to: '#cells-body vscode-dropdown',
      press: ['Enter', 'ArrowDown', 'Enter'],
      posts: ['cells/compareWith'],
    },
    {
      what: 'the page of n-grams',
      to: '[role=tab][aria-selected=true]',
      press: ['ArrowRight'],
      holds: `document.querySelector('#tab-baseline').ariaSelected === 'true'`,
    },
    { what: 'compare with n-grams', to: '#cells-body vscode-button[appearance=primary]', posts: ['cells/askBaseline'] },
  ],
  'cells?state=none': [{ what: 'find cells', to: '#cells-body .start vscode-button', posts: ['cells/find'] }],
  'cells?state=busy': [{ what: 'cancel', to: '#cells-body .job vscode-button', posts: ['cells/cancelFind'] }],
  'cells?state=failed': [
    { what: 'try again', to: '#cells-body .job vscode-button:nth-of-type(1)', posts: ['cells/find'] },
    { what: 'show the log', to: '#cells-body .job vscode-button:nth-of-type(2)', posts: ['cells/showLog'] },
  ],
  'cells?state=empty': [{ what: 'train', to: '.empty vscode-button', posts: ['cells/train'] }],
  'safetensors?': [
    { what: 'open in the inspector', to: '.buttons vscode-button', posts: ['safetensors/open'] },
    {
      what: 'sort tensors',
      to: 'th.number .sort',
      holds: `document.querySelector('th.number').getAttribute('aria-sort') === 'descending'`,
    },
  ],
  'safetensors?state=refused': [{ what: 'try again', to: '.empty vscode-button', posts: ['safetensors/retry'] }],
};
