/** The heatmap's actions and the keys that do them. */

export interface Action {
  what: string;
  /** What is to have the focus: a selector. */
  to: string;
  /** Keys in Playwright's names; without them Enter. */
  press?: string[];
  /** An entry of the menu that `to` opens: arrow keys go to it. */
  menu?: string;
  /** Typed after the keys. */
  type?: string;
  /** A message to the host, and what its payload has at least. */
  posts?: [type: string, payload?: object];
  /** An expression that becomes true in the page. `copied` is the text of the last copy. */
  holds?: string;
}

function heatmapToolbar(): Action[] {
  const cell = (label: string): Action => ({
    what: label,
    to: `.toolbar [aria-label="${label}"]`,
    posts: ['heatmap/selectCell', { quantity: 'tanhc' }],
  });
  return [
    {
      what: 'another run',
      to: '.run-field vscode-dropdown',
      press: ['Enter', 'ArrowDown', 'Enter'],
      posts: ['heatmap/selectRun', { id: 'other' }],
    },
    cell('Next cell'),
    cell('Previous cell'),
    {
      what: 'go to the list of cells',
      to: '.cell-name',
      holds: `document.activeElement.matches('.filter')`,
    },
    {
      what: 'another checkpoint',
      to: '.toolbar .slider',
      press: ['ArrowLeft'],
      posts: ['heatmap/selectGeneration', { generation: 25 }],
    },
    { what: 'stay on this text', to: '[aria-label^="Following"]', posts: ['heatmap/follow', { following: false }] },
    { what: 'follow the editor', to: '[aria-label^="Staying"]', posts: ['heatmap/follow', { following: true }] },
    {
      what: 'another quantity',
      to: '.quantity vscode-dropdown',
      press: ['Enter', 'End', 'Enter'],
      posts: ['heatmap/selectCell', { cell: 14 }],
    },
    {
      what: 'the quantity of before',
      to: '.quantity vscode-dropdown',
      press: ['Enter', 'Home', 'Enter'],
      posts: ['heatmap/selectCell', { cell: 14, quantity: 'tanhc' }],
    },
  ];
}

function heatmapMenu(): Action[] {
  const entry = (menu: string, effect: Pick<Action, 'posts' | 'holds'>): Action => ({
    what: menu,
    to: '.toolbar [aria-haspopup=menu]',
    menu,
    ...effect,
  });
  return [
    entry('Gates Under the Line', { holds: `document.querySelector('.strip').hidden` }),
    entry('Gates Under the Line', { holds: `!document.querySelector('.strip').hidden` }),
    entry('Lay This Cell over the Text', { holds: `!document.querySelector('.legend').hidden` }),
    entry('Remove Cells Laid over the Text', { holds: `document.querySelector('.legend').hidden` }),
    entry('Reveal Character in Editor', { posts: ['heatmap/reveal', { line: 21 }] }),
    entry('What This Prediction Reaches Back To', { posts: ['reach/ask', { line: 21 }] }),
    entry('What This Prediction Reaches Back To', { holds: `document.querySelector('.reach').hidden` }),
    entry('Describe Line in Words', { holds: `/^Line 22: /.test(document.querySelector('[aria-live]').textContent)` }),
    entry('Export Heatmap as HTML…', { posts: ['heatmap/exportHtml', { range: null }] }),
    entry('Export Visible Lines as HTML…', { posts: ['heatmap/exportHtml'] }),
    entry('Export Activations as CSV…', { posts: ['heatmap/exportCsv', { range: null }] }),
    entry('Export Visible Activations as CSV…', { posts: ['heatmap/exportCsv'] }),
    entry('Scratch Text', { holds: `document.activeElement.matches('.scratch-input')` }),
    {
      what: 'write scratch text',
      to: '.scratch-input',
      press: [],
      type: 'if (x)',
      posts: ['heatmap/scratch', { text: 'if (x)' }],
    },
    { what: 'close it', to: '.scratch vscode-button', posts: ['heatmap/scratch', { text: null }] },
  ];
}

function heatmapCells(): Action[] {
  return [
    {
      what: 'filter cells and choose one',
      to: '.filter',
      press: ['Control+a', '4', '1', 'Enter'],
      posts: ['heatmap/selectCell', { cell: 41 }],
    },
    {
      what: 'show all again',
      to: '.filter',
      press: ['Control+a', 'Delete'],
      holds: `document.querySelector('.filter').value === ''`,
    },
    {
      what: 'another order',
      to: '.cells-tools vscode-dropdown',
      press: ['Enter', 'ArrowDown', 'Enter'],
      holds: `document.querySelector('.cells-tools vscode-dropdown').value === 'index'`,
    },
    {
      what: 'the next cell of the list',
      to: '.list',
      press: ['ArrowDown'],
      posts: ['heatmap/selectCell', { cell: 42 }],
    },
    { what: 'lay it over', to: '.list', press: ['+'], holds: `!document.querySelector('.legend').hidden` },
    {
      what: 'another one in the background',
      to: '.list',
      press: ['ArrowDown'],
      posts: ['heatmap/selectCell', { cell: 43 }],
    },
    { what: 'exchange both', to: '.legend button.name', posts: ['heatmap/selectCell', { cell: 42 }] },
    { what: 'take it away', to: '.legend [aria-label^="Remove"]', holds: `document.querySelector('.legend').hidden` },
    { what: 'find cells that stand for concepts', to: '.find-state .link', posts: ['heatmap/findCells'] },
  ];
}

