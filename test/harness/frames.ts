/** Measures scrolling inside a page or one of its frames: script per frame from a trace, frame intervals from the page's own clock. */
import type { Frame, Page } from 'playwright-core';

export interface Scrolling {
  /** Milliseconds between the page's turns at two frames: a frame that is shown in time may have been begun late. */
  intervals: number[];
  /** Milliseconds between the times the browser gives two frames: whole multiples of the screen's, more than one where frames are left out. */
  frameTimes: number[];
  /** Milliseconds of script per frame, in CPU time of its thread where the trace tells it. */
  script: number[];
}

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  tdur?: number;
  pid: number;
  tid: number;
}

const scripts = new Set(['FireAnimationFrame', 'FunctionCall', 'EventDispatch', 'TimerFire', 'HandlePostMessage']);

/**
 * Moves `selector` down by `step` pixels a frame, `frames` times, twice: for the intervals, and once more under a trace, which costs
 * frames itself, for the script.
 */
export async function measureScrolling(
  page: Page,
  frame: Frame,
  selector: string,
  step: number,
  frames = 300,
): Promise<Scrolling> {
  const { intervals, frameTimes } = await scroll(frame, selector, step, frames);
  const client = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  client.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await client.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] },
  });
  await scroll(frame, selector, step, frames);
  const complete = new Promise((resolve) => client.once('Tracing.tracingComplete', resolve));
  await client.send('Tracing.end');
  await complete;
  await client.detach();
  return { intervals, frameTimes, script: scriptPerFrame(events) };
}

/** As text: this side of the wire knows no DOM. */
async function scroll(
  frame: Frame,
  selector: string,
  step: number,
  frames: number,
): Promise<Pick<Scrolling, 'intervals' | 'frameTimes'>> {
  const [turns, given] = await frame.evaluate<[number[], number[]]>(`new Promise((resolve) => {
    const scroller = document.querySelector(${JSON.stringify(selector)});
    const turns = [];
    const given = [];
    const tick = (time) => {
      turns.push(performance.now());
      given.push(time);
      scroller.scrollTop += ${step};
      if (turns.length <= ${frames}) requestAnimationFrame(tick);
      else resolve([turns, given]);
    };
    requestAnimationFrame(tick);
  })`);
  const between = (times: number[]): number[] => times.slice(1).map((time, i) => time - times[i]!);
  return { intervals: between(turns), frameTimes: between(given) };
}

/** Sums script between two frames on the thread that drew most of them: the scrolled frame's, whatever process it has. */
function scriptPerFrame(events: readonly TraceEvent[]): number[] {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}:${tid}`;
  const drawn = new Map<string, number>();
  for (const event of events)
    if (event.name === 'FireAnimationFrame') drawn.set(threadOf(event), (drawn.get(threadOf(event)) ?? 0) + 1);
  const [thread] = [...drawn].sort((a, b) => b[1] - a[1])[0] ?? [];
  const own = events.filter((event) => event.ph === 'X' && threadOf(event) === thread).sort((a, b) => a.ts - b.ts);
  const starts = own.filter(({ name }) => name === 'Commit').map(({ ts }) => ts);
  const script = new Array<number>(starts.length).fill(0);
  let outerEnd = 0;
  let at = -1;
  for (const { name, ts, dur = 0, tdur = dur } of own) {
    if (!scripts.has(name) || ts < outerEnd) continue; // nested in one that counts already
    outerEnd = ts + dur;
    while (at + 1 < starts.length && starts[at + 1]! <= ts) at++;
    if (at >= 0) script[at]! += tdur / 1000;
  }
  return script;
}

/** The value below which a share q of the values lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
