/**
 * Work in slices. A worker answers many at once (a hover, a page of the heatmap, the background recomputation), on one
 * thread: every job asks for a turn per slice, and whoever gives the turns decides who goes first.
 */

/** Runs one slice of work when it is its job's turn; rejects without running it when the job was cancelled. */
export type Turn = <T>(slice: () => Promise<T>) => Promise<T>;

/** Turns for a caller that has the thread to itself (command line, tests). */
export const atOnce: Turn = (slice) => slice();

/** How long a slice may hold the thread, milliseconds: half a hover's budget. */
const SLICE_MILLISECONDS = 8;
const SHORTEST = 8;
const LONGEST = 4096;

/** Chooses how many characters one slice reads, from the measured speed of the slices before. */
export class SliceLength {
  /** The first slices are short: nothing is known yet, and engines warm up. */
  private chars = 64;

  get value(): number {
    return this.chars;
  }

  /** Takes in that `chars` characters took `milliseconds`. */
  measured(chars: number, milliseconds: number): void {
    const ideal = milliseconds > 0 ? (chars * SLICE_MILLISECONDS) / milliseconds : LONGEST;
    // At most doubled per slice: one lucky timing must not make the next slice a long one.
    this.chars = Math.max(SHORTEST, Math.min(LONGEST, this.chars * 2, Math.floor(ideal)));
  }
}
