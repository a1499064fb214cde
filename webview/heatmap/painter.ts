/**
 * The colours: canvas tiles under the text that scroll with it. A tile is painted once and again only when its values,
 * the theme or the pixel ratio change, so that scrolling paints the few tiles that come into view.
 */
import { fitCanvas } from '../ui/canvas.ts';
import type { Rows } from '../ui/rows.ts';
import type { Theme } from '../ui/theme.ts';
import type { LineLayout } from './layout.ts';
import { barHeight, OverlayBars } from './overlay-bars.ts';
import type { OverlayPlace } from './overlays.ts';
import { levels, mergeRuns } from './runs.ts';

/** The values of a cell that is laid over the chosen one. */
export interface OverlayValues {
  place: OverlayPlace;
  scale: number;
  values(line: number): Float32Array | undefined;
}

export interface PaintSource {
  readonly rows: Rows;
  layout(line: number): LineLayout;
  values(line: number): Float32Array | undefined;
  readonly scale: number;
  readonly overlays: readonly OverlayValues[];
}

/** The part of the content that can be seen, in CSS pixels. */
export interface Viewport {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A tile is as wide as the view, in steps of so many CSS pixels, up to the widest: what nobody sees is not painted. */
const widthStep = 256;
const widest = 2048;
const tileHeight = 256;
/** Tiles out of view that are kept. */
const most = 6;
/** Where those are: hidden ones would be laid out anew when they are used again. */
const aside = `translateX(${-2 * widest}px)`;

interface Tile {
  canvas: HTMLCanvasElement;
  context: CanvasRenderingContext2D | null;
  column: number;
  row: number;
  dirty: boolean;
}

export class Painter {
  private readonly host: HTMLElement;
  private readonly tiles = new Map<string, Tile>();
  /** Tiles that are not in view: put aside and used again, since a canvas is dear to make. */
  private spare: Tile[] = [];
  private palette: string[] = [];
  private solid: { positive: string; negative: string } | null = null;
  private readonly bars = new OverlayBars();
  private runs = new Int32Array(1024);
  private ratio = 0;
  private tileWidth = widthStep;

  constructor(host: HTMLElement) {
    this.host = host;
  }

  setTheme(theme: Theme): void {
    const rgba = (colour: readonly number[], alpha: number): string => `rgba(${colour.join(',')},${alpha.toFixed(4)})`;
    this.palette = Array.from({ length: 2 * levels + 1 }, (_, i) => {
      const level = i - levels;
      return level > 0
        ? rgba(theme.positive, (theme.positiveStrength * level) / levels)
        : rgba(theme.negative, (theme.negativeStrength * -level) / levels);
    });
    const highContrast = theme.kind === 'highContrast' || theme.kind === 'highContrastLight';
    this.solid = highContrast ? { positive: rgba(theme.positive, 1), negative: rgba(theme.negative, 1) } : null;
    this.bars.setTheme(theme);
    this.invalidate();
  }

  /** Marks the tiles of these pixels (all without arguments) to be painted again. */
  invalidate(top = 0, bottom = Number.POSITIVE_INFINITY): void {
    for (const tile of this.tiles.values()) {
      if (tile.row * tileHeight < bottom && (tile.row + 1) * tileHeight > top) tile.dirty = true;
    }
  }

  /** Paints what is in view and not painted yet. `contentWidth`: no colours are to the right of it. */
  paint(view: Viewport, contentWidth: number, source: PaintSource): void {
    if (this.ratio !== devicePixelRatio) {
      this.ratio = devicePixelRatio;
      this.invalidate();
    }
    this.fitTo(view.width);
    const { tileWidth } = this;
    const firstRow = Math.max(0, Math.floor((view.top - tileHeight / 2) / tileHeight));
    const lastRow = Math.floor((Math.min(source.rows.total, view.top + view.height + tileHeight / 2) - 1) / tileHeight);
    const firstColumn = Math.floor(view.left / tileWidth);
    const lastColumn = Math.floor((Math.min(contentWidth, view.left + view.width) - 1) / tileWidth);
    const wanted = new Set<string>();
    for (let row = firstRow; row <= lastRow; row++)
      for (let column = firstColumn; column <= lastColumn; column++) wanted.add(`${column},${row}`);
    for (const [key, tile] of this.tiles) {
      if (wanted.has(key)) continue;
      this.spare.push(tile);
      this.tiles.delete(key);
    }
    for (const key of wanted) {
      if (this.tiles.has(key)) continue;
      const [column, row] = key.split(',').map(Number) as [number, number];
      const tile = this.spare.pop() ?? this.create();
      Object.assign(tile, { column, row, dirty: true });
      tile.canvas.style.transform = `translate(${column * tileWidth}px,${row * tileHeight}px)`;
      this.tiles.set(key, tile);
    }
    for (const tile of this.spare.splice(most)) tile.canvas.remove();
    for (const { canvas } of this.spare) if (canvas.style.transform !== aside) canvas.style.transform = aside;
    for (const tile of this.tiles.values()) if (tile.dirty) this.paintTile(tile, source);
  }

