/** The chosen cell along a line as a small SVG: its curve over nought, a strip of colours under it, a hair at the character. */
import type { Quantity } from '../../core/model/spec.ts';

/** Colours of one kind of theme: an image in a hover cannot see the theme's own. */
export interface TracePalette {
  positive: string;
  negative: string;
  line: string;
  /** Curve and hair. */
  hair: string;
}

export const palettes = {
  dark: { positive: '#f08a2c', negative: '#3f7fe0', line: '#808080', hair: '#d0d0d0' },
  light: { positive: '#d9650a', negative: '#1f63c9', line: '#a0a0a0', hair: '#404040' },
  highContrast: { positive: '#ff9d3b', negative: '#5ea1ff', line: '#ffffff', hair: '#ffffff' },
  highContrastLight: { positive: '#b04a00', negative: '#0a48a8', line: '#292929', hair: '#000000' },
} satisfies Record<string, TracePalette>;

export const TRACE_WIDTH = 400;
export const TRACE_HEIGHT = 56;
const CURVE_BOTTOM = 40;
const STRIP_TOP = 46;
const STRIP_HEIGHT = 8;
const PAD = 3;

/** `at`: which of the values belongs to the character. Numbers only go in, so nothing of the text can be in the picture. */
export function traceSvg(values: Float32Array, at: number, quantity: Quantity, palette: TracePalette): string {
  const scale = scaleOf(values, quantity);
  const bottom = 'ifozr'.includes(quantity) ? 0 : -1;
  const step = TRACE_WIDTH / Math.max(1, values.length);
  const x = (k: number): string => ((k + 0.5) * step).toFixed(1);
  const y = (value: number): string => {
    const share = (Math.max(bottom, Math.min(1, value / scale)) - bottom) / (1 - bottom);
    return (CURVE_BOTTOM - PAD - share * (CURVE_BOTTOM - 2 * PAD)).toFixed(1);
  };
  const points = Array.from(values, (value, k) => `${x(k)},${y(value)}`).join(' ');
  const strip = Array.from(values, (value, k) => {
    const strength = Math.min(1, Math.abs(value / scale));
    if (!(strength >= 0.03)) return '';
    const colour = value < 0 ? palette.negative : palette.positive;
    return `<rect x="${(k * step).toFixed(1)}" y="${STRIP_TOP}" width="${(step + 0.3).toFixed(1)}" height="${STRIP_HEIGHT}" fill="${colour}" fill-opacity="${strength.toFixed(2)}"/>`;
  }).join('');
  const here = values[at] ?? 0;
  const colour = here < 0 ? palette.negative : palette.positive;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${TRACE_WIDTH}" height="${TRACE_HEIGHT}" viewBox="0 0 ${TRACE_WIDTH} ${TRACE_HEIGHT}">`,
    `<line x1="0" x2="${TRACE_WIDTH}" y1="${y(0)}" y2="${y(0)}" stroke="${palette.line}" stroke-opacity="0.5"/>`,
    strip,
    `<polyline points="${points}" fill="none" stroke="${palette.hair}" stroke-width="1.5" stroke-linejoin="round"/>`,
    `<line x1="${x(at)}" x2="${x(at)}" y1="0" y2="${TRACE_HEIGHT}" stroke="${palette.hair}" stroke-dasharray="2 2"/>`,
    `<circle cx="${x(at)}" cy="${y(here)}" r="3" fill="${colour}" stroke="${palette.hair}"/>`,
    '</svg>',
  ].join('');
}

export function traceUri(svg: string): string {
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}

/** c and a ReLU's h have no bound of their own: the line's largest value fills the picture, 1 at least. */
function scaleOf(values: Float32Array, quantity: Quantity): number {
  if (quantity !== 'c' && quantity !== 'h') return 1;
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
}
