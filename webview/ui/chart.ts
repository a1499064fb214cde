/** Small line charts over uPlot: the theme's colours, curves labelled at their ends, readable log axes, one clock. */
import uPlot from 'uplot';
import { linearRange, logRange, logSplits } from './axis-range.ts';
import { toHex } from './colour.ts';
import { coalesced } from './dom.ts';
import { readTheme, type Theme } from './theme.ts';

export interface Curve {
  /** Written at the curve's end in its colour; empty: no label. */
  label: string;
  /** Which colour of the theme, so that a change of theme changes it. */
  colour(theme: Theme): string;
  width: number;
  /** 0…1. */
  opacity?: number;
  /** Marks each value: for sparse curves. */
  points?: boolean;
}

export interface ChartOptions {
  curves: readonly Curve[];
  log?: boolean;
  /** Fixed range of y. */
  range?: readonly [number, number];
  /** Fixed places of y's numbers. */
  splits?: readonly number[];
  /** Charts of one group share the pointer and, by the names of all their curves, the place of x. */
  group: string;
  names: readonly string[];
  formatX(value: number): string;
  formatY(value: number): string;
  /** The lowest chart of a group writes the x axis. */
  writesX: boolean;
  onPoint(index: number | null): void;
}

export interface ChartLine {
  value: number;
  label: string;
  /** The y axis is made to hold it; without it a line beyond the curves is left out. */
  included?: boolean;
}

/** Also for the words at a dashed line. */
const leastLabelWidth = 104;

export class Chart {
  readonly node: HTMLElement;
  private readonly options: ChartOptions;
  private readonly plot: uPlot;
  private theme: Theme = readTheme();
  private marks: readonly number[] = [];
  private line: ChartLine | null = null;

  constructor(node: HTMLElement, options: ChartOptions) {
    this.node = node;
    this.options = options;
    this.plot = new uPlot(this.describe(), [[], ...options.curves.map(() => [])], node);
    const resize = coalesced(() => {
      const { clientWidth: width, clientHeight: height } = node;
      if (width > 0 && height > 0) this.plot.setSize({ width, height });
    });
    new ResizeObserver(resize).observe(node);
  }

  /** Values of each curve at `x`; null where a curve has none. `marks`: places on the x axis with a tick of their own. */
  set(x: readonly number[], curves: readonly (readonly (number | null)[])[], marks: readonly number[] = []): void {
    this.marks = marks;
    this.plot.setData([x, ...curves] as uPlot.AlignedData);
  }

  /** A dashed horizontal line with a word at its end, drawn from the next `set` on. */
  setLine(line: ChartLine | null): void {
    this.line = line;
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.plot.redraw(false, true);
  }

  /** Shows the pointer's line at a value, as if it were pointed at. */
  point(index: number | null): void {
    const x = index === null ? undefined : this.plot.data[0][index];
    if (x === undefined) this.plot.setCursor({ left: -10, top: -10 });
    else this.plot.setCursor({ left: this.plot.valToPos(x, 'x'), top: 10 });
  }

  private describe(): uPlot.Options {
    const { options } = this;
    const font = (): string => `11px ${getComputedStyle(document.body).fontFamily}`;
    const muted = (): string => toHex(this.theme.muted);
    const grid = (): string => toHex(this.theme.grid);
    const scaleY: uPlot.Scale = options.log
      ? { distr: 3, range: (_, low, high) => logRange(low, high) }
      : options.range
        ? { range: [...options.range] }
        : {
            range: (_, low, high) => {
              const own = this.line?.included ? this.line.value : null;
              return own === null || low == null
                ? linearRange(low, high)
                : linearRange(Math.min(low, own), Math.max(high, own));
            },
          };
    return {
      width: 400,
      height: 120,
      padding: [8, this.labelWidth(), options.writesX ? 0 : 4, 0],
      legend: { show: false },
      cursor: {
        drag: { x: false, y: false },
        sync: { key: options.group },
        points: { size: 6 },
        y: false,
      },
      scales: { x: { time: false }, y: scaleY },
      axes: [
        {
          show: true,
          size: options.writesX ? 26 : 2,
          font: font(),
          stroke: muted,
          grid: { stroke: grid, width: 1 },
          ticks: { show: false },
          values: (_, splits) => splits.map((value) => (options.writesX ? options.formatX(value) : '')),
        },
        {
          size: 56,
          font: font(),
          stroke: muted,
          grid: { stroke: grid, width: 1 },
          ticks: { show: false },
          ...(options.log ? { splits: (_: uPlot, __: number, low: number, high: number) => logSplits(low, high) } : {}),
          ...(options.splits ? { splits: () => [...(options.splits ?? [])] } : {}),
          // Between the decades the grid is enough: numbers only where they can be read.
          filter: (_, splits) => [...splits],
          space: 24,
          values: (_, splits) => splits.map((value) => options.formatY(value)),
        },
      ],
      series: [
        {},
        ...options.curves.map(
          (curve): uPlot.Series => ({
            stroke: () => withAlpha(curve.colour(this.theme), curve.opacity ?? 1),
            width: curve.width,
            spanGaps: true,
            points: curve.points
              ? { show: true, size: 5, width: 1, fill: () => curve.colour(this.theme) }
              : { show: false },
          }),
        ),
      ],
      hooks: {
        draw: [(plot) => this.drawMarks(plot), (plot) => this.drawLine(plot), (plot) => this.drawLabels(plot)],
        setCursor: [
          (plot) =>
            options.onPoint(plot.cursor.left !== undefined && plot.cursor.left >= 0 ? (plot.cursor.idx ?? null) : null),
        ],
      },
    };
  }

