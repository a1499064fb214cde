/** From a page of values to runs of equal colour: few decoration types, few ranges. */
import type { Page } from '../../protocol/inspector-service.ts';

/** Steps of strength per sign: with two signs 14 decoration types. */
export const STEPS = 7;

/** Characters of a line, columns in UTF-16 units, that share one step: 1…STEPS on, −1…−STEPS off. */
export interface ColourRun {
  line: number;
  start: number;
  end: number;
  step: number;
}

/** −STEPS … STEPS; 0 is transparent. */
export function stepOf(value: number, scale: number): number {
  const share = Math.max(-1, Math.min(1, value / scale));
  return Number.isNaN(share) ? 0 : Math.round(share * STEPS) + 0;
}

/**
 * Runs of a page, in order. `lineText` gives a line without its line end; the newline's own value has no place in the
 * editor. A line that does not have the page's characters (edited since) gets no colour.
 */
export function colourRuns(page: Page, lineText: (line: number) => string): ColourRun[] {
  const runs: ColourRun[] = [];
  for (let line = page.startLine; line < page.endLine; line++) {
    const first = page.lineStarts[line - page.startLine]!;
    const last = page.lineStarts[line - page.startLine + 1]!;
    const text = lineText(line);
    let run = null as ColourRun | null;
    let at = first;
    const lineRuns: ColourRun[] = [];
    for (let column = 0; column < text.length; at++) {
      const units = text.codePointAt(column)! > 0xffff ? 2 : 1;
      const step = stepOf(at < last ? page.values[at]! : Number.NaN, page.scale);
      if (run?.step === step) run.end = column + units;
      else {
        run = { line, start: column, end: column + units, step };
        if (step !== 0) lineRuns.push(run);
      }
      column += units;
    }
    // The newline is one more character; the document's last line has none.
    if (at === last || at === last - 1) runs.push(...lineRuns);
  }
  return runs;
}

/** Where the decoration type of a step stands in a row of 2·STEPS: on 1…STEPS, then off 1…STEPS. */
export function typeIndex(step: number): number {
  return step > 0 ? step - 1 : STEPS - step - 1;
}
