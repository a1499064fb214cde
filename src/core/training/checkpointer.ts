import type { NewGeneration, RunFolder } from '../formats/run-folder.ts';
import { intervals } from './trainer-host.ts';

/**
 * Decides when generations are written: so early that the next one is whole 25 seconds of wall time after the state that
 * the last one holds, and at improvements as long as that takes a twentieth of the time at most. A large model's
 * improvements are deferred: the best generation is held in memory and written before the next one, unless a better one
 * comes first.
 */
export class Checkpointer {
  private readonly folder: RunFolder;
  private readonly now: () => number;
  private readonly onWritten: (number: number) => void;
  /** When the last save began and ended: what was done since its beginning would be lost. */
  private lastStart: number;
  private lastEnd: number;
  /** Milliseconds that a generation took to write at the last save. */
  private writeTime = 0;
  private deferred: NewGeneration | null = null;

  constructor(folder: RunFolder, now: () => number, onWritten: (number: number) => void) {
    this.folder = folder;
    this.now = now;
    this.onWritten = onWritten;
    this.lastStart = this.lastEnd = now();
  }

  /**
   * True where too much work would be lost by a kill at the end of `ahead` more milliseconds of work and of the save after
   * them. Saving takes half of the time at most.
   */
  due(ahead = 0): boolean {
    const now = this.now();
    return now + ahead + this.saveTime - this.lastStart >= intervals.save && now - this.lastEnd >= this.saveTime;
  }

  /** True where an improvement may be written at once. */
  get affordable(): boolean {
    return this.now() - this.lastEnd >= 20 * this.saveTime;
  }

  defer(generation: NewGeneration): void {
    this.deferred = generation;
  }

  /** A better one was found: the deferred one need not be written. */
  forget(): void {
    this.deferred = null;
  }

  /**
   * Writes what was deferred, then what `take` gives of now. `best`: number of the best one, which may be either.
   */
  async save(take: () => Promise<NewGeneration>, best: number | null, trainingSeconds: number): Promise<void> {
    const start = this.now();
    const generation = await take();
    const written = this.deferred ? [this.deferred, generation] : [generation];
    for (const each of written) this.onWritten(await this.folder.saveGeneration(each, { best, trainingSeconds }));
    this.deferred = null;
    this.lastStart = start;
    this.lastEnd = this.now();
    this.writeTime = (this.lastEnd - start) / written.length;
  }

  /** Milliseconds that a save would take now. */
  private get saveTime(): number {
    return this.deferred ? 2 * this.writeTime : this.writeTime;
  }
}
