/**
 * Measures scrolling of a 500 KB heatmap: script time and interval per frame, 95th percentiles.
 * `node test/webview-gallery/scroll.ts [pixels per frame] [text]`
 */
import { chromium } from 'playwright-core';
import { serveGallery } from './serve.ts';

const step = Number(process.argv[2] ?? 150);
const text = process.argv[3] ?? 'large';
const { url, server } = await serveGallery();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
await page.goto(`${url}/heatmap?text=${text}`);
await page.waitForSelector('[data-testid="heatmap"][data-settled="true"]');
await page.waitForTimeout(800);
const client = await page.context().newCDPSession(page);
const events: { name: string; ph: string; ts: number; dur?: number; tdur?: number; tid: number }[] = [];
client.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as typeof events)));
await client.send('Tracing.start', {
  transferMode: 'ReportEvents',
  traceConfig: { includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] },
});
// As text: this side of the wire knows no DOM.
const intervals = (await page.evaluate(`new Promise((resolve) => {
  const scroller = document.querySelector('.scroller');
  const times = [];
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    times.push(now - last);
    last = now;
    scroller.scrollTop += ${step};
    if (times.length < 300) requestAnimationFrame(tick);
    else resolve(times);
  };
  requestAnimationFrame(tick);
})`)) as number[];
const complete = new Promise((resolve) => client.once('Tracing.tracingComplete', resolve));
await client.send('Tracing.end');
await complete;
const quantile = (values: number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? Number.NaN;
/** Script of a frame: what runs between two commits, in CPU time of its thread where the trace tells it. */
const scripts = new Set(['FireAnimationFrame', 'FunctionCall', 'EventDispatch', 'TimerFire', 'HandlePostMessage']);
const thread = events.find(({ name }) => name === 'FireAnimationFrame')?.tid;
const own = events.filter(({ tid, ph }) => tid === thread && ph === 'X').sort((a, b) => a.ts - b.ts);
const busy = own.filter(({ name }) => name === 'RunTask');
const starts = own.filter(({ name }) => name === 'Commit').map(({ ts }) => ts);
const script = new Array<number>(starts.length).fill(0);
let outerEnd = 0;
for (const { name, ts, dur = 0, tdur = dur } of own) {
  if (!scripts.has(name) || ts < outerEnd) continue;
  outerEnd = ts + dur;
  const at = starts.findLastIndex((start) => start <= ts);
  if (at >= 0) script[at]! += tdur / 1000;
}
const tasks = busy.map(({ dur = 0, tdur = dur }) => tdur / 1000);
const ms = (value: number): string => `${value.toFixed(2)} ms`;
console.log(`step ${step} px, ${text}: ${script.length} frames`);
console.log(
  `script per frame: median ${ms(quantile(script, 0.5))}, p95 ${ms(quantile(script, 0.95))}, max ${ms(Math.max(...script))}`,
);
console.log(`frame interval: median ${ms(quantile(intervals, 0.5))}, p95 ${ms(quantile(intervals, 0.95))}`);
console.log(`tasks: p95 ${ms(quantile(tasks, 0.95))}, max ${ms(Math.max(0, ...tasks))}`);
await browser.close();
server.close();
