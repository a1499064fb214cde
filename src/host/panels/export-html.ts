/** The heatmap as a file of its own: no script, no reference to anything, every character escaped. */
import { t } from '../../core/words.ts';
import type { ExportColours, LaidOver } from '../../protocol/heatmap.ts';
import { escapeHtml } from './webview-html.ts';

const levels = 32;

export interface HtmlExport {
  title: string;
  /** What is shown, in words: model, cell, quantity, file, side. */
  description: string;
  colours: ExportColours;
  tabSize: number;
  /** Of the words around the text. */
  language?: string;
  /** The cells that are laid over it, named. */
  overlays?: readonly { place: Place; name: string }[];
}

type Place = LaidOver['place'];

/** Values of a cell that is laid over the first one. */
export interface OverlayLine {
  place: Place;
  values: Float32Array;
  scale: number;
}

/** Everything before the first line. */
export function htmlHead({ title, description, colours, tabSize, language = 'en', overlays = [] }: HtmlExport): string {
  const rules: string[] = [];
  for (let level = 1; level <= levels; level++) {
    const part = (strength: number): string => ((100 * strength * level) / levels).toFixed(1);
    rules.push(
      `.p${level}{background-color:color-mix(in srgb,${colours.positive} ${part(colours.positiveStrength)}%,transparent)}`,
    );
    rules.push(
      `.n${level}{background-color:color-mix(in srgb,${colours.negative} ${part(colours.negativeStrength)}%,transparent)}`,
    );
  }
  for (const { place } of overlays) rules.push(...barRules(place, colours[place]));
  if (overlays.length > 0) rules.push(barLayout);
  const bars = overlays.map(
    ({ place, name }) =>
      `<br><span class="o ${barClass(place, levels)}">${escapeHtml(place === 'over' ? t('over the line') : t('under the line'))}</span> ${escapeHtml(t('{0}, dotted where it is off', name))}`,
  );
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>
body{margin:16px;background:${colours.background};color:${colours.foreground};font:13px/19px monospace}
header{font-family:sans-serif;margin-bottom:12px}
pre{margin:0;tab-size:${tabSize};font-variant-ligatures:none}
.l{display:inline-block;min-width:4ch;padding-right:2ch;text-align:right;opacity:.6;user-select:none}
.e{padding-right:.5ch}
${rules.join('\n')}
</style>
</head>
<body>
<header><strong>${escapeHtml(title)}</strong><br>${escapeHtml(description)} · <span class="p${levels}">${escapeHtml(t('on'))}</span> <span class="n${levels}">${escapeHtml(t('off'))}</span>, ${escapeHtml(t('weaker as paler'))}${bars.join('')}</header>
<pre>
`;
}

/**
 * One line: its number, then runs of equal levels. `values` has one value a code point, the newline's last; so have the
 * cells that are laid over it.
 */
export function htmlLine(
  number: number,
  text: string,
  values: Float32Array,
  scale: number,
  overlays: readonly OverlayLine[] = [],
): string {
  const points = [...text];
  const classAt = (i: number): string => {
    const level = levelOf(values[i] ?? 0, scale);
    const bars = overlays.flatMap((overlay) => {
      const over = levelOf(overlay.values[i] ?? 0, overlay.scale);
      return over === 0 ? [] : barClass(overlay.place, over);
    });
    return [...(bars.length > 0 ? ['o'] : []), ...(level === 0 ? [] : [classOf(level)]), ...bars].join(' ');
  };
  let html = `<span class="l">${number}</span>`;
  let run = '';
  let classes = '';
  const flush = (): void => {
    if (run) html += classes === '' ? run : `<span class="${classes}">${run}</span>`;
    run = '';
  };
  points.forEach((point, i) => {
    const next = classAt(i);
    if (next !== classes) flush();
    classes = next;
    run += escapeHtml(visible(point));
  });
  flush();
  const lineEnd = classAt(points.length);
  if (lineEnd !== '') html += `<span class="e ${lineEnd}"></span>`;
  return `${html}\n`;
}

export function htmlFoot(): string {
  return '</pre>\n</body>\n</html>\n';
}

function levelOf(value: number, scale: number): number {
  const relative = Math.max(-1, Math.min(1, value / scale));
  return Number.isFinite(relative) ? Math.round(relative * levels) : 0;
}

/** A bar along the upper or the lower edge: two pictures of a character's background, each set by its own variable. */
const barLayout =
  '.o{background-image:var(--over,none),var(--under,none);background-size:100% 3px;background-position:top,bottom;background-repeat:no-repeat}';

/** Solid where the cell is on, dotted where it is off. */
function barRules(place: Place, colour: string): string[] {
  return Array.from({ length: levels }, (_, i) => i + 1).flatMap((level) => {
    const shade = `color-mix(in srgb,${colour} ${(12 + (88 * level) / levels).toFixed(1)}%,transparent)`;
    return [
      `.${barClass(place, level)}{--${place}:linear-gradient(${shade},${shade})}`,
      `.${barClass(place, -level)}{--${place}:repeating-linear-gradient(90deg,${shade} 0 3px,transparent 3px 6px)}`,
    ];
  });
}

function barClass(place: Place, level: number): string {
  return `${place === 'over' ? 'o' : 'u'}${classOf(level)}`;
}

function classOf(level: number): string {
  return level > 0 ? `p${level}` : `n${-level}`;
}

/** Control characters are not allowed in HTML: their pictures stand for them. */
function visible(point: string): string {
  const code = point.codePointAt(0) ?? 0;
  if (code < 0x20 && code !== 9) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code >= 0x80 && code < 0xa0) return '\ufffd';
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : point;
}
