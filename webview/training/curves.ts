/** Loss, gradient norm and clip ratio over trained characters, on one clock; or the same as a table. */
import type { ShownMetric, ShownRun } from '../../src/protocol/training-panel.ts';
import { Chart, type ChartOptions } from '../ui/chart.ts';
import { toHex } from '../ui/colour.ts';
import { coalesced, element } from '../ui/dom.ts';
import { bitsPerNat, compact, fixed } from '../ui/format.ts';
import { onThemeChange, readTheme, type Theme } from '../ui/theme.ts';
import { t } from '../ui/words.ts';
import { type Columns, columnsOf, tableRows, thinPoints } from './metrics.ts';
import { ngramWords } from './words.ts';

const label = t('Training curves. Left and right arrows move along them; the table has the same numbers.');
/** At the curves' ends. */
const names = { train: t('train'), heldOut: t('held out'), norm: t('norm'), kept: t('kept') };
/** More points than a wide chart has pixels. */
const mostPoints = 2000;

export class Curves {
  readonly node: HTMLElement;
  private readonly charts: { loss: Chart; norm: Chart; clip: Chart };
  private readonly reading = element('div', { class: 'reading', role: 'status', 'aria-live': 'off' });
  private readonly plots: HTMLElement;
  private readonly table = element('div', {
    class: 'scroll table',
    tabindex: 0,
    hidden: true,
    role: 'group',
    'aria-label': t('Training in numbers'),
  });
  private points: ShownMetric[] = [];
  private columns: Columns = columnsOf([]);
  private run: ShownRun | null = null;
  private at: number | null = null;
  private readonly draw = coalesced(() => this.render());

