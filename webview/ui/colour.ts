/** Colours as numbers: parsing, mixing and WCAG contrast. */

/** Red, green, blue in 0…255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Reads `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb()` and `rgba()`; alpha is mixed over `under`. Null where it is none of these. */
export function parseColour(text: string, under: Rgb = [0, 0, 0]): Rgb | null {
  const value = text.trim();
  const hex = /^#([0-9a-f]{3,8})$/i.exec(value)?.[1];
  if (hex) {
    const full = hex.length < 6 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const [red, green, blue, alpha = 255] = (full.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    if (red === undefined || green === undefined || blue === undefined) return null;
    return mix(under, [red, green, blue], alpha / 255);
  }
  const parts = /^rgba?\(([^)]+)\)$/i
    .exec(value)?.[1]
    ?.split(/[\s,/]+/)
    .filter(Boolean);
  if (!parts || parts.length < 3) return null;
  const [red, green, blue] = parts.map(Number);
  const last = parts[3];
  const alpha = last === undefined ? 1 : last.endsWith('%') ? Number.parseFloat(last) / 100 : Number(last);
  if (![red, green, blue, alpha].every(Number.isFinite)) return null;
  return mix(under, [red!, green!, blue!], alpha);
}

/** `over` with opacity `alpha` on `under`. */
export function mix(under: Rgb, over: Rgb, alpha: number): Rgb {
  const channel = (i: 0 | 1 | 2): number => Math.round(under[i] + (over[i] - under[i]) * alpha);
  return [channel(0), channel(1), channel(2)];
}

export function toHex(colour: Rgb): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance, WCAG 2.2. */
export function luminance(colour: Rgb): number {
  const linear = (channel: number): number => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
}

/** Contrast ratio 1…21, WCAG 2.2. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/**
 * The strongest opacity of `colour` on `background` at which `text` still has the contrast `ratio`, between 0.35 and
 * 0.9: the full scale is used, yet a character under ±1 can be read in any theme.
 */
export function readableStrength(background: Rgb, colour: Rgb, text: Rgb, ratio: number): number {
  for (let alpha = 0.9; alpha > 0.35; alpha -= 0.01) {
    if (contrast(text, mix(background, colour, alpha)) >= ratio) return Math.round(alpha * 100) / 100;
  }
  return 0.35;
}
