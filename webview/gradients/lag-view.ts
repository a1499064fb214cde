/** Lag profile: how far back the loss of one character reaches, runs laid over each other, the horizon marked. */
import type { ShownReport } from '../../src/protocol/gradients.ts';
import { card, explanation, named, table, verdict } from '../ui/cards.ts';
import type { Button } from '../ui/controls.ts';
import { createButton } from '../ui/controls.ts';
import type { CsvCell } from '../ui/csv.ts';
import { element } from '../ui/dom.ts';
import { whole } from '../ui/format.ts';
import { Plot, type PlotCurve } from '../ui/plot.ts';
import { t } from '../ui/words.ts';
import { type JobActions, JobList } from './jobs.ts';
import { colourOf, cssColour, type SelectedRun, withPart } from './state.ts';
import type { View } from './view.ts';
import {
  axisText,
  horizonText,
  intervalText,
  lagSummary,
  lagVerdict,
  ratioText,
  type StateCurve,
  shareText,
  stateColumn,
  stateCurves,
  stateName,
} from './words.ts';

/** Curves end here: below it lies nothing that training could use. */
const floor = 1e-6;
/** h of an LSTM is drawn in its run's colour, moved towards the text's. */
const shadeOfH = 0.5;
/** Dashes of the layers below the top one. */
const dashes = [undefined, [7, 4], [2, 3]] as const;

interface Drawn extends StateCurve {
  selected: SelectedRun;
  report: ShownReport;
  name: string;
  /** The same in files. */
  column: string;
  shade: number;
}

export class LagView implements View {
  readonly id = 'lags';
  readonly title = t('Lag profile');
  readonly parts = ['report'] as const;
  readonly node: HTMLElement;
  private readonly host = element('div', { class: 'plot', tabindex: 0, role: 'img' });
  private readonly reading = element('div', { class: 'reading', 'aria-live': 'polite' });
  private readonly summary = element('p', { class: 'visually-hidden' });
  private readonly where = element('p', { class: 'where' });
  private readonly horizons = element('div');
  private readonly verdicts = element('div', { class: 'verdicts' });
  private readonly jobs: JobList;
  private readonly same: Button;
  private readonly plot = new Plot(this.host, (index) => this.read(index));
  private drawn: Drawn[] = [];
  private lags = 0;

  constructor(actions: JobActions & { trainSame(): void }) {
    this.jobs = new JobList(
      'report',
      { doing: t('goes back from its held-out predictions'), start: t('Measure') },
      actions,
    );
    this.same = createButton(t('Train the Same as…'), () => actions.trainSame());
    this.node = element(
      'div',
      { class: 'columns' },
      element(
        'section',
        { class: 'card main', 'aria-label': this.title },
        explanation({
          question: t('How far back does the loss of one character reach?'),
          sentences: t(
            'Each curve is the mean size of the gradient at the state k characters before a prediction, over its size at the prediction itself. Where it has fallen under 1 %, what was read earlier hardly teaches the network any more: that lag is its horizon.',
          ),
          formula: 'relative[k] = mean‖∂Jₜ/∂hₜ₋ₖ‖ ∕ mean‖∂Jₜ/∂hₜ‖,  Jₜ = −ln p(xₜ₊₁ | hₜ)',
          source: 'Hochreiter 1991; Bengio, Simard, Frasconi 1994',
        }),
        this.jobs.node,
        this.host,
        this.reading,
        this.where,
        this.summary,
      ),
      element(
        'aside',
        { class: 'side' },
        card(
          t('Horizon'),
          element(
            'p',
            { class: 'note' },
            t(
              'First lag under 1 % of lag 0, with its 95 % interval. Lecture lore (CS224N): about 7 steps for a vanilla RNN, about 100 for an LSTM. Measured here:',
            ),
          ),
          this.horizons,
        ),
        card(t('In words'), this.verdicts, element('div', { class: 'buttons' }, this.same.node)),
      ),
    );
  }

  set(runs: readonly SelectedRun[]): void {
    this.jobs.set(runs);
    const measured = withPart(runs, 'report');
    this.lags = Math.max(0, ...measured.map(({ result }) => result.lags));
    this.drawn = measured.flatMap(({ selected, result }) =>
      stateCurves(result).map((curve) => ({
        ...curve,
        selected,
        report: result,
        name: `${selected.name} · ${stateName(curve, result.layers.length)}`,
        column: `${selected.name} · ${stateColumn(curve, result.layers.length)}`,
        shade: curve.state === 'h' && result.layers[curve.layer]!.c ? shadeOfH : 0,
      })),
    );
    const empty = this.drawn.length === 0;
    for (const part of [this.host, this.reading, this.where]) part.hidden = empty;
    this.same.show(!empty && runs[0]?.run.kind === 'run');
    this.horizons.replaceChildren(...(empty ? [t('Nothing is measured yet.')] : [this.horizonTable()]));
    this.verdicts.replaceChildren(
      ...measured.map(({ selected: { name, run, colour }, result }) => {
        const { claim, evidence } = lagVerdict(name, run, result);
        return verdict(cssColour(colour), claim, evidence);
      }),
    );
    if (empty) return;
    this.summary.textContent = measured.map(({ selected, result }) => lagSummary(selected.name, result)).join(' ');
    this.host.setAttribute(
      'aria-label',
      t(
        'Lag profile, logarithmic, {0} curves over {1} lags. {2} Left and right arrows read single lags.',
        this.drawn.length,
        this.lags,
        this.summary.textContent,
      ),
    );
    this.where.title = measured[0]!.result.texts.files.join('\n');
    this.where.textContent = whereText(measured.map(({ selected }) => selected));
    this.draw(measured.length === 1);
    this.read(null);
  }

