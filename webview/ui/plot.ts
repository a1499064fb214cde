/** A plot with any number of curves over uPlot: each named at its end in its own colour, quartile bands, marked points. */
import uPlot from 'uplot';
import { linearRange, logRange, logSplits } from './axis-range.ts';
import { toHex } from './colour.ts';
import { coalesced } from './dom.ts';
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

const labelGap = 8;
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
      padding: [10, this.labelWidth(spec) + labelGap + 4, 0, 0],
      legend: { show: false },
      cursor: {
        drag: { x: false, y: false },
        y: false,
        points: { size: 6, show: (plot, index) => cursorPoint(plot, index, series[index]!) },
      },
      scales: { x: { time: false }, y: scaleY },
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
          ...(spec.log ? { splits: (_: uPlot, __: number, low: number, high: number) => logSplits(low, high) } : {}),
          filter: (_, splits) => [...splits],
          values: (_, splits) => splits.map((value) => spec.formatY(value)),
        },
      ],
      hooks: {
        draw: [
          (plot) => this.drawLines(plot, spec),
          (plot) => this.drawMarks(plot, spec),
          (plot) => this.drawLabels(plot, spec),
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

  private labelWidth(spec: PlotSpec): number {
    const context = document.createElement('canvas').getContext('2d')!;
    context.font = `11px ${fontFamily()}`;
    return Math.ceil(Math.max(0, ...spec.curves.map(({ label }) => context.measureText(label).width)));
  }

  private drawLines(plot: uPlot, spec: PlotSpec): void {
    const { ctx, bbox } = plot;
    const ratio = uPlot.pxRatio;
    ctx.save();
    ctx.strokeStyle = toHex(this.theme.muted);
    ctx.fillStyle = toHex(this.theme.muted);
    ctx.font = `${11 * ratio}px ${fontFamily()}`;
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    if (spec.line) {
      const y = Math.round(plot.valToPos(spec.line.value, 'y', true)) + 0.5;
      if (y > bbox.top && y < bbox.top + bbox.height) {
        stroke(ctx, bbox.left, y, bbox.left + bbox.width, y);
        const width = ctx.measureText(spec.line.label).width;
        const places = [bbox.left + bbox.width - width - 4 * ratio, bbox.left + 5 * ratio];
        const above = y - 16 * ratio > bbox.top;
        const top = above ? y - 15 * ratio : y + ratio;
        const hits = places.map((x) => crossings(plot, spec, x, top, width, 14 * ratio));
        ctx.textAlign = 'left';
        ctx.textBaseline = above ? 'bottom' : 'top';
        ctx.fillText(spec.line.label, places[hits[0]! <= hits[1]! ? 0 : 1]!, y + (above ? -3 : 4) * ratio);
      }
    }
    if (spec.wall) {
      const x = Math.round(plot.valToPos(spec.wall.value, 'x', true)) + 0.5;
      if (x > bbox.left && x < bbox.left + bbox.width) {
        stroke(ctx, x, bbox.top, x, bbox.top + bbox.height);
        const right = x + ctx.measureText(spec.wall.label).width + 8 * ratio < bbox.left + bbox.width;
        ctx.textAlign = right ? 'left' : 'right';
        ctx.textBaseline = 'top';
        ctx.fillText(spec.wall.label, x + (right ? 5 : -5) * ratio, bbox.top + 3 * ratio);
      }
    }
    ctx.restore();
  }

  /** Dots with their numbers; a number that would lie on another one goes above its dot. */
  private drawMarks(plot: uPlot, spec: PlotSpec): void {
    const { ctx } = plot;
    const ratio = uPlot.pxRatio;
    ctx.save();
    ctx.font = `${11 * ratio}px ${fontFamily()}`;
    ctx.textAlign = 'center';
    ctx.setLineDash([]);
    const placed: { x: number; y: number; width: number }[] = [];
    for (const { mark, values, colour } of spec.curves) {
      const index = mark ? spec.x.indexOf(mark.x) : -1;
      const value = values[index];
      if (!mark || value === null || value === undefined) continue;
      const x = plot.valToPos(mark.x, 'x', true);
      const y = plot.valToPos(value, 'y', true);
      ctx.fillStyle = colour(this.theme);
      ctx.strokeStyle = toHex(this.theme.background);
      ctx.lineWidth = 2 * ratio;
      ctx.beginPath();
      ctx.arc(x, y, 4.5 * ratio, 0, 2 * Math.PI);
      ctx.fill();
      ctx.stroke();
      const width = ctx.measureText(mark.text).width + 4 * ratio;
      const clear = (at: number): boolean =>
        placed.every(
          (other) => Math.abs(other.y - at) > 11 * ratio || Math.abs(other.x - x) > (other.width + width) / 2,
        );
      const at = [y + 16 * ratio, y - 12 * ratio, y + 29 * ratio].find(clear) ?? y + 16 * ratio;
      placed.push({ x, y: at, width });
      ctx.textBaseline = 'middle';
      ctx.lineWidth = 4 * ratio;
      ctx.lineJoin = 'round';
      ctx.strokeText(mark.text, x, at);
      ctx.fillText(mark.text, x, at);
    }
    ctx.restore();
  }

  /** Names at the curves' ends. One that ends within the plot is named beside it, above the names it would meet. */
  private drawLabels(plot: uPlot, spec: PlotSpec): void {
    const ratio = uPlot.pxRatio;
    const { ctx, bbox } = plot;
    const bottom = bbox.top + bbox.height;
    const gap = 14 * ratio;
    ctx.save();
    ctx.font = `${11 * ratio}px ${fontFamily()}`;
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    ctx.lineJoin = 'round';
    ctx.setLineDash([]);
    ctx.lineWidth = 3 * ratio;
    ctx.strokeStyle = toHex(this.theme.background);
    const places = spec.curves.flatMap((curve): LabelPlace[] => {
      const last = curve.values.findLastIndex((value) => value !== null);
      if (!curve.label || last < 0) return [];
      const x = plot.valToPos(spec.x[last]!, 'x', true) + labelGap * ratio;
      const y = Math.min(bottom, plot.valToPos(curve.values[last]!, 'y', true));
      return [{ curve, x, y, width: ctx.measureText(curve.label).width, within: last < spec.x.length - 1 }];
    });
    const atEdge = places.filter(({ within }) => !within).sort((p, q) => p.y - q.y);
    for (let i = 1; i < atEdge.length; i++) atEdge[i]!.y = Math.max(atEdge[i]!.y, atEdge[i - 1]!.y + gap);
    // Not under the axis: the last ones push the others up.
    for (let i = atEdge.length - 1; i >= 0; i--)
      atEdge[i]!.y = Math.min(atEdge[i]!.y, i === atEdge.length - 1 ? bottom : atEdge[i + 1]!.y - gap);
    const placed = [...atEdge];
    for (const place of places.filter(({ within }) => within).sort((p, q) => q.x - p.x)) {
      const meets = (other: LabelPlace): boolean =>
        Math.abs(other.y - place.y) < gap - 1 && other.x < place.x + place.width && place.x < other.x + other.width;
      while (placed.some(meets) && place.y > bbox.top) {
        place.y -= gap;
        place.x = besideCurve(plot, spec.x, place) + labelGap * ratio;
      }
      placed.push(place);
    }
    for (const { curve, x, y } of placed) {
      ctx.strokeText(curve.label, x, y);
      ctx.fillStyle = curve.colour(this.theme);
      ctx.fillText(curve.label, x, y);
    }
    ctx.restore();
  }
}

interface LabelPlace {
  curve: PlotCurve;
  x: number;
  y: number;
  width: number;
  /** It ends before the plot does. */
  within: boolean;
}

/** The last x at which a curve is as high as a place, in canvas pixels. */
function besideCurve(plot: uPlot, x: readonly number[], { curve, y }: LabelPlace): number {
  const index = curve.values.findLastIndex((value) => value !== null && plot.valToPos(value, 'y', true) <= y);
  return plot.valToPos(x[Math.max(0, index)]!, 'x', true);
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

/** How many points of curves lie in a box, in canvas pixels. */
function crossings(
  plot: uPlot,
  { x, curves }: PlotSpec,
  left: number,
  top: number,
  width: number,
  height: number,
): number {
  let count = 0;
  x.forEach((at, i) => {
    const place = plot.valToPos(at, 'x', true);
    if (place < left || place > left + width) return;
    for (const { values } of curves) {
      const value = values[i];
      if (value === null || value === undefined) continue;
      const y = plot.valToPos(value, 'y', true);
      if (y >= top && y <= top + height) count++;
    }
  });
  return count;
}

function stroke(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

function fontFamily(): string {
  return getComputedStyle(document.body).fontFamily;
}