  /** Pixels for the group's longest name at a curve's end with its number. */
  private labelWidth(): number {
    const context = document.createElement('canvas').getContext('2d')!;
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const widths = this.options.names.map((name) => context.measureText(`${name} 00.00`).width);
    return Math.max(leastLabelWidth, Math.ceil(Math.max(...widths)) + 11);
  }

  /** Names at the curves' ends, pushed apart where they would overlap. */
  private drawLabels(plot: uPlot): void {
    const ratio = uPlot.pxRatio;
    const places: { text: string; colour: string; x: number; y: number }[] = [];
    this.options.curves.forEach((curve, i) => {
      if (!curve.label) return;
      const values = plot.data[i + 1]!;
      let last = values.length - 1;
      while (last >= 0 && values[last] == null) last--;
      if (last < 0) return;
      const x = plot.valToPos(plot.data[0][last]!, 'x', true) + 7 * ratio;
      const text = `${curve.label} ${this.options.formatY(values[last]!)}`;
      places.push({ text, colour: curve.colour(this.theme), x, y: plot.valToPos(values[last]!, 'y', true) });
    });
    const { line } = this;
    if (line && this.isWithin(plot, line.value)) {
      const x = plot.bbox.left + plot.bbox.width + 7 * ratio;
      places.push({ text: line.label, colour: toHex(this.theme.muted), x, y: plot.valToPos(line.value, 'y', true) });
    }
    places.sort((a, b) => a.y - b.y);
    const { ctx } = plot;
    ctx.save();
    ctx.font = `${11 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'left';
    const gap = 14 * ratio;
    for (let i = 1; i < places.length; i++) places[i]!.y = Math.max(places[i]!.y, places[i - 1]!.y + gap);
    // Within the picture: the last ones push the others up.
    let lowest = plot.height * ratio - gap / 2;
    for (const place of [...places].reverse()) {
      place.y = Math.min(place.y, lowest);
      lowest = place.y - gap;
    }
    for (const { text, colour, x, y } of places) {
      ctx.fillStyle = colour;
      ctx.fillText(text, x, y);
    }
    ctx.restore();
  }

  private drawLine(plot: uPlot): void {
    const { line } = this;
    if (!line) return;
    const { ctx, bbox } = plot;
    const ratio = uPlot.pxRatio;
    if (!this.isWithin(plot, line.value)) return;
    const y = Math.round(plot.valToPos(line.value, 'y', true)) + 0.5;
    ctx.save();
    ctx.strokeStyle = toHex(this.theme.muted);
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }

  private isWithin(plot: uPlot, value: number): boolean {
    const y = plot.valToPos(value, 'y', true);
    return y >= plot.bbox.top - 1 && y <= plot.bbox.top + plot.bbox.height + 1;
  }

  private drawMarks(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const ratio = uPlot.pxRatio;
    ctx.save();
    ctx.fillStyle = toHex(this.theme.muted);
    for (const mark of this.marks) {
      const x = Math.round(plot.valToPos(mark, 'x', true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.fillRect(x, bbox.top + bbox.height - 5 * ratio, Math.max(1, ratio), 5 * ratio);
    }
    ctx.restore();
  }
}

function withAlpha(hex: string, alpha: number): string {
  return alpha >= 1
    ? hex
    : `${hex}${Math.round(alpha * 255)
        .toString(16)
        .padStart(2, '0')}`;
}
