/** Bars for the cells that are laid over the chosen one: thin, solid where a cell is on, dotted where it is off, paler where weaker. */
import type { Theme } from '../ui/theme.ts';
import type { LineLayout } from './layout.ts';
import type { OverlayPlace } from './overlays.ts';
import { levels, mergeRuns } from './runs.ts';

/** Thickness of a bar in CSS pixels: text keeps clear of it at the editor's line height. */
export const barHeight = 3;
/** The weakest level's opacity: a bar is thin, so that what can be told apart begins higher than for a background. */
const weakest = 0.12;

/** Part of the canvas that a line has, in its pixels; `left`: what of the line stands left of the canvas, in CSS pixels. */
export interface LineBox {
  left: number;
  width: number;
  top: number;
  height: number;
}

export class OverlayBars {
  private palettes: Record<OverlayPlace, string[]> = { over: [], under: [] };
  private runs = new Int32Array(1024);

  setTheme(theme: Theme): void {
    const shades = (colour: readonly number[]): string[] =>
      Array.from(
        { length: levels + 1 },
        (_, level) => `rgba(${colour.join(',')},${(weakest + ((1 - weakest) * level) / levels).toFixed(4)})`,
      );
    this.palettes = { over: shades(theme.over), under: shades(theme.under) };
  }

  paint(
    context: CanvasRenderingContext2D,
    place: OverlayPlace,
    values: Float32Array,
    scale: number,
    layout: LineLayout,
    box: LineBox,
    ratio: number,
  ): void {
    const count = Math.min(values.length, layout.count + 1);
    if (this.runs.length < 3 * count) this.runs = new Int32Array(6 * count);
    const written = mergeRuns(values, count, scale, this.runs);
    const thick = Math.max(1, Math.round(barHeight * ratio));
    const y = place === 'over' ? box.top : box.top + box.height - thick;
    const palette = this.palettes[place];
    for (let i = 0; i < written; i += 3) {
      const x0 = Math.round((layout.edges[this.runs[i]!]! - box.left) * ratio);
      const x1 = Math.round((layout.edges[this.runs[i + 1]!]! - box.left) * ratio);
      if (x1 <= 0) continue;
      if (x0 >= box.width) break;
      const level = this.runs[i + 2]!;
      context.fillStyle = palette[Math.abs(level)]!;
      if (level > 0) context.fillRect(x0, y, x1 - x0, thick);
      else dots(context, x0, x1, y, thick);
    }
  }
}

/** Squares with gaps of their size, at places that do not depend on where the run begins. */
function dots(context: CanvasRenderingContext2D, x0: number, x1: number, y: number, size: number): void {
  const step = 2 * size;
  for (let x = Math.floor(x0 / step) * step; x < x1; x += step) {
    const from = Math.max(x, x0);
    const width = Math.min(x + size, x1) - from;
    if (width > 0) context.fillRect(from, y, width, size);
  }
}
