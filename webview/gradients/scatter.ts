/** A square scatter plot of shares: one dot a cell, pointed at or walked through by arrow keys. */
import { fitCanvas, onPixelRatioChange } from '../ui/canvas.ts';
import { toHex } from '../ui/colour.ts';
import { coalesced, element } from '../ui/dom.ts';
import { onThemeChange, readTheme, type Theme } from '../ui/theme.ts';
import { t } from '../ui/words.ts';

export interface Dot {
  /** 0…1 each. */
  x: number;
  y: number;
  colour(theme: Theme): string;
  /** Said when it is pointed at. */
  text: string;
}

const margin = { left: 42, right: 10, top: 8, bottom: 34 };
/** Pixels around the pointer in which a dot is found. */
const near = 14;

export class Scatter {
  readonly node: HTMLElement;
  private readonly canvas = element('canvas', { 'aria-hidden': 'true' });
  private readonly onPoint: (text: string | null) => void;
  private readonly axes: { x: string; y: string };
  private dots: readonly Dot[] = [];
  private at: number | null = null;
  private readonly draw = coalesced(() => this.render());

  constructor(axes: { x: string; y: string }, onPoint: (text: string | null) => void) {
    this.axes = axes;
    this.onPoint = onPoint;
    this.node = element('div', { class: 'scatter', tabindex: 0, role: 'img' }, this.canvas);
    new ResizeObserver(this.draw).observe(this.node);
    onPixelRatioChange(this.draw);
    onThemeChange(this.draw);
    this.node.addEventListener('pointermove', (event) => this.point(this.nearest(event)));
    this.node.addEventListener('pointerleave', () => this.point(null));
    this.node.addEventListener('keydown', (event) => this.onKey(event));
  }

  set(dots: readonly Dot[], describe: string): void {
    this.dots = dots;
    this.at = null;
    this.node.setAttribute('aria-label', t('{0} Left and right arrows go from cell to cell.', describe));
    this.draw();
  }

  get picture(): HTMLCanvasElement {
    return this.canvas;
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.dots.length - 1;
    const now = this.at ?? -1;
    const target = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (target === undefined || last < 0) return;
    event.preventDefault();
    this.point(Math.max(0, Math.min(last, target)));
  }

  private point(index: number | null): void {
    if (index === this.at) return;
    this.at = index;
    this.onPoint(index === null ? null : this.dots[index]!.text);
    this.draw();
  }

  private place({ x, y }: Pick<Dot, 'x' | 'y'>): { x: number; y: number } {
    const { clientWidth, clientHeight } = this.node;
    return {
      x: margin.left + x * (clientWidth - margin.left - margin.right),
      y: clientHeight - margin.bottom - y * (clientHeight - margin.top - margin.bottom),
    };
  }

  private nearest(event: PointerEvent): number | null {
    const box = this.node.getBoundingClientRect();
    let found: number | null = null;
    let least = near ** 2;
    this.dots.forEach((dot, i) => {
      const { x, y } = this.place(dot);
      const distance = (x - event.clientX + box.left) ** 2 + (y - event.clientY + box.top) ** 2;
      if (distance >= least) return;
      least = distance;
      found = i;
    });
    return found;
  }

  private render(): void {
    const { clientWidth: width, clientHeight: height } = this.node;
    if (width === 0 || height === 0) return;
    const theme = readTheme();
    fitCanvas(this.canvas, width, height, devicePixelRatio);
    const context = this.canvas.getContext('2d')!;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.drawAxes(context, theme);
    this.dots.forEach((dot, i) => {
      const { x, y } = this.place(dot);
      const chosen = i === this.at;
      context.beginPath();
      context.arc(x, y, chosen ? 5.5 : 3.2, 0, 2 * Math.PI);
      context.globalAlpha = chosen ? 1 : 0.75;
      context.fillStyle = dot.colour(theme);
      context.fill();
      if (!chosen) return;
      context.strokeStyle = toHex(theme.text);
      context.lineWidth = 1.5;
      context.stroke();
    });
    context.globalAlpha = 1;
  }

  private drawAxes(context: CanvasRenderingContext2D, theme: Theme): void {
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    context.lineWidth = 1;
    for (const tick of [0, 0.25, 0.5, 0.75, 1]) {
      const [from, to] = [this.place({ x: tick, y: 0 }), this.place({ x: tick, y: 1 })];
      const [left, right] = [this.place({ x: 0, y: tick }), this.place({ x: 1, y: tick })];
      context.strokeStyle = toHex(theme.grid);
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      context.moveTo(left.x, left.y);
      context.lineTo(right.x, right.y);
      context.stroke();
      context.fillStyle = toHex(theme.muted);
      context.textAlign = 'center';
      context.textBaseline = 'top';
      context.fillText(`${100 * tick}`, from.x, from.y + 4);
      context.textAlign = 'right';
      context.textBaseline = 'middle';
      context.fillText(`${100 * tick}`, left.x - 5, left.y);
    }
    const middle = this.place({ x: 0.5, y: 0.5 });
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    context.fillText(this.axes.x, middle.x, this.node.clientHeight - 2);
    context.save();
    context.translate(11, middle.y);
    context.rotate(-Math.PI / 2);
    context.textBaseline = 'middle';
    context.fillText(this.axes.y, 0, 0);
    context.restore();
    // Nothing lies above: the two shares add up to 1 at most.
    const [start, end] = [this.place({ x: 0, y: 1 }), this.place({ x: 1, y: 0 })];
    context.strokeStyle = toHex(theme.muted);
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.lineTo(end.x, end.y);
    context.stroke();
    context.setLineDash([]);
  }
}
