import { intervals, type TrainerHost } from './trainer-host.ts';

/** When a training that works in slices stands still for others: for waiting messages, and for who looks at the network. */
export class Pace {
  private readonly host: TrainerHost;
  private lastYield: number;
  /** Others need the machine until then. */
  private restUntil = 0;
  private awake: () => void = () => {};
  /** Whoever trains is to stand still until this is false again; `wake` has that noticed at once. */
  paused = false;

  constructor(host: TrainerHost) {
    this.host = host;
    this.lastYield = host.now();
  }

  /** Stands still for so many milliseconds, from the next slice's end on, so that somebody who looks at the network gets an answer at once. */
  makeWay(milliseconds: number): void {
    this.restUntil = Math.max(this.restUntil, this.host.now() + Math.min(milliseconds, intervals.longestRest));
  }

  /** Resolves after a second, or when `wake` is called. */
  doze(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1000);
      this.awake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake(): void {
    this.awake();
  }

  /** To be called often, with the time: true where a slice was over and others had their turn. */
  async breathe(now: number): Promise<boolean> {
    if (now - this.lastYield < intervals.slice) return false;
    await this.host.letMessagesIn();
    const rest = this.restUntil - this.host.now();
    if (rest > 0) await new Promise<void>((resolve) => setTimeout(resolve, rest));
    this.lastYield = this.host.now();
    return true;
  }
}
