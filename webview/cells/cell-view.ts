/** The page of one cell, named or not: all that is known of what it does. */
import type { CellsRun, ShownCandidate, ShownPicture } from '../../src/protocol/cells.ts';
import { card } from '../ui/cards.ts';
import { createButton, createDropdown, createIconButton } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { whole } from '../ui/format.ts';
import { t, translated } from '../ui/words.ts';
import { clampBars } from './clamp-bars.ts';
import { Courses } from './courses.ts';
import { evidenceCard } from './evidence-card.ts';
import { histogramFigure } from './histogram.ts';
import { JobRow } from './job-row.ts';
import { NoteBox } from './note-box.ts';
import { ScoreCard } from './score-card.ts';
import { snippetList } from './snippets.ts';
import { type PanelActions, type PanelState, reportOf, type View } from './state.ts';
import { cellName, memoryText, quantityNames } from './words.ts';

type SnippetKind = keyof ShownPicture['snippets'];

const snippetKinds: readonly { id: SnippetKind; label: string }[] = [
  { id: 'top', label: t('Top') },
  { id: 'middle', label: t('Middle') },
  { id: 'random', label: t('Random') },
];

const snippetWords: Readonly<
  Record<SnippetKind, { label: string; note(chars: string, files: string, quantity: string): string }>
> = {
  top: {
    label: t('strongest snippets'),
    note: (chars, files, quantity) =>
      t(
        '{0} characters of {1} test files, coloured by {2}; the strongest places are outlined.',
        chars,
        files,
        quantity,
      ),
  },
  middle: {
    label: t('middle snippets'),
    note: (chars, files, quantity) =>
      t('{0} characters of {1} test files, coloured by {2}; the middle places are outlined.', chars, files, quantity),
  },
  random: {
    label: t('random snippets'),
    note: (chars, files, quantity) =>
      t('{0} characters of {1} test files, coloured by {2}; the random places are outlined.', chars, files, quantity),
  },
};

export class CellView implements View {
  readonly id = 'cell';
  readonly title = t('Cell');
  readonly node = element('div', { class: 'page' });
  private readonly actions: PanelActions;
  private readonly name = element('h2', { class: 'cell-title' });
  private readonly layer = createDropdown(t('Layer'), (value) => this.go(Number(value), 0));
  private readonly number = element('input', { type: 'number', class: 'cell-number', min: 0, 'aria-label': t('Cell') });
  private readonly concept = createDropdown(t('Concept that inside and outside are told apart by'), (value) =>
    this.choose(value === '' ? null : value),
  );
  private readonly evidence = element('div');
  private readonly histogram = element('div');
  private readonly courses = new Courses();
  private readonly memory = element('p', { class: 'note' });
  private readonly snippets = element('div');
  private readonly clamp = element('div');
  private readonly scores: ScoreCard;
  private readonly notes: NoteBox;
  private readonly jobs;
  private readonly snippetTabs: HTMLElement[];
  private readonly cards: Record<'histogram' | 'courses' | 'snippets' | 'clamp', HTMLElement>;
  private readonly columns = element('div', { class: 'columns' });
  private readonly empty = element('p', { class: 'note page-note' });
  private snippetKind: SnippetKind = 'top';
  private state: PanelState | null = null;
  private drawn: Partial<Record<'picture' | 'scores' | 'clamp' | 'evidence', unknown>> = {};

  constructor(actions: PanelActions) {
    this.actions = actions;
    this.notes = new NoteBox((place, text) => actions.note(place, text));
    const job = (doing: string, name: 'picture' | 'scores' | 'clamp'): JobRow =>
      new JobRow({
        doing,
        cancelled: t('is not measured.'),
        cancel: () => actions.cancel(name),
        again: () => actions.askCell(),
        showLog: () => actions.showLog(),
      });
    this.jobs = {
      picture: job(t('Reading the test files'), 'picture'),
      scores: job(t('Scoring the cell for every concept'), 'scores'),
      clamp: job(t('Clamping the cell to its mean'), 'clamp'),
    };
    this.snippetTabs = snippetKinds.map(({ id, label }) => {
      const chip = element('button', { type: 'button', class: 'choice-chip' }, label);
      chip.addEventListener('click', () => {
        this.snippetKind = id;
        this.drawSnippets();
      });
      return chip;
    });
    this.scores = new ScoreCard((concept) => this.choose(concept));
    this.cards = {
      histogram: card(t('Values inside and outside'), this.histogram, this.memory),
      courses: card(t('What it does at the boundaries'), this.courses.node),
      snippets: card(
        t('In the test files'),
        element(
          'div',
          { class: 'choice-chips', role: 'group', 'aria-label': t('Which snippets') },
          ...this.snippetTabs,
        ),
        this.snippets,
      ),
      clamp: card(t('Loss without it'), this.clamp),
    };
    this.build();
  }

