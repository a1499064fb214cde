/** A plot with any number of curves over uPlot: each named at its end in its own colour, quartile bands, marked points. */
import uPlot from 'uplot';
import { linearRange, logRange, logSplits } from './axis-range.ts';
import { toHex } from './colour.ts';
import { coalesced } from './dom.ts';
import {
  backdropScale,
  drawLabels,
  drawLines,
  drawMarks,
  fontFamily,
  labelGap,
  labelWidth,
  scaleOf,
} from './plot-marks.ts';
import { onThemeChange, readTheme, type Theme } from './theme.ts';

export interface PlotCurve {
  /** Written at the curve's end; empty: no label. */
  label: string;
  colour(theme: Theme): string;
  values: readonly (number | null)[];
  width?: number;
  dash?: number[];
  /** Marks each value: for sparse curves. */
  points?: boolean;
  /** Draws through places without a value: curves on clocks of their own. */
  joined?: boolean;
  band?: { lower: readonly (number | null)[]; upper: readonly (number | null)[] } | null;
  /** On a scale of its own that has no axis: a backdrop whose values are read by pointing. */
  backdrop?: boolean;
  /** A dot on the curve with a text under it. */
  mark?: { x: number; text: string } | null;
}

export interface PlotSpec {
  x: readonly number[];
  curves: readonly PlotCurve[];
  log: boolean;
  /** Fixed or at least this range of y. */
  range?: readonly [number, number];
  /** A dashed horizontal line with words. */
  line?: { value: number; label: string };
  /** A dashed vertical line with words. */
  wall?: { value: number; label: string } | null;
  xLabel: string;
  formatX(value: number): string;
  formatY(value: number): string;
}

const bandAlpha = '24';

export class Plot {
  private readonly host: HTMLElement;
  private readonly onPoint: (index: number | null) => void;
  private plot: uPlot | null = null;
  private spec: PlotSpec | null = null;
  private theme: Theme = readTheme();
  private at: number | null = null;

  constructor(host: HTMLElement, onPoint: (index: number | null) => void) {
    this.host = host;
    this.onPoint = onPoint;
    const resize = coalesced(() => {
      const { clientWidth: width, clientHeight: height } = host;
      if (width > 0 && height > 0) this.plot?.setSize({ width, height });
    });
    new ResizeObserver(resize).observe(host);
    host.addEventListener('keydown', (event) => this.onKey(event));
    onThemeChange(() => {
      this.theme = readTheme();
      this.plot?.redraw(false, true);
    });
  }

  show(spec: PlotSpec): void {
    this.spec = spec;
    this.plot?.destroy();
    this.at = null;
    const data: (readonly (number | null)[])[] = [spec.x];
    for (const curve of spec.curves) {
      data.push(curve.values);
      if (curve.band) data.push(curve.band.lower, curve.band.upper);
    }
    this.plot = new uPlot(this.describe(spec), data as unknown as uPlot.AlignedData, this.host);
  }

  /** The picture as it stands, on the theme's background under a title. */
  async png(title: string): Promise<ArrayBuffer | null> {
    if (!this.plot) return null;
    const source = this.plot.ctx.canvas;
    const ratio = uPlot.pxRatio;
    const canvas = document.createElement('canvas');
    const head = 34 * ratio;
    canvas.width = source.width + 24 * ratio;
    canvas.height = source.height + head + 8 * ratio;
    const context = canvas.getContext('2d')!;
    context.fillStyle = toHex(this.theme.background);
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = toHex(this.theme.text);
    context.font = `600 ${13 * ratio}px ${fontFamily()}`;
    context.fillText(title, 12 * ratio, 22 * ratio);
    context.drawImage(source, 12 * ratio, head);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    return blob ? blob.arrayBuffer() : null;
  }