  constructor() {
    const colour = (read: (theme: Theme) => Theme['positive']) => (theme: Theme) => toHex(read(theme));
    const plot = (label: string, formula: string, name: string): [HTMLElement, HTMLElement] => {
      const host = element('div', { class: `plot ${name}` });
      const heading = element('h2', {}, label, element('span', { class: 'formula' }, formula));
      return [element('div', { class: `figure ${name}` }, heading, host), host];
    };
    const [loss, lossHost] = plot(t('Loss, bits per character'), t('−log₂ p of the next character, mean'), 'loss');
    const [norm, normHost] = plot(t('Gradient norm before clipping'), t('‖g‖₂ over all parameters, log scale'), 'norm');
    const [clip, clipHost] = plot(
      t('Clip ratio'),
      t('share of the gradient that is kept: min(1, threshold / ‖g‖)'),
      'clip',
    );
    this.plots = element(
      'div',
      {
        class: 'plots',
        tabindex: 0,
        role: 'group',
        'aria-label': label,
      },
      loss,
      norm,
      clip,
      element('div', { class: 'x-caption' }, t('trained characters')),
    );
    const shared = {
      group: 'training',
      names: Object.values(names),
      formatX: compact,
      onPoint: (index: number | null) => this.point(index),
    };
    const chart = (host: HTMLElement, options: Omit<ChartOptions, keyof typeof shared>): Chart =>
      new Chart(host, { ...shared, ...options });
    this.charts = {
      loss: chart(lossHost, {
        curves: [
          { label: '', colour: colour((theme) => theme.negative), width: 1, opacity: 0.35 },
          { label: names.train, colour: colour((theme) => theme.negative), width: 1.6 },
          { label: names.heldOut, colour: colour((theme) => theme.positive), width: 1.6, points: true },
        ],
        formatY: (value) => fixed(value),
        writesX: false,
      }),
      norm: chart(normHost, {
        curves: [{ label: names.norm, colour: colour((theme) => theme.forget), width: 1.2 }],
        log: true,
        formatY: (value) => (value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)))),
        writesX: false,
      }),
      clip: chart(clipHost, {
        curves: [{ label: names.kept, colour: colour((theme) => theme.output), width: 1.2 }],
        range: [0, 1.05],
        splits: [0, 0.5, 1],
        formatY: (value) => fixed(value, 1),
        writesX: true,
      }),
    };
    this.plots.addEventListener('keydown', (event) => this.onKey(event));
    onThemeChange(() => {
      const theme = readTheme();
      for (const each of Object.values(this.charts)) each.setTheme(theme);
    });
    this.node = element(
      'section',
      { class: 'curves', 'aria-label': t('Curves') },
      this.plots,
      this.table,
      this.reading,
    );
  }

  set(run: ShownRun, points: readonly ShownMetric[]): void {
    this.run = run;
    this.points = thinPoints(points, mostPoints);
    this.at = null;
    this.draw();
  }

  add(points: readonly ShownMetric[]): void {
    if (points.length === 0) return;
    this.points.push(...points);
    if (this.points.length > 2 * mostPoints) this.points = thinPoints(this.points, mostPoints);
    this.draw();
  }

  setRun(run: ShownRun): void {
    this.run = run;
    this.draw();
  }

  showTable(visible: boolean): void {
    this.table.hidden = !visible;
    this.plots.hidden = visible;
    this.draw();
  }

  private render(): void {
    if (!this.table.hidden) {
      this.renderTable();
      return;
    }
    this.columns = columnsOf(this.points);
    const { chars, train, smooth, heldOut, norm, clip } = this.columns;
    const marks = this.run?.generations.map((generation) => generation.trainedChars) ?? [];
    const ngram = this.run?.ngram ?? null;
    const bits = ngram && ngram.nats * bitsPerNat;
    this.charts.loss.setLine(
      bits === null ? null : { value: bits, label: t('n-gram {0}', fixed(bits)), included: true },
    );
    this.charts.loss.set(chars, [train, smooth, heldOut], marks);
    this.describe();
    const clipNorm = this.run?.clipNorm ?? 0;
    this.charts.norm.setLine(clipNorm > 0 ? { value: clipNorm, label: t('clipped above') } : null);
    this.charts.norm.set(chars, [norm]);
    this.charts.clip.set(chars, [clip]);
    this.showReading();
  }

  /** The lowest loss on the held-out files so far, bits per character: a run is judged by its best checkpoint. */
  get bestHeldOut(): number | null {
    const nats = this.points.flatMap(({ validationNats }) => validationNats ?? []);
    return nats.length === 0 ? null : Math.min(...nats) * bitsPerNat;
  }

  /** The curves' own words for a screen reader. */
  private describe(): void {
    const ngram = this.run?.ngram;
    const words = ngram ? ` ${t('The dashed line: {0}', ngramWords(ngram, this.bestHeldOut))}` : '';
    this.plots.setAttribute('aria-label', `${label}${words}`);
  }

  private renderTable(): void {
    const ngram = this.run?.ngram;
    const heads = [
      t('Characters'),
      t('Train bits'),
      t('Held-out bits'),
      t('Gradient norm'),
      t('Clip ratio'),
      t('Learning rate'),
    ];
    const rows = tableRows(this.points).map((point) =>
      element(
        'tr',
        {},
        ...[
          compact(point.chars),
          fixed(point.trainNats * bitsPerNat, 3),
          point.validationNats === undefined ? '–' : fixed(point.validationNats * bitsPerNat, 3),
          point.gradientNorm.toPrecision(3),
          fixed(point.clipScale),
          point.learningRate.toPrecision(2),
        ].map((text) => element('td', {}, text)),
      ),
    );
    this.table.replaceChildren(
      element(
        'table',
        {},
        ngram ? element('caption', {}, ngramWords(ngram, this.bestHeldOut)) : null,
        element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
        element('tbody', {}, ...rows),
      ),
    );
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.columns.chars.length - 1;
    const now = this.at ?? last + 1;
    const step = Math.max(1, Math.round(last / 60));
    const target = { ArrowLeft: now - step, ArrowRight: now + step, Home: 0, End: last }[event.key];
    if (target === undefined || last < 0) return;
    event.preventDefault();
    this.reading.setAttribute('aria-live', 'polite');
    this.charts.loss.point(Math.max(0, Math.min(last, target)));
  }

  private point(index: number | null): void {
    if (this.at === index) return;
    this.at = index;
    this.showReading();
  }

  private showReading(): void {
    const { columns } = this;
    const index = this.at ?? columns.chars.length - 1;
    const chars = columns.chars[index];
    if (chars === undefined) {
      this.reading.textContent = t('No point yet.');
      return;
    }
    let heldOut = index;
    while (heldOut >= 0 && columns.heldOut[heldOut] == null) heldOut--;
    const parts = [
      this.at === null ? t('now {0} characters', compact(chars)) : t('at {0} characters', compact(chars)),
      t('train {0} bits', fixed(columns.smooth[index]!, 3)),
      heldOut >= 0 ? t('held out {0} bits', fixed(columns.heldOut[heldOut]!, 3)) : null,
      this.run?.ngram ? t('n-gram {0} bits', fixed(this.run.ngram.nats * bitsPerNat, 3)) : null,
      columns.norm[index] == null ? null : t('norm {0}', columns.norm[index]!.toPrecision(3)),
      t('kept {0}', fixed(columns.clip[index]!)),
    ];
    this.reading.textContent = parts.filter(Boolean).join(' · ');
  }
}
