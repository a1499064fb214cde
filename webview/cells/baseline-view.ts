/** The network beside n-grams: where it predicts better, and where not. */
import type { ShownBaseline, ShownComparison } from '../../src/protocol/cells.ts';
import { card, explanation, named, table, verdict } from '../ui/cards.ts';
import { toHex } from '../ui/colour.ts';
import { createButton, createDropdown } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { bitsPerNat, percent, signed, whole } from '../ui/format.ts';
import { Plot } from '../ui/plot.ts';
import { t } from '../ui/words.ts';
import {
  agreementWords,
  bitsText,
  closingWords,
  hintOf,
  rowWords,
  type SmallKind,
  smallNames,
} from './baseline-words.ts';
import { JobRow } from './job-row.ts';
import { snippetList } from './snippets.ts';
import type { PanelActions, PanelState, View } from './state.ts';
import { baselineVerdict, className } from './words.ts';

/** Names of the small plots in files. */
const columnNames = {
  parenthesis: 'Closing ) by distance',
  square: 'Closing ] by distance',
  brace: 'Closing } by distance',
  quote: 'Closing quotes by distance',
} as const;
const orders = [3, 5, 10, 20];
/** Bits of the strongest colour in snippets. */
const strongest = 6;

interface Small {
  node: HTMLElement;
  plot: Plot;
  host: HTMLElement;
  reading: HTMLElement;
  rows: readonly ShownComparison[];
  shares: boolean;
}

export class BaselineView implements View {
  readonly id = 'baseline';
  readonly title = t('Beside n-grams');
  readonly node = element('div', { class: 'page' });
  private readonly actions: PanelActions;
  private readonly order = createDropdown(t('Order of the n-gram'), (value) => {
    this.wanted = Number(value);
    this.showStart();
  });
  private readonly start = createButton(t('Compare'), () => this.actions.baseline(this.wanted), 'primary');
  private readonly job: JobRow;
  private readonly smalls: Map<SmallKind, Small>;
  private readonly words = element('div', { class: 'verdicts' });
  private readonly kinds = element('div');
  private readonly wins = element('div', { class: 'two' });
  private readonly results: HTMLElement;
  private readonly grid = element('div', { class: 'smalls' });
  private readonly winsCard: HTMLElement;
  private wanted = 20;
  private state: PanelState | null = null;
  private drawn: ShownBaseline | null = null;

  constructor(actions: PanelActions) {
    this.actions = actions;
    this.job = new JobRow({
      doing: t('Learning the n-gram'),
      cancelled: t('It was stopped.'),
      cancel: () => actions.cancel('baseline'),
      again: () => actions.baseline(this.wanted),
      showLog: () => actions.showLog(),
    });
    this.smalls = new Map((Object.keys(smallNames) as SmallKind[]).map((kind) => [kind, this.small(kind)]));
    this.grid.append(...[...this.smalls.values()].map(({ node }) => node));
    this.winsCard = card(t('Where they differ most'), this.wins);
    this.results = element(
      'aside',
      { class: 'side' },
      card(t('In words'), this.words),
      card(t('By kind of character, bits'), this.kinds),
    );
    this.node.append(
      element(
        'div',
        { class: 'columns' },
        element(
          'section',
          { class: 'card main', 'aria-label': t('The network beside n-grams') },
          explanation({
            question: t('What does it know that counting does not?'),
            sentences: t(
              'An n-gram counts what followed the last n − 1 characters in the same training files: it knows words and idioms, and nothing before them. A network that beats it at brackets and quotes that were opened long before carries something over the distance.',
            ),
            formula: t('interpolated Kneser–Ney, D = n₁/(n₁ + 2n₂) for each length'),
            source: 'Kneser, Ney 1995; Chen, Goodman 1999; Karpathy, Johnson, Fei-Fei 2015',
          }),
          element(
            'div',
            { class: 'choice' },
            element('span', { class: 'caption' }, t('order up to')),
            this.order.node,
            this.start.node,
          ),
          this.job.node,
          this.grid,
        ),
        this.results,
      ),
      element('div', { class: 'stack' }, this.winsCard),
    );
  }

  set(state: PanelState): void {
    this.state = state;
    const { jobs, problems, baseline } = state;
    this.order.set(
      orders.map((order) => ({ value: String(order), label: t('{0} characters', order) })),
      String(this.wanted),
    );
    const fraction = jobs.has('baseline') ? jobs.get('baseline')! : undefined;
    this.job.set(
      { fraction, problem: problems.get('baseline') },
      fraction === null ? t('Learning the n-gram from the training files') : t('Reading the test files with both'),
    );
    this.showStart();
    if (baseline === this.drawn && this.results.dataset.drawn) return;
    this.drawn = baseline;
    this.results.dataset.drawn = 'true';
    this.draw(state, baseline);
  }

  table(): CsvCell[][] | null {
    const baseline = this.drawn;
    if (!baseline) return null;
    const rows = (table: string, of: readonly ShownComparison[], unit: number): CsvCell[][] =>
      of.map(({ label, count, network, baseline: ngram }) => [
        table,
        label,
        count,
        network === null ? null : network * unit,
        ngram === null ? null : ngram * unit,
      ]);
    const { all, characters, closings, agreement } = baseline.tables;
    return [
      ['table', 'row', 'count', 'network', `${baseline.order}-gram`],
      ...rows('all characters, bits', [all], bitsPerNat),
      ...rows('kind of character, bits', characters, bitsPerNat),
      ...closings.flatMap(({ kind, rows: of }) => rows(`${columnNames[kind]}, bits`, of, bitsPerNat)),
      ...rows('right kind of closing bracket by number of others in between, share', agreement, 1),
    ];
  }