  set(state: PanelState): void {
    this.state = state;
    const { run, open, jobs, problems } = state;
    this.columns.hidden = !run || !open;
    this.empty.hidden = !this.columns.hidden;
    this.empty.textContent = t('Choose a cell: open a concept’s row, or type a layer and a cell above.');
    if (!run || !open) return;
    this.drawHead(run, state);
    for (const name of ['picture', 'scores', 'clamp'] as const)
      this.jobs[name].set({ fraction: jobs.has(name) ? jobs.get(name)! : undefined, problem: problems.get(name) });
    this.once('picture', [state.picture, state.scores, reportOf(state)?.report], () => this.drawPicture());
    this.once('evidence', [open.layer, open.cell, open.concept, reportOf(state)?.report, state.scores], () =>
      this.drawEvidence(),
    );
    this.once('scores', [state.scores, state.clamp, open.concept], () =>
      this.scores.set(state.scores, state.clamp, open.concept),
    );
    this.once('clamp', [state.clamp], () => this.drawClamp());
    this.notes.set(open, state.notes[`${open.layer}:${open.cell}`] ?? '');
  }

  table(): CsvCell[][] | null {
    return this.scores.table();
  }

  private build(): void {
    const step = (by: number): void => {
      const open = this.state?.open;
      if (open) this.go(open.layer, open.cell + by);
    };
    this.number.addEventListener('change', () =>
      this.go(this.state?.open?.layer ?? 0, Math.round(Number(this.number.value))),
    );
    const show = createButton(t('Show in Heatmap'), () => this.actions.showInHeatmap(), 'primary');
    this.columns.append(
      element(
        'div',
        { class: 'side wide' },
        this.jobs.picture.node,
        this.cards.histogram,
        this.cards.courses,
        this.cards.snippets,
      ),
      element(
        'aside',
        { class: 'side' },
        this.evidence,
        card(t('Note'), this.notes.node),
        this.jobs.clamp.node,
        this.cards.clamp,
        this.jobs.scores.node,
        this.scores.node,
      ),
    );
    this.node.append(
      element(
        'div',
        { class: 'tools cell-tools' },
        this.name,
        element(
          'div',
          { class: 'choice' },
          this.layer.node,
          createIconButton('chevronLeft', t('Cell before'), () => step(-1)).node,
          this.number,
          createIconButton('chevronRight', t('Next cell'), () => step(1)).node,
          element('span', { class: 'caption' }, t('inside of')),
          this.concept.node,
          show.node,
        ),
      ),
      this.empty,
      this.columns,
    );
  }

  private once(part: keyof typeof this.drawn, inputs: readonly unknown[], draw: () => void): void {
    const before = this.drawn[part] as readonly unknown[] | undefined;
    if (before && inputs.every((input, i) => input === before[i])) return;
    this.drawn[part] = inputs;
    draw();
  }

  private drawHead(run: CellsRun, { open, ...state }: PanelState): void {
    const { layer, cell, concept } = open!;
    this.name.textContent = t('Cell {0} of {1}', cellName(open!), run.label);
    this.layer.set(
      run.layers.map((_, i) => ({ value: String(i), label: t('Layer {0}', i) })),
      String(layer),
    );
    this.layer.node.hidden = run.layers.length < 2;
    this.number.max = String((run.layers[layer]?.hiddenSize ?? 1) - 1);
    if (document.activeElement !== this.number) this.number.value = String(cell);
    const concepts = reportOf({ open, ...state })?.report?.concepts.filter(({ best }) => best.length > 0) ?? [];
    const scored = state.scores?.concepts ?? [];
    const known = concepts.length > 0 ? concepts : scored;
    this.concept.set(
      [{ value: '', label: t('no concept') }, ...known.map(({ id, name }) => ({ value: id, label: translated(name) }))],
      concept ?? '',
    );
  }

