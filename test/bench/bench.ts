/**
 * `npm run bench [-- --only sample|cells|scrolling]`: the product's own figures, in a real VS Code, on this repository's sources with the default network.
 * Targets are for 2 cores; a busy machine shows in the event loop's median.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from '../../scripts/build.ts';
import { quantile } from '../harness/frames.ts';
import { ensureBrowser } from '../harness/install.ts';
import { openCellsCase, timeCells } from './cells/measure.ts';
import { type Figure, figureLines } from './figures.ts';
import { timeGradients } from './gradients/measure.ts';
import { measureInHost } from './product/in-host.ts';
import { measureSample } from './product/sample.ts';
import { measureScrollingOnly, type ScrollingMeasurements } from './product/scrolling.ts';
import { measureInWorkbench } from './product/workbench.ts';
import { benchWorkspace } from './product/workspace.ts';

const figures: Figure[] = [];
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const add = (what: string, measured: number, unit: Figure['unit'], target: number | null, digits?: number): void =>
  void figures.push({ what, measured, unit, target, ...(digits === undefined ? {} : { digits }) });

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
if (asked.only !== 'scrolling') await addSample();
if (asked.only === 'sample') {
  tell();
  process.exit(0);
}
const folder = benchWorkspace();
try {
  if (asked.only === 'scrolling') addScrolling(await measureScrollingOnly(folder, 5));
  else await addProduct(folder);
  tell();
} finally {
  rmSync(path.dirname(folder), { recursive: true, force: true });
}

async function addSample(): Promise<void> {
  const { sample, floor } = await measureSample();
  add(
    `*Explore the Sample Run* on a fresh installation, no folder open: command to coloured text, median of ${sample.length}`,
    quantile(sample, 0.5),
    's',
    2,
    2,
  );
  const share = `  the workbench's own share: an extension whose page is one line of text, median of ${floor.length}`;
  add(share, quantile(floor, 0.5), 's', null, 2);
}

async function addProduct(folder: string): Promise<void> {
  const host = await measureInHost(folder);
  const { firstColours, scrolling, plainScrolling, typing, echo, uncoloured } = await measureInWorkbench(folder);
  add('first coloured characters after the click', firstColours, 's', 15);
  const keys = `${typing.length} keys; ${uncoloured.typing} more changed no colour`;
  add(
    `typed character to the last painted colour in view, 100 KB file, p95 (median ${ms(quantile(typing, 0.5))}, ${keys})`,
    quantile(typing, 0.95),
    'ms',
    50,
  );
  const echoed = `${echo.length} keys; ${uncoloured.echo} more changed no colour`;
  add(
    `  the workbench's own share: an extension that colours the typed line and computes nothing, p95 (median ${ms(quantile(echo, 0.5))}, ${echoed})`,
    quantile(echo, 0.95),
    'ms',
    null,
  );
  for (const [when, { hover, recolour }] of [
    ['', host.quiet],
    [' while training', host.busy],
  ] as const) {
    add(`hover, p95${when} (median ${ms(quantile(hover, 0.5))})`, quantile(hover, 0.95), 'ms', 20);
    add(
      `edit event to colours of 45 lines in the host, 100 KB file, p95${when} (median ${ms(quantile(recolour, 0.5))})`,
      quantile(recolour, 0.95),
      'ms',
      50,
    );
  }
  addScrolling({ scrolling, plainScrolling });
  add(
    `host event-loop delay while training, p99 (median ${ms(host.trainingDelay.p50)}, max ${ms(host.trainingDelay.max)})`,
    host.trainingDelay.p99,
    'ms',
    20,
  );
  add(`host event-loop delay while reading, p99 (max ${ms(host.readingDelay.max)})`, host.readingDelay.p99, 'ms', null);
  add(`training speed, engine ${host.engine}`, host.charsPerSecond / 1000, 'k characters/s', null);
  // Last and alone: nothing above shares the cores with it.
  const gradients = await timeGradients();
  add('gradient report, LSTM 1×256, 256 positions, 200 lags', gradients.report / 1000, 's', 10);
  add('reach of one prediction over 500 characters, LSTM 1×256, median', gradients.reach, 'ms', 100);
  await addCells();
}

function addScrolling({ scrolling, plainScrolling }: ScrollingMeasurements): void {
  const script = scrolling.flatMap((round) => round.script);
  add('scrolling a 500 KB heatmap: script per frame, p95', quantile(script, 0.95), 'ms', 6);
  for (const [what, measured, target] of [
    ['scrolling a 500 KB heatmap: frame interval, p95', scrolling, 20],
    ['  the same text as one plain element in the same place, p95', plainScrolling, null],
  ] as const) {
    const intervals = measured.flatMap((round) => round.intervals);
    const times = measured.flatMap((round) => round.frameTimes);
    const rounds = measured.map((round) => quantile(round.intervals, 0.95).toFixed(1)).join(', ');
    const left = `${((100 * times.filter((time) => time > 25).length) / times.length).toFixed(1)} % came a frame late`;
    const told = `${what} (median ${ms(quantile(intervals, 0.5))}; by round ${rounds}; ${left})`;
    add(told, quantile(intervals, 0.95), 'ms', target);
  }
}

async function addCells(): Promise<void> {
  const opened = await openCellsCase();
  try {
    const { chars, scores, evidence, processor } = await timeCells(opened);
    const row = (what: string, took: number, busy: number, target: number): void =>
      add(`${what} (processor ${busy.toFixed(1)} s)`, took, 's', target);
    const text = `LSTM 1×128, ${(chars / 1e6).toFixed(1)} M characters held out`;
    row(`cells: parsing and all APs, ${text}`, scores, processor.scores, 20);
    row('cells: nulls, cause, bootstrap and probe, after that', evidence, processor.evidence, 60);
  } finally {
    await opened.close();
  }
}

function tell(): void {
  for (const line of figureLines(figures)) console.log(line);
}