  private showStart(): void {
    const { state, wanted } = this;
    const busy = state?.jobs.has('baseline') ?? false;
    this.start.label(this.drawn?.order === wanted ? t('Compare Again') : t('Compare'));
    this.start.enable(!busy && state?.run?.generation != null && this.drawn?.order !== wanted);
  }

  private small(kind: SmallKind): Small {
    const name = smallNames[kind];
    const host = element('div', { class: 'plot small', tabindex: 0, role: 'img' });
    const reading = element('div', { class: 'reading', 'aria-live': 'polite' });
    const small: Small = {
      node: element('section', { 'aria-label': name }, element('h4', {}, name), host, reading),
      host,
      reading,
      rows: [],
      shares: kind === 'agreement',
      plot: new Plot(host, (index) => {
        const row = index === null ? null : small.rows[index];
        reading.textContent = row ? rowWords(row, small.shares) : hintOf(small.shares);
      }),
    };
    return small;
  }

  private draw({ run }: PanelState, baseline: ShownBaseline | null): void {
    for (const node of [this.grid, this.results, this.winsCard]) node.hidden = baseline === null;
    if (!baseline || !run) return;
    const { tables, order, learned, training, test, wins } = baseline;
    const ngram = t('{0}-gram', order);
    const { claim, evidence } = baselineVerdict(run.label, baseline);
    const cut =
      learned < training
        ? t('The n-gram learned from {0} of the {1} training characters.', whole(learned), whole(training))
        : t('The n-gram learned from the same {0} training characters.', whole(training));
    this.words.replaceChildren(
      verdict(
        (tables.all.baseline ?? 0) >= (tables.all.network ?? 0) ? 'var(--cs-positive)' : 'var(--cs-negative)',
        claim,
        `${evidence} ${cut}`,
      ),
      ...closingWords(tables.closings, run.label, order),
      ...agreementWords(tables.agreement, run.label, order),
    );
    for (const { kind, rows } of tables.closings) this.drawSmall(kind, rows, run.label, order);
    this.drawSmall('agreement', tables.agreement, run.label, order);
    this.kinds.replaceChildren(
      table(
        t('Losses by kind of character'),
        [
          { head: t('predicted') },
          { head: t('characters'), number: true },
          { head: run.label, number: true },
          { head: ngram, number: true },
          { head: t('gain'), number: true },
        ],
        [tables.all, ...tables.characters].map(({ label, count, network, baseline: counted }) => [
          className(label),
          whole(count),
          bitsText(network),
          bitsText(counted),
          network === null || counted === null ? '–' : signed((counted - network) * bitsPerNat),
        ]),
      ),
      element('p', { class: 'note' }, t('{0} test files, {1} characters.', whole(test.files), whole(test.chars))),
    );
    this.wins.replaceChildren(
      this.winList(t('Where {0} gains most', run.label), '--cs-positive', wins.network),
      this.winList(t('Where the {0}-gram gains most', order), '--cs-negative', wins.baseline),
    );
  }

  private winList(title: string, colour: string, snippets: ShownBaseline['wins']['network']): HTMLElement {
    return element(
      'section',
      { 'aria-label': title },
      element('h4', {}, named(`var(${colour})`, title)),
      snippets.length > 0
        ? snippetList(title, snippets, strongest, (snippet) => this.actions.openSnippet(snippet))
        : element('p', { class: 'note' }, t('Nowhere.')),
    );
  }

  private drawSmall(kind: SmallKind, all: readonly ShownComparison[], network: string, order: number): void {
    const small = this.smalls.get(kind)!;
    small.rows = all.filter(({ count }) => count > 0);
    // One place makes no curve: the words tell it.
    small.node.hidden = small.rows.length < 2;
    if (small.node.hidden) return;
    const unit = small.shares ? 1 : bitsPerNat;
    const { rows } = small;
    const values = (key: 'network' | 'baseline'): (number | null)[] =>
      rows.map((row) => (row[key] === null ? null : row[key] * unit));
    small.plot.show({
      x: rows.map((_, i) => i),
      curves: [
        { label: network, colour: (theme) => toHex(theme.positive), values: values('network'), points: true, width: 2 },
        {
          label: t('{0}-gram', order),
          colour: (theme) => toHex(theme.negative),
          values: values('baseline'),
          points: true,
          width: 2,
        },
      ],
      log: false,
      ...(small.shares ? { range: [0, 1] as const } : {}),
      xLabel: small.shares ? t('other brackets opened and closed in between') : t('characters since it was opened'),
      formatX: (value) => rows[value]?.label.replace(' and more', '+') ?? '',
      formatY: (value) => (small.shares ? percent(value) : value.toFixed(1)),
    });
    small.host.setAttribute(
      'aria-label',
      t(
        '{0}: {1}. Left and right arrows read single places.',
        smallNames[kind],
        rows.map((row) => rowWords(row, small.shares)).join('; '),
      ),
    );
    small.reading.textContent = hintOf(small.shares);
  }
}