  private drawPicture(): void {
    const { picture } = this.state!;
    for (const part of ['histogram', 'courses', 'snippets'] as const) this.cards[part].hidden = picture === null;
    if (!picture) return;
    const name = picture.concept === null ? null : this.conceptName(picture.concept);
    const scored = this.candidateOf(picture.concept);
    const threshold =
      scored && scored.quantity === picture.quantity && scored.threshold !== null ? scored.threshold : null;
    this.histogram.replaceChildren(histogramFigure(picture, name, threshold));
    this.memory.textContent = memoryText(picture);
    this.cards.histogram.querySelector('h3')!.textContent =
      name === null
        ? t('Values of {0}', quantityNames[picture.quantity])
        : t('{0} inside and outside: {1}', quantityNames[picture.quantity], name);
    this.cards.courses.hidden = picture.openings + picture.closings === 0;
    if (!this.cards.courses.hidden) this.courses.set(picture);
    this.drawSnippets();
  }

  private drawSnippets(): void {
    const picture = this.state?.picture;
    for (const [i, chip] of this.snippetTabs.entries())
      chip.setAttribute('aria-pressed', String(snippetKinds[i]!.id === this.snippetKind));
    if (!picture) return;
    const { low, high } = picture.histogram;
    const [chars, files] = [whole(picture.chars), whole(picture.files)];
    const words = snippetWords[this.snippetKind];
    this.snippets.replaceChildren(
      element('p', { class: 'note' }, words.note(chars, files, quantityNames[picture.quantity])),
      snippetList(words.label, picture.snippets[this.snippetKind], Math.max(Math.abs(low), Math.abs(high)), (snippet) =>
        this.actions.openSnippet(snippet),
      ),
    );
  }

  private drawEvidence(): void {
    const { open } = this.state!;
    const report = reportOf(this.state!)?.report;
    const places = (report?.concepts ?? []).flatMap((concept) =>
      concept.best
        .filter(({ layer, cell }) => layer === open!.layer && cell === open!.cell)
        .map((candidate) => ({ concept, candidate, rank: concept.best.indexOf(candidate) })),
    );
    this.evidence.replaceChildren(evidenceCard(places, open!.concept, this.candidateOf(open!.concept)));
  }

  private drawClamp(): void {
    const { clamp } = this.state!;
    this.cards.clamp.hidden = clamp === null;
    if (clamp) this.clamp.replaceChildren(clampBars(clamp));
  }

  private conceptName(id: string): string {
    const { scores } = this.state!;
    const known = [...(reportOf(this.state!)?.report?.concepts ?? []), ...(scores?.concepts ?? [])];
    return translated(known.find((concept) => concept.id === id)?.name ?? id);
  }

  /** This cell's figures for a concept: with evidence where the report has it, else its scores alone. */
  private candidateOf(id: string | null): ShownCandidate | null {
    const { open, scores } = this.state!;
    const concept = reportOf(this.state!)?.report?.concepts.find((one) => one.id === id);
    return (
      concept?.best.find(({ layer, cell }) => layer === open?.layer && cell === open?.cell) ??
      scores?.concepts.find((one) => one.id === id)?.candidate ??
      null
    );
  }

  private go(layer: number, cell: number): void {
    const { run, open } = this.state ?? {};
    const size = run?.layers[layer]?.hiddenSize;
    if (!size || !Number.isFinite(cell)) return;
    this.actions.openCell({ layer, cell: ((cell % size) + size) % size, concept: open?.concept ?? null });
  }

  private choose(concept: string | null): void {
    const { open } = this.state!;
    if (open && open.concept !== concept) this.actions.openCell({ ...open, concept });
  }
}
