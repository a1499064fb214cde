/** When was it born: how well the best cell stands for a concept at each checkpoint, drawn over the held-out loss. */
import { mostBorn, type ShownBirth } from '../../src/protocol/cells.ts';
import { card, explanation, named, table } from '../ui/cards.ts';
import { toHex } from '../ui/colour.ts';
import { createButton } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { bitsPerNat, compact, fixed, whole } from '../ui/format.ts';
import { Plot, type PlotCurve, type PlotSpec } from '../ui/plot.ts';
import type { Theme } from '../ui/theme.ts';
import { t, translated } from '../ui/words.ts';
import { JobRow } from './job-row.ts';
import { type PanelActions, type PanelState, reportOf, type View } from './state.ts';
import { cellName, conceptRows, lift } from './words.ts';

const colours: readonly ((theme: Theme) => string)[] = [
  (theme) => toHex(theme.positive),
  (theme) => toHex(theme.forget),
  (theme) => toHex(theme.negative),
  (theme) => toHex(theme.output),
  (theme) => toHex(theme.input),
];
const variables = ['--cs-positive', '--cs-forget', '--cs-negative', '--cs-output', '--cs-input'];

export class BirthView implements View {
  readonly id = 'birth';
  readonly title = t('When was it born');
  readonly node = element('div', { class: 'page' });
  private readonly actions: PanelActions;
  private readonly host = element('div', { class: 'plot', tabindex: 0, role: 'img', hidden: true });
  private readonly reading = element('div', { class: 'reading', 'aria-live': 'polite' });
  private readonly plot = new Plot(this.host, (index) => this.read(index));
  private readonly job: JobRow;
  private readonly list = element('div', { class: 'checks', role: 'group', 'aria-label': t('Concepts to follow') });
  private readonly start = createButton(t('Measure Every Checkpoint'), () => this.ask(), 'primary');
  private readonly numbers = element('div');
  private readonly hint = element('p', { class: 'note' });
  private chosen: string[];
  private readonly remember: (chosen: string[]) => void;
  private state: PanelState | null = null;
  private drawn: readonly unknown[] = [];
  private listed: readonly unknown[] = [];
  private readonly boxes = new Map<string, HTMLInputElement>();

  constructor(actions: PanelActions, chosen: string[], remember: (chosen: string[]) => void) {
    this.actions = actions;
    this.chosen = chosen;
    this.remember = remember;
    this.job = new JobRow({
      doing: t('Measuring each checkpoint, the latest first'),
      cancelled: t('It was stopped; what stands is drawn.'),
      cancel: () => actions.cancel('birth'),
      again: () => this.ask(),
      showLog: () => actions.showLog(),
    });
    this.node.append(
      element(
        'div',
        { class: 'columns' },
        element(
          'section',
          { class: 'card main', 'aria-label': t('When was it born?') },
          explanation({
            question: t('When was it born?'),
            sentences: t(
              'At every checkpoint that is kept, all cells are scored again on the same sample: the solid curve is the best cell at that time, whichever it was; the dashed one is the cell that stands for the concept now. The grey curve is the held-out loss.',
            ),
            formula: t('AP of the best cell, chosen on validation text, shown on test text'),
            source: t('on samples; the concepts’ own page has the figures of all test files'),
          }),
          this.job.node,
          this.host,
          this.reading,
        ),
        element(
          'aside',
          { class: 'side' },
          card(t('Concepts'), this.hint, this.list, element('div', { class: 'buttons' }, this.start.node)),
          card(t('Checkpoints'), this.numbers),
        ),
      ),
    );
  }

  set(state: PanelState): void {
    this.state = state;
    const { jobs, problems, run } = state;
    this.job.set({ fraction: jobs.has('birth') ? jobs.get('birth')! : undefined, problem: problems.get('birth') });
    this.showList(state);
    const busy = jobs.has('birth');
    this.start.enable(!busy && this.chosen.length > 0 && (run?.generations.length ?? 0) > 0);
    const inputs = [state.birth, state.losses];
    if (inputs.every((input, i) => input === this.drawn[i])) return;
    this.drawn = inputs;
    this.draw(state.birth);
  }

