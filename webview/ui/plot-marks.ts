/** What a plot draws over uPlot's curves: dashed lines with words, marked points, names at the curves' ends. */
import uPlot from 'uplot';
import { toHex } from './colour.ts';
import type { PlotCurve, PlotSpec } from './plot.ts';
import type { Theme } from './theme.ts';

/** Pixels between a curve's end and its name. */
export const labelGap = 8;

export const backdropScale = 'backdrop';

export function scaleOf({ backdrop }: PlotCurve): string {
  return backdrop ? backdropScale : 'y';
}

/** Pixels that the longest name at a curve's end needs. */
export function labelWidth(spec: PlotSpec): number {
  const context = document.createElement('canvas').getContext('2d')!;
  context.font = `11px ${fontFamily()}`;
  return Math.ceil(Math.max(0, ...spec.curves.map(({ label }) => context.measureText(label).width)));
}

/** The dashed lines with their words. */
export function drawLines(plot: uPlot, spec: PlotSpec, theme: Theme): void {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = toHex(theme.muted);
  ctx.fillStyle = toHex(theme.muted);
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
export function drawMarks(plot: uPlot, spec: PlotSpec, theme: Theme): void {
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
    ctx.fillStyle = colour(theme);
    ctx.strokeStyle = toHex(theme.background);
    ctx.lineWidth = 2 * ratio;
    ctx.beginPath();
    ctx.arc(x, y, 4.5 * ratio, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
    const width = ctx.measureText(mark.text).width + 4 * ratio;
    const clear = (at: number): boolean =>
      placed.every((other) => Math.abs(other.y - at) > 11 * ratio || Math.abs(other.x - x) > (other.width + width) / 2);
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
export function drawLabels(plot: uPlot, spec: PlotSpec, theme: Theme): void {
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
  ctx.strokeStyle = toHex(theme.background);
  const places = spec.curves.flatMap((curve): LabelPlace[] => {
    const last = curve.values.findLastIndex((value) => value !== null);
    if (!curve.label || last < 0) return [];
    const x = plot.valToPos(spec.x[last]!, 'x', true) + labelGap * ratio;
    const y = Math.min(bottom, plot.valToPos(curve.values[last]!, scaleOf(curve), true));
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
    ctx.fillStyle = curve.colour(theme);
    ctx.fillText(curve.label, x, y);
  }
  ctx.restore();
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
  const index = curve.values.findLastIndex(
    (value) => value !== null && plot.valToPos(value, scaleOf(curve), true) <= y,
  );
  return plot.valToPos(x[Math.max(0, index)]!, 'x', true);
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
    for (const curve of curves) {
      const value = curve.values[i];
      if (value === null || value === undefined) continue;
      const y = plot.valToPos(value, scaleOf(curve), true);
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

export function fontFamily(): string {
  return getComputedStyle(document.body).fontFamily;
}
