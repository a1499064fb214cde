import type { Job } from './job.ts';

/** This thread's part of the work. */
export interface Part {
  job: Job;
  index: number;
  count: number;
  /** Panels, or all of them where hidden units are split. */
  n0: number;
  n1: number;
  /** Waits for all threads. */
  barrier(): void;
  /** The same where hidden units are split; where panels are, threads do not read each other's. */
  unitsBarrier(): void;
  /** This thread's hidden units out of `units`. */
  units(units: number): [number, number];
}

/** Part `index` of `count` of [0, size), cut at multiples of `grain`. */
export function share(size: number, index: number, count: number, grain: number): [number, number] {
  const pieces = Math.ceil(size / grain);
  const cut = (i: number): number => Math.min(size, Math.floor((pieces * i) / count) * grain);
  return [cut(index), cut(index + 1)];
}

/** The part of thread `thread`; `grain`: rows at whose multiples hidden units may be cut. */
export function partOf(job: Job, grain: number, thread: number, threads: number, barrier: () => void): Part {
  const count = job.split === 'single' ? 1 : threads;
  const index = count === 1 ? 0 : thread;
  const nothing = (): void => {};
  const [n0, n1] = job.split === 'units' ? [0, job.panels] : share(job.panels, index, count, 1);
  const wait = count === 1 ? nothing : barrier;
  return {
    job,
    index,
    count,
    n0,
    n1,
    barrier: wait,
    unitsBarrier: job.split === 'units' ? wait : nothing,
    units: (units) => (job.split === 'units' ? share(units, index, count, grain) : [0, units]),
  };
}
