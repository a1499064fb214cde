/** The heatmap as a file of its own: no script, no reference to anything, every character escaped. */
import type { ExportColours } from '../../protocol/heatmap.ts';
import { escapeHtml } from './webview-html.ts';

const levels = 32;

export interface HtmlExport {
  title: string;
  /** What is shown, in words: model, cell, quantity, file, side. */
  description: string;
  colours: ExportColours;
  tabSize: number;
}

/** Everything before the first line. */
export function htmlHead({ title, description, colours, tabSize }: HtmlExport): string {
  const rules: string[] = [];
  for (let level = 1; level <= levels; level++) {
    const part = (strength: number): string => ((100 * strength * level) / levels).toFixed(1);
    rules.push(
      `.p${level}{background:color-mix(in srgb,${colours.positive} ${part(colours.positiveStrength)}%,transparent)}`,
    );
    rules.push(
      `.n${level}{background:color-mix(in srgb,${colours.negative} ${part(colours.negativeStrength)}%,transparent)}`,
    );
  }
  return `<!DOCTYPE html>
<html lang="en">
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
<header><strong>${escapeHtml(title)}</strong><br>${escapeHtml(description)} · <span class="p${levels}">on</span> <span class="n${levels}">off</span>, weaker as paler</header>
<pre>
`;
}

/** One line: its number, then runs of equal level. `values` has one value a code point, the newline's last. */
export function htmlLine(number: number, text: string, values: Float32Array, scale: number): string {
  const points = [...text];
  let html = `<span class="l">${number}</span>`;
  let run = '';
  let level = 0;
  const flush = (): void => {
    if (run) html += level === 0 ? run : `<span class="${classOf(level)}">${run}</span>`;
    run = '';
  };
  points.forEach((point, i) => {
    const next = levelOf(values[i] ?? 0, scale);
    if (next !== level) flush();
    level = next;
    run += escapeHtml(visible(point));
  });
  flush();
  const lineEnd = levelOf(values[points.length] ?? 0, scale);
  if (lineEnd !== 0) html += `<span class="e ${classOf(lineEnd)}"></span>`;
  return `${html}\n`;
}

export function htmlFoot(): string {
  return '</pre>\n</body>\n</html>\n';
}

function levelOf(value: number, scale: number): number {
  const relative = Math.max(-1, Math.min(1, value / scale));
  return Number.isFinite(relative) ? Math.round(relative * levels) : 0;
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
