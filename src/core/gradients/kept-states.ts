/** States along a text, kept while it is read, so that no later question starts from its first character again. */
import { atOnce, type Turn } from '../activations/turns.ts';
import type { LayerState, Session } from '../engine/engine.ts';

/** Characters between two kept states. */
const every = 256;
/** Characters read in one turn. */
const chunk = 8 * every;

export class KeptStates {
  private readonly session: Session;
  private readonly inputs: Int32Array;
  /** After character 256·(k + 1) − 1. */
  private readonly states: LayerState[][] = [];
  private reading: Promise<void> = Promise.resolve();

  /** @param inputs [N] of the whole text */
  constructor(session: Session, inputs: Int32Array) {
    this.session = session;
    this.inputs = inputs;
  }

  /** The last kept state before character `position`: after character `index` − 1; null before the first one is kept. */
  async before(position: number, turn: Turn = atOnce): Promise<{ index: number; state: LayerState[] } | null> {
    const wanted = Math.floor(position / every);
    // One reader at a time: two would keep the same states twice.
    this.reading = this.reading.catch(() => {}).then(() => this.read(wanted, turn));
    await this.reading;
    const state = this.states[wanted - 1];
    return state ? { index: wanted * every, state } : null;
  }

  private async read(wanted: number, turn: Turn): Promise<void> {
    while (this.states.length < wanted) {
      const from = this.states.length * every;
      const inputs = this.inputs.slice(from, Math.min(wanted * every, from + chunk));
      const start = this.states.at(-1) ?? null;
      const { states } = await turn(() => this.session.run({ inputs, start, targets: null }, { statesEvery: every }));
      this.states.push(...states);
    }
  }
}
