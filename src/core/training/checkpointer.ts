import type { NewGeneration, RunFolder } from '../formats/run-folder.ts';
import { intervals } from './trainer-host.ts';

/**
 * Decides when generations are written: at least every 25 seconds of wall time, and at improvements as long as that takes a
 * twentieth of the time at most. A large model's improvements are deferred: the best generation is held in memory and
 * written before the next one, unless a better one comes first.
 */
export class Checkpointer {
  private readonly folder: RunFolder;
  private readonly now: () => number;
  private readonly onWritten: (number: number) => void;
  private lastSave: number;
  /** Milliseconds that the last save took. */
  private saveTime = 0;
  private deferred: NewGeneration | null = null;

  constructor(folder: RunFolder, now: () => number, onWritten: (number: number) => void) {
    this.folder = folder;
    this.now = now;
    this.onWritten = onWritten;
    this.lastSave = now();
  }

  /** True where too much work would be lost by a kill. */
  get due(): boolean {
    return this.now() - this.lastSave >= intervals.save;
  }

  /** True where an improvement may be written at once. */
  get affordable(): boolean {
    return this.now() - this.lastSave >= 20 * this.saveTime;
  }

  defer(generation: NewGeneration): void {
    this.deferred = generation;
  }

  /** A better one was found: the deferred one need not be written. */
  forget(): void {
    this.deferred = null;
  }

  /** Writes what was deferred, then this generation. `best`: number of the best one, which may be either. */
  async save(generation: NewGeneration, best: number | null, trainingSeconds: number): Promise<void> {
    const start = this.now();
    for (const each of this.deferred ? [this.deferred, generation] : [generation])
      this.onWritten(await this.folder.saveGeneration(each, { best, trainingSeconds }));
    this.deferred = null;
    this.lastSave = this.now();
    this.saveTime = this.lastSave - start;
  }
}
