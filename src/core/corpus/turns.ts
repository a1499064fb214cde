import { t } from '../words.ts';
import type { WalkHooks, WalkProgress } from './walk.ts';

/** Longest stretch in ms without giving other work a turn. */
const longestTurn = 5;

class WalkCancelled extends Error {
  readonly code = 'cancelled';
  constructor() {
    super(t('Reading the workspace was cancelled.'));
    this.name = 'WalkCancelled';
  }
}

/** Keeps a long walk from holding its thread. */
export class Turns {
  private readonly hooks: WalkHooks;
  private start = performance.now();

  constructor(hooks: WalkHooks) {
    this.hooks = hooks;
  }

  /** Gives other work a turn now and then, reports, and throws `WalkCancelled` where that was asked for. */
  async pass(progress: WalkProgress): Promise<void> {
    if (performance.now() - this.start > longestTurn) {
      this.hooks.onProgress?.(progress);
      await new Promise<void>((resolve) => setTimeout(resolve));
      this.start = performance.now();
    }
    if (this.hooks.signal?.aborted) throw new WalkCancelled();
  }
}
