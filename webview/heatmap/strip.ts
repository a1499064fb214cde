/** The gates strip: the chosen cell's quantities under the cursor's line, aligned to its characters. */
import type { Quantity } from '../../src/core/model/spec.ts';
import { element, svg } from '../ui/dom.ts';
import { fixed, signed } from '../ui/format.ts';
import type { LineLayout } from './layout.ts';
import { looks } from './quantities.ts';

const bandHeight = 18;
const signedBandHeight = 26;
const gapBetween = 3;
const padding = 5;

export interface StripBand {
  quantity: Quantity;
  /** One value a character; the newline's is the last. */
  values: Float32Array;
}

interface Drawn {
  band: StripBand;
  top: number;
  height: number;
  value: HTMLElement;
}

export class GateStrip {
  private readonly host: HTMLElement;
  private readonly picture = svg('svg', { class: 'strip-picture', 'aria-hidden': 'true' });
  private readonly labels = element('div', { class: 'strip-labels', 'aria-hidden': 'true' });
  private readonly hair = svg('line', { class: 'strip-hair' });
  private drawn: Drawn[] = [];
  private layout: LineLayout | null = null;
  /** Character of the line that the bands' first value is of. */
  private from = 0;
  private shownKey = '';

  constructor(host: HTMLElement) {
    this.host = host;
    host.append(this.picture, this.labels);
  }

  /** Height the strip takes for these quantities: fixed by the kind of cell, so that the text does not jump. */
  reserve(quantities: readonly Quantity[]): void {
    this.host.style.height = `${heightOf(quantities)}px`;
  }

  /**
   * Draws a line's bands; the same key and start are not drawn again.
   * @param from character of the line that the bands begin at: not the first where the line is longer than they are
   */
  show(key: string, layout: LineLayout, bands: readonly StripBand[], from: number): void {
    if (key === this.shownKey && from === this.from) return;
    this.shownKey = key;
    this.layout = layout;
    this.from = from;
    const count = bands[0]?.values.length ?? 0;
    const left = layout.edges[Math.min(from, layout.count)] ?? 0;
    const width = layout.edges[Math.min(from + count, layout.count + 1)] ?? 0;
    const height = heightOf(bands.map((band) => band.quantity));
    this.picture.setAttribute('width', String(Math.ceil(width) + 2));
    this.picture.setAttribute('height', String(height));
    this.picture.replaceChildren();
    this.labels.replaceChildren();
    this.labels.style.marginInlineStart = `${Math.ceil(width) + 12}px`;
    let top = padding;
    this.drawn = bands.map((band) => {
      const look = looks[band.quantity];
      const bandTop = top;
      const size = look.signed ? signedBandHeight : bandHeight;
      top += size + gapBetween;
      const zero = look.signed ? bandTop + size / 2 : bandTop + size;
      const range = Math.max(
        1,
        band.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      );
      const y = (value: number): number => zero - (value / range) * (look.signed ? size / 2 : size);
      if (look.colour === 'state') this.picture.append(signGradient(zero));
      this.picture.append(
        svg('line', { class: 'strip-base', x1: left, x2: width, y1: zero + 0.5, y2: zero + 0.5 }),
        svg('path', { class: `strip-area ${look.colour}`, d: areaPath(layout, band.values, y, zero, from) }),
        svg('path', { class: `strip-line ${look.colour}`, d: stepPath(layout, band.values, y, from) }),
      );
      const value = element('span', { class: 'strip-value' });
      const label = element('div', { class: `strip-label ${look.colour}` }, look.label, value);
      label.style.top = `${bandTop + size / 2 - 8}px`;
      this.labels.append(label);
      return { band, top: bandTop, height: size, value };
    });
    this.hair.setAttribute('y1', '0');
    this.hair.setAttribute('y2', String(height));
    this.picture.append(this.hair);
  }

  /** Moves the hair to a character and prints its values beside the labels. */
  point(character: number): void {
    const { layout } = this;
    if (!layout || character > layout.count) return;
    const x = (layout.edges[character]! + layout.edges[character + 1]!) / 2;
    this.hair.setAttribute('x1', String(x));
    this.hair.setAttribute('x2', String(x));
    for (const { band, value } of this.drawn) {
      const at = band.values[character - this.from];
      value.textContent = at === undefined ? '' : looks[band.quantity].signed ? signed(at) : fixed(at);
    }
  }

  clear(): void {
    this.shownKey = '';
    this.layout = null;
    this.drawn = [];
    this.picture.replaceChildren();
    this.labels.replaceChildren();
  }
}

/** Above nought in the colour of on, below in the colour of off. */
function signGradient(zero: number): SVGElement {
  const stop = (name: string): SVGElement => svg('stop', { class: name, offset: 0.5 });
  return svg(
    'linearGradient',
    { id: 'strip-sign', gradientUnits: 'userSpaceOnUse', x1: 0, x2: 0, y1: zero - 20, y2: zero + 20 },
    stop('stop-positive'),
    stop('stop-negative'),
  );
}

function heightOf(quantities: readonly Quantity[]): number {
  const bands = quantities.map((quantity) => (looks[quantity].signed ? signedBandHeight : bandHeight) + gapBetween);
  return 2 * padding + bands.reduce((sum, band) => sum + band, 0);
}

/** A value holds for its character's whole width: steps, with short slopes between that lead the eye. */
export function stepPath(layout: LineLayout, values: Float32Array, y: (value: number) => number, from = 0): string {
  const count = Math.min(values.length, layout.count + 1 - from);
  let path = '';
  for (let i = 0; i < count; i++) {
    const left = layout.edges[from + i]!;
    const right = layout.edges[from + i + 1]!;
    const slope = (right - left) * 0.25;
    const height = y(values[i]!).toFixed(1);
    path += `${i === 0 ? 'M' : 'L'}${(left + (i === 0 ? 0 : slope)).toFixed(1)} ${height}`;
    path += `L${(right - (i === count - 1 ? 0 : slope)).toFixed(1)} ${height}`;
  }
  return path;
}

function areaPath(
  layout: LineLayout,
  values: Float32Array,
  y: (value: number) => number,
  zero: number,
  from: number,
): string {
  const count = Math.min(values.length, layout.count + 1 - from);
  if (count <= 0) return '';
  const left = layout.edges[from]!.toFixed(1);
  const right = layout.edges[from + count]!.toFixed(1);
  return `M${left} ${zero}${stepPath(layout, values, y, from).replace('M', 'L')}L${right} ${zero}Z`;
}
