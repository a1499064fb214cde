/**
 * Chooses how threads share a step by timing the ways of sharing in turn on the real steps: all of them give the same bits. Looks again
 * now and then, as other programs come and go.
 */
import type { Split } from './job.ts';

const warmUps = 1;
const trials = 3;
/** Steps between two looks. */
const period = 400;

export class SplitChooser {
  private readonly candidates: Split[];
  private readonly times = new Map<Split, number[]>();
  private plan: Split[] = [];
  private chosen: Split;
  private running: Split;
  private key = '';
  private steps = 0;

  constructor(threads: number, leastUnits: number) {
    this.candidates =
      threads < 2 ? ['single'] : leastUnits >= 16 ? ['single', 'panels', 'units'] : ['single', 'panels'];
    this.chosen = this.candidates[0]!;
    this.running = this.chosen;
  }

  /** How to share the next step of a window of this size. */
  next(time: number, panels: number): Split {
    const key = `${time}×${panels}`;
    if (key !== this.key || (this.plan.length === 0 && this.steps >= period && this.candidates.length > 1))
      this.look(key);
    this.steps++;
    this.running = this.plan.shift() ?? this.chosen;
    return this.running;
  }

  /** How long the step took that `next` named. */
  took(milliseconds: number): void {
    const times = this.times.get(this.running);
    if (!times) return;
    times.push(milliseconds);
    if (this.plan.length > 0) return;
    const best = (split: Split): number => Math.min(...this.times.get(split)!.slice(warmUps));
    this.chosen = [...this.times.keys()].reduce((a, b) => (best(b) < best(a) ? b : a));
    this.times.clear();
  }

  private look(key: string): void {
    this.key = key;
    this.steps = 0;
    const panels = Number(key.split('×')[1]);
    const able = this.candidates.filter((split) => split !== 'panels' || panels > 1);
    this.times.clear();
    for (const split of able) this.times.set(split, []);
    this.plan = Array.from({ length: warmUps + trials }, () => able).flat();
  }
}
