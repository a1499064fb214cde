/** What is measured: model and window sizes, with the floating-point operations a character costs. */
import type { Engine, Session, Update, Window } from '../../../src/core/engine/engine.ts';
import { HealthProbe } from '../../../src/core/gradients/health.ts';
import type { TextStream } from '../../../src/core/gradients/positions.ts';
import type { CellKind, ModelSpec } from '../../../src/core/model/spec.ts';
import { Random } from '../../../src/core/random.ts';

export interface Case {
  cell: 'lstm' | 'gru' | 'tanh';
  layers: number;
  hidden: number;
  batch: number;
  time: number;
  vocabulary: number;
  /** Our rate over the peer's to reach, where there is an aim. */
  aim?: number;
}

const update: Update = {
  optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  learningRate: 1e-3,
  clipNorm: 1,
  dropout: 0,
  dropoutSeed: 0,
};

export function specOf(cell: CellKind, layers: number, hidden: number, vocabulary: number): ModelSpec {
  return {
    formatVersion: 1,
    layers: Array.from({ length: layers }, () => ({ cell, hiddenSize: hidden, directions: ['forward'] })),
    connections: 'none',
    vocabulary: Array.from({ length: vocabulary }, (_, v) => String.fromCodePoint(0x4e00 + v)),
    unknown: null,
  };
}

export function randomIndices(length: number, vocabulary: number): Int32Array {
  const random = new Random(1);
  return Int32Array.from({ length }, () => random.below(vocabulary));
}

/**
 * Multiply–adds of the matrix products that are really computed, times 2, per trained character: forward, and twice that
 * backward. The first layer's input product is a gather and not counted.
 */
export function flopsPerCharacter({ cell, layers, hidden, vocabulary }: Case): number {
  const gates = { lstm: 4, gru: 3, tanh: 1 }[cell];
  return 6 * (gates * hidden * hidden * (2 * layers - 1) + hidden * vocabulary);
}

/** A session with a window to train on over and over. */
export class OpenCase {
  readonly session: Session;
  private readonly window: Window;

  private constructor(session: Session, window: Window) {
    this.session = session;
    this.window = window;
  }

  static async open(engine: Engine, { cell, layers, hidden, batch, time, vocabulary }: Case): Promise<OpenCase> {
    const session = await engine.open(
      specOf(cell, layers, hidden, vocabulary),
      { kind: 'fresh', seed: 1, init: 'orthogonal' },
      { maxTime: time, maxBatch: batch },
    );
    const inputs = randomIndices(time * batch, vocabulary);
    const targets = Int32Array.from(inputs, (_, i) => inputs[(i + batch) % inputs.length]!);
    return new OpenCase(session, { time, batch, inputs, targets, reset: new Uint8Array(time * batch) });
  }

  /** Scores the last step only: what gradient diagnostics do. */
  scoreLastStepOnly(): void {
    const { targets, batch } = this.window;
    targets.fill(-1, 0, targets.length - batch);
  }

  /** One step with the looks at a training's health that go with it. */
  async look(texts: readonly TextStream[]): Promise<void> {
    const probe = new HealthProbe(this.session, texts, () => performance.now());
    await probe.around(this.window, () => this.session.trainStep(this.window, update));
    await probe.measure();
  }

  /** Enough steps for the compiler to optimise and for the engine to choose how threads share the work. */
  async warmUp(): Promise<void> {
    const begin = performance.now();
    for (let steps = 0; steps < 14 || performance.now() - begin < 300; steps++)
      await this.session.trainStep(this.window, update);
  }

  /** Characters per second over at least `seconds`. */
  async rate(seconds: number): Promise<number> {
    const begin = performance.now();
    let steps = 0;
    while (steps === 0 || performance.now() - begin < seconds * 1000) {
      await this.session.trainStep(this.window, update);
      steps++;
    }
    return (steps * this.window.time * this.window.batch * 1000) / (performance.now() - begin);
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
