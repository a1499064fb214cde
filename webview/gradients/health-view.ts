/** Health: the gradient as training recorded it, and what its numbers say. */
import type { RecordedHealth, ShownHealth } from '../../src/protocol/gradients.ts';
import { card, verdict } from '../ui/cards.ts';
import { createDropdown } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { compact } from '../ui/format.ts';
import type { PlotCurve } from '../ui/plot.ts';
import { t } from '../ui/words.ts';
import { PlotCard, type Shown } from './plot-card.ts';
import { colourOf, cssColour, type SelectedRun } from './state.ts';
import type { View } from './view.ts';
import { axisText, ratioText, shareText } from './words.ts';

type Healthy = SelectedRun & { health: ShownHealth };

interface Series {
  /** In files. */
  name: string;
  /** On the screen. */
  label: string;
  colour: number;
  shade: number;
  dash: number[] | null;
  points: { chars: number; value: number | null }[];
}

const recordedLabels: Record<RecordedHealth['kind'], string> = {
  norms: t('Gradient by layer and gate'),
  updates: t('Update ∕ weight by parameter'),
  shut: t('Shut gates'),
  open: t('Open gates'),
  dead: t('Dead units'),
  horizon: t('Horizon at the validations'),
};
/** What is told in percent, on an axis from nothing to all. */
const shares = new Set(['clipped', 'scale', 'shut', 'open']);
/** What is told as it is, on a linear axis. */
const counts = new Set(['dead', 'horizon']);

const dashes = [null, [7, 4], [2, 3], [9, 3, 2, 3]];

export class HealthView implements View {
  readonly id = 'health';
  readonly title = t('Health');
  readonly parts = [] as const;
  readonly node: HTMLElement;
  private readonly main: PlotCard;
  private readonly findings = element('div', { class: 'verdicts' });
  private readonly quantity = createDropdown(t('Shown quantity'), (value) => {
    this.chosen = value;
    this.draw();
  });
  private chosen = 'norm';
  private runs: readonly SelectedRun[] = [];
  private rows: CsvCell[][] | null = null;

  constructor() {
    this.main = new PlotCard(
      {
        question: t('Was the gradient well while it trained?'),
        sentences: t(
          'The norm of the whole gradient before clipping, as every step had it; a gradient that explodes shows as spikes above the clipping threshold, one that vanishes as a lower layer that gets hardly any. Clipping keeps the direction and shortens the step.',
        ),
        formula: t('g ← threshold ∕ ‖g‖ · g  where ‖g‖ > threshold'),
        source: 'Pascanu, Mikolov, Bengio 2013',
      },
      null,
      element('div', { class: 'choice' }, this.quantity.node),
    );
    this.node = element(
      'div',
      { class: 'columns' },
      this.main.node,
      element('aside', { class: 'side' }, card(t('Verdict'), this.findings)),
    );
  }

  set(runs: readonly SelectedRun[]): void {
    this.runs = runs;
    const healthy = this.healthy();
    const choices = [
      { value: 'norm', label: t('Gradient norm') },
      ...(healthy.some(({ health }) => health.points.some(({ clippedShare }) => clippedShare !== null))
        ? [{ value: 'clipped', label: t('Clipped steps') }]
        : []),
      ...(healthy.some(({ health }) => health.points.some(({ clipScale }) => clipScale < 1))
        ? [{ value: 'scale', label: t('Clip ratio') }]
        : []),
      ...healthy.flatMap(({ run, name, health }) =>
        health.recorded.map(({ kind }) => ({
          value: `${kind} ${run.id}`,
          label: healthy.length > 1 ? t('{0}: {1}', recordedLabels[kind], name) : recordedLabels[kind],
        })),
      ),
    ];
    if (!choices.some(({ value }) => value === this.chosen)) this.chosen = 'norm';
    this.quantity.set(choices, this.chosen);
    this.findings.replaceChildren(
      ...runs
        .filter(({ run }) => run.kind === 'file')
        .map(({ name, colour }) =>
          verdict(
            cssColour(colour),
            name,
            t('A model file holds weights alone: nothing of its training was recorded.'),
          ),
        ),
      ...healthy.flatMap(({ name, colour, health }) =>
        health.findings.length === 0
          ? [verdict(cssColour(colour), name, t('No step is recorded yet.'))]
          : health.findings.map(({ evidence, advice }) =>
              verdict(cssColour(colour), `${name}. ${headOf(evidence)}`, `${restOf(evidence)} ${advice}`.trim()),
            ),
      ),
    );
    this.draw();
  }

  table(): CsvCell[][] | null {
    return this.rows;
  }

  picture(): Promise<ArrayBuffer | null> {
    return this.main.picture();
  }

  private healthy(): Healthy[] {
    return this.runs.filter((run): run is Healthy => run.health !== null && run.health.points.length > 0);
  }