function heatmapText(): Action[] {
  const text = (what: string, press: string[], effect: Pick<Action, 'posts' | 'holds'>): Action => ({
    what,
    to: '.scroller',
    press,
    ...effect,
  });
  const line = (n: number): string => `document.querySelector('[data-line="${n}"]:not([data-testid])').textContent`;
  return [
    text('go to the first character', ['Control+Home'], { posts: ['heatmap/requestReport', { line: 0, column: 0 }] }),
    text('go to another line and column', ['ArrowDown', 'ArrowRight'], {
      posts: ['heatmap/requestReport', { line: 1, column: 1 }],
    }),
    text('reveal it in the editor', ['Enter'], { posts: ['heatmap/reveal', { line: 1, column: 1 }] }),
    text('the next cell', ['Control+ArrowDown'], { posts: ['heatmap/selectCell'] }),
    text('describe the line', ['d'], { holds: `/^Line 2: /.test(document.querySelector('[aria-live]').textContent)` }),
    text('hide the gates', ['g'], { holds: `document.querySelector('.strip').hidden` }),
    text('show them', ['g'], { holds: `!document.querySelector('.strip').hidden` }),
    text('lay the cell over', ['o'], { holds: `!document.querySelector('.legend').hidden` }),
    text('take it away', ['o'], { holds: `document.querySelector('.legend').hidden` }),
    text(
      'select characters, find cells for them',
      ['Control+Home', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'f'],
      {
        posts: ['heatmap/cellsForSelection', { start: { line: 0, column: 0 }, end: { line: 0, column: 3 } }],
      },
    ),
    text('copy them', ['Control+c'], { holds: `copied === ${line(1)}.slice(0, 3)` }),
    text('take back one of them and copy', ['Shift+ArrowLeft', 'Control+c'], {
      holds: `copied === ${line(1)}.slice(0, 2)`,
    }),
    text('select on into the next lines and copy', ['Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+End', 'Control+c'], {
      holds: `copied === [${line(1)}, ${line(2)}, ${line(3)}].join('\\n')`,
    }),
    text('select pages beyond the window and copy', ['Control+Home', 'Shift+Control+End', 'Control+c'], {
      holds: `copied.length > 100_000 && copied.startsWith('/** ')`,
    }),
    text('select backwards', ['Control+Home', 'ArrowRight', 'ArrowRight', 'Shift+Home', 'Control+c'], {
      holds: `copied === ${line(1)}.slice(0, 2)`,
    }),
    text('a move without Shift ends it', ['ArrowRight'], { holds: `getSelection().isCollapsed` }),
    text('copy everything', ['Control+a', 'Control+c'], { holds: `copied.length > 100_000` }),
    { what: 'one of the loudest cells', to: '.loudest .loud', posts: ['heatmap/selectCell', { cell: 14 }] },
  ];
}

function heatmapReach(): Action[] {
  return [
    { what: 'go to a character', to: '.scroller', press: ['PageDown'], posts: ['heatmap/requestReport'] },
    { what: 'what its prediction reaches back to', to: '.reach-button', posts: ['reach/ask'] },
    { what: 'of the character before', to: '.scroller', press: ['ArrowRight'], posts: ['reach/ask'] },
    {
      what: 'from a logit',
      to: '.reach-choice vscode-dropdown[aria-label="Start from"]',
      press: ['Enter', 'ArrowDown', 'Enter'],
      posts: ['reach/ask'],
    },
    {
      what: 'another quantity',
      to: '.reach-choice vscode-dropdown[aria-label="Drawn quantity"]',
      press: ['Enter', 'End', 'Enter'],
      holds: `document.querySelector('.reach-choice vscode-dropdown[aria-label="Drawn quantity"]').value.startsWith('h')`,
    },
    {
      what: 'read a point of the curve',
      to: '.reach .plot',
      press: ['Home', 'ArrowRight'],
      holds: `/\\d/.test(document.querySelector('.reach .reading').textContent)`,
    },
    {
      what: 'show a contributor in the text',
      to: '.reach .contributor',
      holds: `!document.querySelector('.pointer').hidden`,
    },
    {
      what: 'leave by the button',
      to: '.reach [aria-label^="Leave"]',
      holds: `document.querySelector('.reach').hidden`,
    },
    { what: 'begin by a key', to: '.scroller', press: ['r'], holds: `!document.querySelector('.reach').hidden` },
    { what: 'leave by a key', to: '.scroller', press: ['Escape'], holds: `document.querySelector('.reach').hidden` },
  ];
}

/** In this order: each one finds the page as the one before has left it. */
export const heatmapActions: readonly Action[] = [
  ...heatmapToolbar(),
  ...heatmapMenu(),
  ...heatmapCells(),
  ...heatmapText(),
  ...heatmapReach(),
];