  table(): CsvCell[][] | null {
    const birth = this.state?.birth;
    if (!birth || birth.points.length === 0) return null;
    return [
      ['concept', 'checkpoint', 'characters', 'base', 'ap of the best', 'layer', 'cell', 'ap of the cell now'],
      ...birth.concepts.flatMap(({ id, name }) =>
        birth.points.flatMap(({ generation, trainedChars, concepts }) =>
          concepts
            .filter((concept) => concept.id === id)
            .map(({ base, ap, layer, cell, followed }): CsvCell[] => [
              name,
              generation,
              trainedChars,
              base,
              ap,
              layer,
              cell,
              followed,
            ]),
        ),
      ),
    ];
  }

  private ask(): void {
    if (this.chosen.length > 0) this.actions.birth(this.chosen);
  }

  private showList(state: PanelState): void {
    const report = reportOf(state)?.report ?? null;
    if (this.listed[0] === report && this.listed[1] === state.run) return;
    this.listed = [report, state.run];
    const rows = report
      ? conceptRows(report)
          .filter(({ first }) => first !== null)
          .sort((a, b) => lift(b.first!.ap, b.concept.base) - lift(a.first!.ap, a.concept.base))
      : [];
    this.hint.textContent =
      rows.length === 0
        ? t('Find the cells of this run first: on the page of concepts.')
        : t('Choose up to {0}.', mostBorn);
    this.chosen = this.chosen.filter((id) => rows.some(({ concept }) => concept.id === id));
    if (this.chosen.length === 0) this.chosen = rows.slice(0, 3).map(({ concept }) => concept.id);
    this.boxes.clear();
    this.list.replaceChildren(
      ...rows.map(({ concept, first, status }) => {
        const box = element('input', { type: 'checkbox', checked: this.chosen.includes(concept.id) });
        box.addEventListener('change', () => this.toggle(concept.id, box.checked));
        this.boxes.set(concept.id, box);
        return element(
          'label',
          { class: 'check' },
          box,
          element('span', {}, translated(concept.name)),
          element(
            'span',
            { class: 'number caption' },
            status === 'named' ? t('named · {0}', fixed(first!.ap)) : fixed(first!.ap),
          ),
        );
      }),
    );
    this.limit();
  }

  private toggle(id: string, on: boolean): void {
    this.chosen = on ? [...this.chosen, id].slice(0, mostBorn) : this.chosen.filter((one) => one !== id);
    this.remember(this.chosen);
    this.limit();
    this.start.enable(this.chosen.length > 0 && !this.state?.jobs.has('birth'));
  }

  private limit(): void {
    for (const [id, box] of this.boxes) box.disabled = this.chosen.length >= mostBorn && !this.chosen.includes(id);
  }

  private draw(birth: ShownBirth | null): void {
    const losses = this.state?.losses ?? [];
    const some = birth !== null && birth.points.length > 0;
    this.host.hidden = !some && losses.length === 0;
    this.numbers.replaceChildren(some ? pointsTable(birth) : t('Nothing is measured yet.'));
    if (this.host.hidden) return;
    const spec = plotOf(birth, losses);
    this.plot.show(spec);
    this.host.setAttribute('aria-label', t('{0} Left and right arrows read single checkpoints.', describe(birth)));
    this.read(null);
  }

  private read(index: number | null): void {
    const { birth, losses = [] } = this.state ?? {};
    if (index === null) {
      this.reading.textContent =
        birth && birth.points.length > 0 ? t('Point at a checkpoint to read it.') : t('The held-out loss so far.');
      return;
    }
    const chars = clockOf(birth ?? null, losses)[index];
    if (chars === undefined) return;
    const point = birth?.points.find(({ trainedChars }) => trainedChars === chars);
    const loss = losses.find((one) => one.chars === chars);
    const parts = (birth?.concepts ?? []).flatMap(({ id, name }) => {
      const here = point?.concepts.find((concept) => concept.id === id);
      return here ? [t('{0} {1} (cell {2})', translated(name), fixed(here.ap), cellName(here))] : [];
    });
    this.reading.textContent = [
      t('{0} characters', compact(chars)),
      ...(loss ? [t('loss {0} bits', (loss.nats * bitsPerNat).toFixed(2))] : []),
      ...parts,
    ].join('   ');
  }
}