  private draw(): void {
    const healthy = this.healthy();
    const series = seriesOf(healthy, this.chosen);
    const some = series.some(({ points }) => points.length > 0);
    this.rows = some
      ? [
          ['run', 'characters', 'value'],
          ...series.flatMap(({ name, points }) => points.map(({ chars, value }): CsvCell[] => [name, chars, value])),
        ]
      : null;
    const thresholds = new Set(healthy.map(({ run }) => run.clipNorm));
    const [threshold] = thresholds;
    this.main.set(
      this.runs,
      some ? shownOf(series, this.chosen, thresholds.size === 1 && threshold! > 0 ? threshold! : null) : null,
    );
  }
}

function seriesOf(healthy: readonly Healthy[], chosen: string): Series[] {
  const [kind, id] = chosen.split(' ') as [string, string | undefined];
  if (id !== undefined) {
    const selected = healthy.find(({ run }) => run.id === id);
    const recorded = selected?.health.recorded.find((each) => each.kind === kind);
    if (!recorded) return [];
    const { chars, byName } = recorded;
    return Object.entries(byName).map(([name, values], i) => ({
      name,
      label: recordedName(name),
      colour: i % 5,
      shade: 0,
      dash: dashes[Math.floor(i / 5) % dashes.length]!,
      points: chars.map((at, k) => ({ chars: at, value: logable(kind, values[k] ?? null) })),
    }));
  }
  return healthy.map(({ name, colour, health }) => ({
    name,
    label: name,
    colour,
    shade: 0,
    dash: null,
    points: health.points.flatMap(({ chars, gradientNorm, clipScale, clippedShare }) => {
      if (chosen === 'scale') return [{ chars, value: clipScale }];
      if (chosen === 'clipped') return clippedShare === null ? [] : [{ chars, value: clippedShare }];
      return [{ chars, value: gradientNorm > 0 ? gradientNorm : null }];
    }),
  }));
}

/** A logarithmic axis has no place for 0. */
function logable(kind: string, value: number | null): number | null {
  return value === 0 && !shares.has(kind) && !counts.has(kind) ? null : value;
}

function shownOf(series: readonly Series[], chosen: string, threshold: number | null): Shown {
  const x = [...new Set(series.flatMap(({ points }) => points.map(({ chars }) => chars)))].sort((a, b) => a - b);
  const columns = series.map(({ points }) => {
    const by = new Map(points.map(({ chars, value }) => [chars, value]));
    return x.map((chars) => by.get(chars) ?? null);
  });
  const [kind] = chosen.split(' ') as [string];
  const share = shares.has(kind);
  const count = counts.has(kind);
  const text = (value: number): string => (share ? shareText(value) : ratioOrMore(value));
  const read = (index: number): string =>
    [
      t('{0} characters', compact(x[index]!)),
      ...series.map(({ label }, i) => {
        let at = index;
        while (at >= 0 && columns[i]![at] == null) at--;
        return at < 0 ? null : `${label} ${text(columns[i]![at]!)}`;
      }),
    ]
      .filter(Boolean)
      .join('   ');
  return {
    spec: {
      x,
      curves: series.map(
        ({ label, colour, shade, dash }, i): PlotCurve => ({
          label,
          colour: colourOf(colour, shade),
          values: columns[i]!,
          width: 1.3,
          joined: true,
          ...(dash ? { dash } : {}),
        }),
      ),
      log: !share && !count,
      ...(share ? { range: [0, 1] as const } : {}),
      ...(threshold !== null && chosen === 'norm' ? { line: { value: threshold, label: t('clipped above') } } : {}),
      xLabel: t('trained characters'),
      formatX: compact,
      formatY: (value) => (share ? `${Math.round(100 * value)} %` : axisText(value)),
    },
    describe: t('{0} over trained characters. At the end: {1}.', described(kind), read(x.length - 1)),
    hint: t('At the end: {0}', read(x.length - 1)),
    read,
  };
}

function described(kind: string): string {
  if (kind === 'norm') return t('Gradient norm before clipping');
  if (kind === 'clipped') return t('Share of clipped steps');
  if (kind === 'scale') return t('Factor by which clipping shortened the gradient');
  return recordedLabels[kind as RecordedHealth['kind']];
}

/** `layer 0` in the language of the screen; gates and parameters keep their names. */
function recordedName(name: string): string {
  const layer = /^layer (\d+)$/.exec(name)?.[1];
  return layer === undefined ? name : t('layer {0}', layer);
}

function ratioOrMore(value: number): string {
  return value >= 1 ? String(Number(value.toPrecision(3))) : ratioText(value);
}

/** `Exploding: 41 % of …` → `Exploding:` and the rest. */
function headOf(evidence: string): string {
  return /^[^:]*:/.exec(evidence)?.[0] ?? '';
}

function restOf(evidence: string): string {
  return evidence.slice(headOf(evidence).length).trim();
}
