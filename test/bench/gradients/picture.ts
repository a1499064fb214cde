/** Lag profiles of several networks as one picture: an SVG that the tests' browser turns into a PNG. */

import { launchBrowser } from '../../harness/browser.ts';
import { ensureBrowser } from '../../harness/install.ts';

export interface ProfileCurve {
  network: string;
  state: 'h' | 'c';
  /** Null: beyond the lags. */
  horizon: number | null;
  /** By lag, 0…K. */
  relative: number[];
}

const size = { width: 900, height: 460 };
const plot = { left: 64, right: 190, top: 44, bottom: 52 };
const floor = 1e-5;
/** Okabe, Ito: told apart by colour-blind people. */
const colours = ['#d55e00', '#009e73', '#0072b2', '#cc79a7', '#e69f00'];

/** Logarithmic in the gradient, linear in the lag; a dot where a curve falls under 1 %. */
export function profilesSvg(curves: readonly ProfileCurve[], subtitle: string): string {
  const networks = [...new Set(curves.map(({ network }) => network))];
  const last = Math.max(...curves.map(({ relative }) => relative.length - 1));
  const width = size.width - plot.left - plot.right;
  const height = size.height - plot.top - plot.bottom;
  const x = (lag: number): number => plot.left + (lag / last) * width;
  const y = (value: number): number => plot.top + (Math.log10(Math.max(value, floor)) / Math.log10(floor)) * height;
  const text = (at: number, top: number, words: string, more = ''): string =>
    `<text x="${at.toFixed(1)}" y="${top.toFixed(1)}" ${more}>${words}</text>`;
  const decades = Array.from({ length: Math.round(-Math.log10(floor)) + 1 }, (_, k) => 10 ** -k);
  const ends: number[] = [];
  const shown = curves.map(({ network, state, horizon, relative }) => {
    const colour = colours[networks.indexOf(network) % colours.length]!;
    const visible = relative.findIndex((value) => !(value >= floor));
    const points = relative.slice(0, visible < 0 ? relative.length : visible);
    const path = points
      .map((value, lag) => `${lag === 0 ? 'M' : 'L'}${x(lag).toFixed(1)} ${y(value).toFixed(1)}`)
      .join('');
    const own = horizon === null ? `&gt; ${last}` : String(horizon);
    const label = `${network}${curves.filter((other) => other.network === network).length > 1 ? ` ${state}` : ''}: horizon ${own}`;
    const end = { x: x(points.length - 1), y: y(points.at(-1) ?? floor) };
    // Names that would lie on each other move up.
    while (ends.some((other) => Math.abs(other - end.y) < 17)) end.y -= 17;
    ends.push(end.y);
    const dot =
      horizon === null
        ? ''
        : `<circle cx="${x(horizon)}" cy="${y(relative[horizon]!)}" r="5" fill="${colour}" stroke="#fff" stroke-width="2"/>`;
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2.2" ${state === 'c' || curves.filter((other) => other.network === network).length === 1 ? '' : 'stroke-dasharray="6 4"'}/>${dot}${text(end.x + 8, end.y + 4, label, `fill="${colour}" font-weight="600" paint-order="stroke" stroke="#fff" stroke-width="4"`)}`;
  });
  const lags = Array.from({ length: Math.floor(last / 25) + 1 }, (_, k) => 25 * k);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    text(
      plot.left,
      26,
      'Mean gradient at the state k characters before a prediction, over lag 0',
      'font-weight="600" fill="#222"',
    ),
    text(size.width - 14, 26, subtitle, 'text-anchor="end" font-size="11" fill="#666"'),
    ...decades.map(
      (value) =>
        `<line x1="${plot.left}" x2="${plot.left + width}" y1="${y(value)}" y2="${y(value)}" stroke="${value === 0.01 ? '#555' : '#e2e2e2'}" ${value === 0.01 ? 'stroke-dasharray="5 4"' : ''}/>${text(plot.left - 8, y(value) + 4, value >= 0.001 ? String(value) : value.toExponential(0).replace('-', '−'), 'text-anchor="end" fill="#555"')}`,
    ),
    text(plot.left + width - 4, y(0.01) + 15, '1 %: the horizon', 'text-anchor="end" fill="#555" font-size="11"'),
    ...lags.map((lag) => text(x(lag), size.height - 30, String(lag), 'text-anchor="middle" fill="#555"')),
    text(plot.left + width / 2, size.height - 10, 'lag k, characters back', 'text-anchor="middle" fill="#555"'),
    ...shown,
    '</svg>',
  ].join('\n');
}

/** @throws where there is no Chrome or Chromium */
export async function drawProfiles(file: string, curves: readonly ProfileCurve[], subtitle: string): Promise<void> {
  const executable = ensureBrowser();
  if (!executable) throw new Error('A picture needs Chrome or Chromium: install one, or leave out --picture.');
  const browser = await launchBrowser(executable, size);
  try {
    await browser.page.setContent(`<body style="margin:0">${profilesSvg(curves, subtitle)}</body>`);
    await browser.page.screenshot({ path: file });
  } finally {
    await browser.close();
  }
}
