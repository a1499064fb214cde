import { Corpus } from '../../../../src/core/corpus/corpus.ts';
import type { SourceFile } from '../../../../src/core/corpus/document.ts';
import type { Capture, Engine, Session, StepReport } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import type { LockHost } from '../../../../src/core/formats/run-lock.ts';
import { Random } from '../../../../src/core/random.ts';
import { defaultOptions, type TrainingOptions } from '../../../../src/core/training/options.ts';
import { startTraining } from '../../../../src/core/training/run.ts';
import type { Trainer } from '../../../../src/core/training/trainer.ts';
import type { TrainerHost, TrainerProgress } from '../../../../src/core/training/trainer-host.ts';
import type { MemoryStorage } from '../formats/memory-storage.ts';

/** Files of a little language with structure: assignments of letters to nested brackets. */
export function sampleFiles(files: number): SourceFile[] {
  const random = new Random(11);
  const line = (): string => {
    const name = 'abcde'[random.below(5)]!;
    const depth = 1 + random.below(3);
    return `${name} = ${'('.repeat(depth)}${name}${')'.repeat(depth)}\n`;
  };
  return Array.from({ length: files }, (_, k) => ({
    path: `file${k}.txt`,
    language: 'plaintext',
    text: Array.from({ length: 20 + random.below(20) }, line).join(''),
  }));
}

export async function smallCorpus(): Promise<Corpus> {
  return Corpus.build(sampleFiles(24), { seed: 1, minCount: 1 });
}

/** Two layers with dropout; 256 characters a step; milestones at 0 and 10,000. */
export const smallOptions: TrainingOptions = {
  ...defaultOptions,
  layers: 2,
  hiddenSize: 4,
  sequence: 16,
  batch: 16,
  budget: { kind: 'chars', amount: 40 * 256 },
  warmup: 1000,
  learningRate: 0.03,
  dropout: 0.2,
  engine: 'reference',
  seed: 5,
};

/** A host on a clock that goes on by half a millisecond at each look, and the messages it got. */
export class TestHost implements TrainerHost {
  readonly messages: TrainerProgress[] = [];
  readonly lock: LockHost;
  time = 1000;
  private readonly timers = new Set<() => void>();

  constructor(token = 'one') {
    const every = (_: number, call: () => void): (() => void) => {
      this.timers.add(call);
      return () => this.timers.delete(call);
    };
    this.lock = { owner: { token }, now: () => this.time, isGone: () => true, every };
  }
  /** Lets time go by while one waits, as for a disk: timers run. */
  async wait(milliseconds: number): Promise<void> {
    for (const end = this.time + milliseconds; this.time < end; ) {
      this.time = Math.min(end, this.time + 1000);
      for (const call of [...this.timers]) call();
      for (let k = 0; k < 30; k++) await Promise.resolve();
    }
  }
  now(): number {
    this.time += 0.5;
    return this.time;
  }
  async letMessagesIn(): Promise<void> {}
  onProgress(progress: TrainerProgress): void {
    this.messages.push(structuredClone(progress));
  }
}

/**
 * The reference engine with a hook after every training step of any of its sessions, what it returns replaces the report, and one
 * after every reading of characters.
 */
export function hookedEngine(
  afterStep: (step: number, report: StepReport) => StepReport | undefined,
  afterRun: (chars: number, capture: Capture) => void = () => {},
): Engine {
  const engine = referenceEngine();
  let steps = 0;
  return {
    ...engine,
    async open(spec, start, limits): Promise<Session> {
      const session = await engine.open(spec, start, limits);
      const trainStep = session.trainStep.bind(session);
      session.trainStep = async (window, update) => {
        const report = await trainStep(window, update);
        return afterStep(++steps, report) ?? report;
      };
      const run = session.run.bind(session);
      session.run = async (stream, capture) => {
        const captured = await run(stream, capture);
        afterRun(stream.inputs.length, capture);
        return captured;
      };
      return session;
    },
  };
}

export async function startSmall(
  storage: MemoryStorage,
  corpus: Corpus,
  { options = smallOptions, engine = referenceEngine(), host = new TestHost() } = {},
): Promise<Trainer> {
  return startTraining({ storage, corpus, engine, options, id: 'r', name: 'R', created: '2030-01-01' }, host);
}