  table(): CsvCell[][] | null {
    if (this.drawn.length === 0) return null;
    const heads = this.drawn.flatMap(({ column }) => [column, `${column} lower quartile`, `${column} upper quartile`]);
    const rows = Array.from({ length: this.lags + 1 }, (_, k): CsvCell[] => [
      k,
      ...this.drawn.flatMap(({ profile: { relative, lower, upper } }) =>
        [relative, lower, upper].map((values) => values[k] ?? null),
      ),
    ]);
    return [['lag', ...heads], ...rows];
  }

  picture(): Promise<ArrayBuffer | null> {
    return this.drawn.length > 0
      ? this.plot.png(t('How far back does the loss of one character reach?'))
      : Promise.resolve(null);
  }

  private draw(bands: boolean): void {
    // The axis ends where the last curve does.
    const last = Math.max(...this.drawn.map(({ profile }) => lastAbove(profile.relative, floor)));
    const end = Math.min(this.lags, 10 * Math.ceil((1.05 * last) / 10));
    const x = Array.from({ length: end + 1 }, (_, k) => k);
    const visible = (values: readonly (number | null)[]): (number | null)[] =>
      x.map((k) => ((values[k] ?? 0) >= floor ? values[k]! : null));
    const clipped = (values: readonly (number | null)[]): (number | null)[] =>
      x.map((k) => (values[k] == null ? null : Math.max(values[k], floor)));
    const top = (curve: Drawn): number => curve.report.layers.length - 1;
    const curves = this.drawn.map((curve): PlotCurve => {
      const { profile, selected, shade } = curve;
      const dash = dashes[Math.min(top(curve) - curve.layer, dashes.length - 1)];
      return {
        // One run alone is named by its chip.
        label: bands ? stateName(curve, curve.report.layers.length) : curve.name,
        colour: colourOf(selected.colour, shade),
        values: visible(profile.relative),
        ...(dash ? { dash: [...dash] } : {}),
        band:
          bands && curve.layer === top(curve) ? { lower: clipped(profile.lower), upper: clipped(profile.upper) } : null,
        mark: profile.horizon === null ? null : { x: profile.horizon, text: String(profile.horizon) },
      };
    });
    const window = new Set(this.drawn.map(({ selected }) => selected.run.sequence));
    const [sequence] = window;
    this.plot.show({
      x,
      curves,
      log: true,
      range: [floor, 1],
      line: { value: 0.01, label: t('1 % — the horizon') },
      wall:
        window.size === 1 && sequence != null && sequence < this.lags
          ? { value: sequence, label: t('training window') }
          : null,
      xLabel: t('lag k, characters back'),
      formatX: (value) => String(value),
      formatY: axisText,
    });
  }

  private horizonTable(): HTMLElement {
    const lags = [10, 50].filter((lag) => lag <= this.lags);
    return table(
      t('Horizons and relative gradients'),
      [
        { head: t('state') },
        { head: t('horizon'), number: true },
        { head: t('95 %'), number: true },
        ...lags.map((lag) => ({ head: `k = ${lag}`, number: true })),
      ],
      this.drawn.map(({ name, selected, report, profile, shade }) => [
        named(cssColour(selected.colour, shade), name),
        horizonText(profile.horizon, report.lags),
        intervalText(profile, report.lags),
        ...lags.map((lag) => ratioText(profile.relative[lag])),
      ]),
    );
  }

  private read(index: number | null): void {
    if (index === null) {
      const bands = new Set(this.drawn.map(({ selected }) => selected)).size === 1;
      this.reading.textContent = bands
        ? t('Shaded: the middle half of the positions. Point at a lag to read it.')
        : t('Point at a lag to read it.');
      return;
    }
    const parts = this.drawn.map(({ name, profile }) => {
      const value = profile.relative[index];
      return `${name} ${value === null || value === undefined ? '–' : shareText(value)}`;
    });
    this.reading.textContent = [`k = ${index}`, ...parts].join('   ');
  }
}

function lastAbove(values: readonly (number | null)[], least: number): number {
  return values.findLastIndex((value) => value !== null && value >= least);
}

/** On what it was measured, and whether the runs were measured on the same. */
function whereText(measured: readonly SelectedRun[]): string {
  const [first] = measured;
  const { positions, texts, lags, generation } = first!.results.report!;
  const { length } = texts.files;
  const files = length === 1 ? texts.files[0]! : t('{0} held-out files', whole(length));
  const of =
    texts.side === 'given'
      ? t('{0} as it stood', files)
      : texts.side === 'validation'
        ? t('{0} (validation side)', files)
        : files;
  const where = t(
    "{0} seeded positions in {1}, K = {2}, state carried from the file's start",
    whole(positions),
    of,
    lags,
  );
  if (measured.length === 1)
    return generation === null || texts.side === 'given' ? `${where}.` : t('{0}; checkpoint {1}.', where, generation);
  return new Set(measured.map(({ run }) => run.corpus)).size === 1
    ? t('{0}; the same places for every run.', where)
    : t(
        '{0}. These networks were not measured on the same text: each has its own held-out files, a model file the text that is open.',
        where,
      );
}