  private onKey(event: KeyboardEvent): void {
    const last = (this.spec?.x.length ?? 0) - 1;
    const now = this.at ?? -1;
    const step = event.shiftKey ? 10 : 1;
    const target = { ArrowLeft: now - step, ArrowRight: now + step, Home: 0, End: last }[event.key];
    if (target === undefined || last < 0 || !this.plot) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(last, target));
    this.plot.setCursor({ left: this.plot.valToPos(this.spec!.x[index]!, 'x'), top: 10 });
  }

  private describe(spec: PlotSpec): uPlot.Options {
    const font = `11px ${fontFamily()}`;
    const muted = (): string => toHex(this.theme.muted);
    const grid = { stroke: () => toHex(this.theme.grid), width: 1 };
    const [least, most] = spec.range ?? [null, null];
    const scaleY: uPlot.Scale = spec.log
      ? {
          distr: 3,
          range: (_, low, high) => logRange(least === null ? low : Math.max(least, low ?? least), most ?? high),
        }
      : { range: spec.range ? [...spec.range] : (_, low, high) => linearRange(low, high) };
    const series: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
    for (const curve of spec.curves) {
      const stroke = (): string => curve.colour(this.theme);
      series.push({
        stroke,
        scale: scaleOf(curve),
        width: curve.width ?? 1.6,
        ...(curve.dash ? { dash: curve.dash } : {}),
        spanGaps: curve.points === true || curve.joined === true,
        points: curve.points ? { show: true, size: 5, width: 1, fill: stroke } : { show: false },
      });
      if (!curve.band) continue;
      bands.push({ series: [series.length + 1, series.length], fill: () => `${curve.colour(this.theme)}${bandAlpha}` });
      for (let i = 0; i < 2; i++) series.push({ stroke: 'transparent', width: 0, points: { show: false } });
    }
    return {
      width: this.host.clientWidth || 600,
      height: this.host.clientHeight || 360,
      padding: [10, labelWidth(spec) + labelGap + 4, 0, 0],
      legend: { show: false },
      cursor: {
        drag: { x: false, y: false },
        y: false,
        points: { size: 6, show: (plot, index) => cursorPoint(plot, index, series[index]!) },
      },
      scales: {
        x: { time: false },
        y: scaleY,
        ...(spec.curves.some(({ backdrop }) => backdrop)
          ? { [backdropScale]: { range: (_: uPlot, low: number, high: number) => linearRange(low, high) } }
          : {}),
      },
      series,
      bands,
      axes: [
        {
          font,
          stroke: muted,
          grid,
          ticks: { show: false },
          size: 26,
          label: spec.xLabel,
          labelFont: font,
          labelSize: 18,
          values: (_, splits) => splits.map((value) => spec.formatX(value)),
        },
        {
          font,
          stroke: muted,
          grid,
          ticks: { show: false },
          size: 58,
          space: 36,
          ...(spec.log
            ? { splits: (plot: uPlot, _: number, low: number, high: number) => logSplits(low, high, plot.height / 32) }
            : {}),
          filter: (_, splits) => [...splits],
          values: (_, splits) => splits.map((value) => spec.formatY(value)),
        },
      ],
      hooks: {
        draw: [
          (plot) => drawLines(plot, spec, this.theme),
          (plot) => drawMarks(plot, spec, this.theme),
          (plot) => drawLabels(plot, spec, this.theme),
        ],
        setCursor: [
          (plot) => {
            const { left, idx } = plot.cursor;
            this.at = left !== undefined && left >= 0 ? (idx ?? null) : null;
            this.onPoint(this.at);
          },
        ],
      },
    };
  }
}

/** The pointer's dot on a curve; none on the edges of a band. */
function cursorPoint(plot: uPlot, index: number, series: uPlot.Series): HTMLElement {
  const point = document.createElement('div');
  point.className = 'u-cursor-pt';
  if (series.width === 0) {
    point.hidden = true;
    return point;
  }
  const colour = typeof series.stroke === 'function' ? (series.stroke(plot, index) as string) : '';
  point.style.inlineSize = '7px';
  point.style.blockSize = '7px';
  point.style.margin = '-3.5px 0 0 -3.5px';
  point.style.background = colour;
  return point;
}