  /** Another width is another grid: no tile is where it was. */
  private fitTo(width: number): void {
    const tileWidth = Math.min(widest, Math.max(1, Math.ceil(width / widthStep)) * widthStep);
    if (tileWidth === this.tileWidth) return;
    this.tileWidth = tileWidth;
    this.spare.push(...this.tiles.values());
    this.tiles.clear();
  }

  private create(): Tile {
    const canvas = document.createElement('canvas');
    canvas.className = 'tile';
    this.host.append(canvas);
    return { canvas, context: canvas.getContext('2d'), column: 0, row: 0, dirty: true };
  }

  private paintTile(tile: Tile, source: PaintSource): void {
    tile.dirty = false;
    const { ratio, tileWidth } = this;
    const cleared = fitCanvas(tile.canvas, tileWidth, tileHeight, ratio);
    const { context } = tile;
    if (!context) return;
    if (!cleared) context.clearRect(0, 0, tile.canvas.width, tile.canvas.height);
    const { rows } = source;
    const top = tile.row * tileHeight;
    const { start, end } = rows.range(top, tileHeight);
    const left = tile.column * tileWidth;
    const under = source.overlays.some(({ place }) => place === 'under');
    for (let line = start; line < end; line++) {
      const y = Math.round((rows.top(line) - top) * ratio);
      const height = Math.round((rows.top(line) + rows.height - top) * ratio) - y;
      const values = source.values(line);
      // In high contrast the chosen cell's own line stands above the bar.
      const bottom = y + height - (under ? Math.round(barHeight * ratio) : 0);
      if (values) this.paintLine(context, values, source.scale, source.layout(line), left, { y, height, bottom });
      for (const overlay of source.overlays) {
        const over = overlay.values(line);
        const box = { left, width: tileWidth * ratio, top: y, height };
        if (over) this.bars.paint(context, overlay.place, over, overlay.scale, source.layout(line), box, ratio);
      }
    }
  }

  private paintLine(
    context: CanvasRenderingContext2D,
    values: Float32Array,
    scale: number,
    layout: LineLayout,
    left: number,
    { y, height, bottom }: { y: number; height: number; bottom: number },
  ): void {
    const { ratio, palette, solid, tileWidth } = this;
    const { edges } = layout;
    const count = Math.min(values.length, layout.count + 1);
    if (this.runs.length < 3 * count) this.runs = new Int32Array(6 * count);
    const written = mergeRuns(values, count, scale, this.runs);
    for (let i = 0; i < written; i += 3) {
      // Edges are rounded to the screen's pixels: neighbours share theirs and no seam shows.
      const x0 = Math.round((edges[this.runs[i]!]! - left) * ratio);
      const x1 = Math.round((edges[this.runs[i + 1]!]! - left) * ratio);
      if (x1 <= 0) continue;
      if (x0 >= tileWidth * ratio) break;
      const level = this.runs[i + 2]!;
      context.fillStyle = palette[level + levels]!;
      context.fillRect(x0, y, x1 - x0, height);
      if (solid && Math.abs(level) >= levels / 4) this.underline(context, level, x0, x1, bottom);
    }
  }

  /** In high contrast the sign does not rest on hue alone: a solid line under what is on, dots under what is off. */
  private underline(context: CanvasRenderingContext2D, level: number, x0: number, x1: number, bottom: number): void {
    const thick = Math.max(1, Math.round(1.5 * this.ratio));
    if (level > 0) {
      context.fillStyle = this.solid!.positive;
      context.fillRect(x0, bottom - thick, x1 - x0, thick);
      return;
    }
    context.fillStyle = this.solid!.negative;
    const step = 4 * thick;
    for (let x = Math.ceil(x0 / step) * step; x < x1; x += step) context.fillRect(x, bottom - thick, thick, thick);
  }
}
