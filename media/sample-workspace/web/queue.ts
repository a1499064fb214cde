/** A binary heap, and a scheduler of delayed jobs on top of it. */

export class PriorityQueue<T> {
  private readonly items: T[] = [];

  constructor(private readonly before: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    this.items.push(item);
    let child = this.items.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.before(this.items[child], this.items[parent])) break;
      this.swap(child, parent);
      child = parent;
    }
  }

  pop(): T | undefined {
    if (this.items.length === 0) return undefined;
    const top = this.items[0];
    const last = this.items.pop()!;
    if (this.items.length > 0) {
      this.items[0] = last;
      this.sink(0);
    }
    return top;
  }

  private sink(start: number): void {
    let parent = start;
    for (;;) {
      const left = 2 * parent + 1;
      const right = left + 1;
      let best = parent;
      if (left < this.items.length && this.before(this.items[left], this.items[best])) best = left;
      if (right < this.items.length && this.before(this.items[right], this.items[best])) best = right;
      if (best === parent) return;
      this.swap(parent, best);
      parent = best;
    }
  }

  private swap(a: number, b: number): void {
    const held = this.items[a];
    this.items[a] = this.items[b];
    this.items[b] = held;
  }
}

interface Job {
  name: string;
  due: number;
  every: number | null;
  run: () => void;
  cancelled: boolean;
}

export class Scheduler {
  private readonly jobs = new PriorityQueue<Job>((a, b) => a.due < b.due);
  readonly log: string[] = [];

  constructor(private now = 0) {}

  /** Runs once after `delay`; the returned function cancels it. */
  after(delay: number, name: string, run: () => void): () => void {
    return this.add({ name, due: this.now + delay, every: null, run, cancelled: false });
  }

  every(interval: number, name: string, run: () => void): () => void {
    if (interval <= 0) {
      throw new RangeError(`the interval of "${name}" must be positive`);
    }
    return this.add({ name, due: this.now + interval, every: interval, run, cancelled: false });
  }

  /** Moves the clock on and runs everything that has become due, in order. */
  advance(to: number): number {
    let count = 0;
    for (let job = this.jobs.peek(); job && job.due <= to; job = this.jobs.peek()) {
      this.jobs.pop();
      if (job.cancelled) continue;
      this.now = job.due;
      try {
        job.run();
        this.log.push(`${this.now}: "${job.name}" done`);
      } catch (error) {
        this.log.push(`${this.now}: "${job.name}" failed: ${(error as Error).message}`);
      }
      count++;
      if (job.every !== null && !job.cancelled) {
        job.due += job.every;
        this.jobs.push(job);
      }
    }
    this.now = Math.max(this.now, to);
    return count;
  }

  private add(job: Job): () => void {
    this.jobs.push(job);
    return () => {
      job.cancelled = true;
    };
  }
}