function clockOf(birth: ShownBirth | null, losses: PanelState['losses']): number[] {
  const all = [...losses.map(({ chars }) => chars), ...(birth?.points.map(({ trainedChars }) => trainedChars) ?? [])];
  return [...new Set(all)].sort((a, b) => a - b);
}

function plotOf(birth: ShownBirth | null, losses: PanelState['losses']): PlotSpec {
  const x = clockOf(birth, losses);
  const lossAt = new Map(losses.map(({ chars, nats }) => [chars, nats * bitsPerNat]));
  const points = new Map(birth?.points.map((point) => [point.trainedChars, point.concepts]) ?? []);
  const scoreAt = (id: string, chars: number, key: 'ap' | 'followed'): number | null =>
    points.get(chars)?.find((concept) => concept.id === id)?.[key] ?? null;
  const last = losses.at(-1);
  const loss: PlotCurve = {
    label: last ? t('loss {0} bits', (last.nats * bitsPerNat).toFixed(2)) : '',
    colour: (theme) => toHex(theme.muted),
    values: x.map((chars) => lossAt.get(chars) ?? null),
    width: 1.2,
    joined: true,
    backdrop: true,
  };
  const curves = (birth?.concepts ?? []).flatMap(({ id, name }, i): PlotCurve[] => {
    const colour = colours[i % colours.length]!;
    return [
      { label: translated(name), colour, values: x.map((chars) => scoreAt(id, chars, 'ap')), points: true, width: 2 },
      {
        label: '',
        colour,
        values: x.map((chars) => scoreAt(id, chars, 'followed')),
        joined: true,
        dash: [5, 4],
        width: 1.2,
      },
    ];
  });
  return {
    x,
    curves: [...(losses.length > 0 ? [loss] : []), ...curves],
    log: false,
    range: [0, 1],
    xLabel: t('trained characters'),
    formatX: compact,
    formatY: (value) => fixed(value, 1),
  };
}

function describe(birth: ShownBirth | null): string {
  if (!birth || birth.points.length === 0) return t('Held-out loss by trained characters.');
  const [first, last] = [birth.points[0]!, birth.points.at(-1)!];
  return birth.concepts
    .map(({ id, name }) => {
      const [from, to] = [first, last].map(({ concepts }) => concepts.find((concept) => concept.id === id)?.ap);
      return t(
        '{0}: AP {1} at {2} characters, {3} at {4}.',
        translated(name),
        from === undefined ? t('none') : fixed(from),
        compact(first.trainedChars),
        to === undefined ? t('none') : fixed(to),
        compact(last.trainedChars),
      );
    })
    .join(' ');
}

function pointsTable(birth: ShownBirth): HTMLElement {
  return table(
    t('Scores by checkpoint'),
    [
      { head: t('concept') },
      { head: t('characters'), number: true },
      { head: t('best'), number: true },
      { head: t('AP'), number: true },
      { head: t('cell now'), number: true },
    ],
    birth.concepts.flatMap(({ id, name, followed }, i) =>
      birth.points.flatMap(({ trainedChars, concepts }) =>
        concepts
          .filter((concept) => concept.id === id)
          .map((concept) => [
            named(`var(${variables[i % variables.length]})`, translated(name)),
            element('span', { title: whole(trainedChars) }, compact(trainedChars)),
            cellName(concept),
            fixed(concept.ap),
            concept.followed === null || !followed
              ? '–'
              : element('span', { title: t('cell {0}', cellName(followed)) }, fixed(concept.followed)),
          ]),
      ),
    ),
  );
}
