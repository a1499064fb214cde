/**
 * `npm run bench [-- --only sample|cells]`: the product's own figures, in a real VS Code, on this repository's sources with the default network.
 * Targets are for 2 cores; a busy machine shows in the event loop's median.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from '../../scripts/build.ts';
import { quantile } from '../harness/frames.ts';
import { ensureBrowser } from '../harness/install.ts';
import { openCellsCase, timeCells } from './cells/measure.ts';
import { timeGradients } from './gradients/measure.ts';
import { measureInHost } from './product/in-host.ts';
import { measureSample } from './product/sample.ts';
import { measureInWorkbench } from './product/workbench.ts';
import { benchWorkspace } from './product/workspace.ts';

const rows: [what: string, measured: string, target: string][] = [];
const ms = (value: number): string => `${value.toFixed(1)} ms`;

const { values: asked } = parseArgs({ options: { only: { type: 'string' } } });
if (asked.only === 'cells') {
  await buildAll({ minify: true });
  await addCells();
  tell();
  process.exit(0);
}
if (!ensureBrowser()) {
  console.log('SKIPPED: there is no Chrome or Chromium, and the benchmark needs a workbench.');
  process.exit(0);
}
await buildAll({ minify: true }); // as it is shipped
const seconds = await measureSample();
const sample = `*Explore the Sample Run* on a fresh installation, no folder open: command to coloured text, median of ${seconds.length}`;
rows.push([sample, `${quantile(seconds, 0.5).toFixed(2)} s`, '2 s']);
if (asked.only === 'sample') {
  tell();
  process.exit(0);
}
const folder = benchWorkspace();
try {
  const host = await measureInHost(folder);
  const { firstColours, scrolling, plainScrolling, typing, echo } = await measureInWorkbench(folder);
  rows.push(['first coloured characters after the click', `${firstColours.toFixed(1)} s`, '15 s']);
  rows.push([
    `typed character to the last painted colour in view, 100 KB file, p95 (median ${ms(quantile(typing, 0.5))}, ${typing.length} keys)`,
    ms(quantile(typing, 0.95)),
    '50 ms',
  ]);
  rows.push([
    `  the workbench's own share: an extension that colours the typed line and computes nothing, p95 (median ${ms(quantile(echo, 0.5))})`,
    ms(quantile(echo, 0.95)),
    '–',
  ]);
  for (const [when, { hover, recolour }] of [
    ['', host.quiet],
    [' while training', host.busy],
  ] as const) {
    rows.push([`hover, p95${when} (median ${ms(quantile(hover, 0.5))})`, ms(quantile(hover, 0.95)), '20 ms']);
    rows.push([
      `edit event to colours of 45 lines in the host, 100 KB file, p95${when} (median ${ms(quantile(recolour, 0.5))})`,
      ms(quantile(recolour, 0.95)),
      '50 ms',
    ]);
  }
  rows.push(['scrolling a 500 KB heatmap: script per frame, p95', ms(quantile(scrolling.script, 0.95)), '6 ms']);
  rows.push([
    `scrolling a 500 KB heatmap: frame interval, p95 (median ${ms(quantile(scrolling.intervals, 0.5))})`,
    ms(quantile(scrolling.intervals, 0.95)),
    '20 ms',
  ]);
  rows.push([
    `  the same text as one plain element in the same place, p95 (median ${ms(quantile(plainScrolling.intervals, 0.5))})`,
    ms(quantile(plainScrolling.intervals, 0.95)),
    '–',
  ]);
  rows.push([
    `host event-loop delay while training, p99 (median ${ms(host.trainingDelay.p50)}, max ${ms(host.trainingDelay.max)})`,
    ms(host.trainingDelay.p99),
    '20 ms',
  ]);
  rows.push([
    `host event-loop delay while reading, p99 (max ${ms(host.readingDelay.max)})`,
    ms(host.readingDelay.p99),
    '–',
  ]);
  rows.push([
    `training speed, engine ${host.engine}`,
    `${(host.charsPerSecond / 1000).toFixed(1)} k characters/s`,
    '–',
  ]);
  // Last and alone: nothing above shares the cores with it.
  const gradients = await timeGradients();
  rows.push([
    'gradient report, LSTM 1×256, 256 positions, 200 lags',
    `${(gradients.report / 1000).toFixed(1)} s`,
    '10 s',
  ]);
  rows.push(['reach of one prediction over 500 characters, LSTM 1×256, median', ms(gradients.reach), '100 ms']);
  await addCells();
  tell();
} finally {
  rmSync(path.dirname(folder), { recursive: true, force: true });
}

async function addCells(): Promise<void> {
  const opened = await openCellsCase();
  try {
    const { chars, scores, evidence, processor } = await timeCells(opened);
    const row = (what: string, took: number, busy: number, target: string): void =>
      void rows.push([`${what} (processor ${busy.toFixed(1)} s)`, `${took.toFixed(1)} s`, target]);
    const text = `LSTM 1×128, ${(chars / 1e6).toFixed(1)} M characters held out`;
    row(`cells: parsing and all APs, ${text}`, scores, processor.scores, '20 s');
    row('cells: nulls, cause, bootstrap and probe, after that', evidence, processor.evidence, '60 s');
  } finally {
    await opened.close();
  }
}

function tell(): void {
  const width = Math.max(...rows.map(([what]) => what.length));
  for (const [what, measured, target] of rows)
    console.log(`${what.padEnd(width)}  ${measured.padStart(20)}   target ${target}`);
}
