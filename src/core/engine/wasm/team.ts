/**
 * Kernel threads and the coordinator that steps with them. Between steps threads sleep on a word of shared memory; to read a message
 * (a session opened or closed) they are sent back to their event loop.
 */

import type { ModelSpec } from '../../model/spec.ts';
import { sentence, ToldError, toldBy } from '../../words.ts';
import { EngineStopped, type Limits } from '../engine.ts';
import type { KernelPlatform, KernelThread } from '../platform.ts';
import { instantiate, Views } from './kernels.ts';
import { shapeOf } from './shape.ts';
import { StepRunner } from './step.ts';
import { planTraining } from './training-plan.ts';

/** Words of the control block. */
const SEQUENCE = 0;
const SESSION = 1;
const ARRIVED = 2;
const GENERATION = 3;
const FAILED = 4;
const words = 16;

/** Sent as the session: go back to the event loop. */
const TO_EVENT_LOOP = -1;
/** Rounds of watching a word before sleeping on it: tens of microseconds, more than a barrier usually takes. */
const spins = 4000;
/** A thread that does not arrive for so long is taken for dead where the host cannot tell. */
const patienceMs = 60_000;
/** How often one who waits looks whether the others live. */
const lookMs = 250;

interface Attach {
  kind: 'attach';
  session: number;
  thread: number;
  control: Int32Array;
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  spec: ModelSpec;
  limits: Limits;
  threads: number;
  dropout: boolean;
}
interface Detach {
  kind: 'detach';
  session: number;
}

/** Waits until the word differs from `value`: watching first, then asleep. Throws where a thread failed, and what `look` throws. */
function awaitChange(control: Int32Array, word: number, value: number, look: (waited: number) => void): void {
  for (let i = 0; i < spins; i++) if (Atomics.load(control, word) !== value) return;
  const start = performance.now();
  while (Atomics.load(control, word) === value) {
    Atomics.wait(control, word, value, lookMs);
    if (Atomics.load(control, FAILED) !== 0)
      throw new EngineStopped(sentence('A thread of the computation has failed.'));
    look(performance.now() - start);
  }
}

/** Meets `parties` threads: a counter of arrivals and a generation that the last one moves on. */
function barrierOf(control: Int32Array, parties: number, look: (waited: number) => void = losePatience): () => void {
  return () => {
    const generation = Atomics.load(control, GENERATION);
    if (Atomics.add(control, ARRIVED, 1) === parties - 1) {
      Atomics.store(control, ARRIVED, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
    } else awaitChange(control, GENERATION, generation, look);
  };
}

function losePatience(waited: number): void {
  if (waited > patienceMs)
    throw new EngineStopped(
      sentence('A thread of the computation has not answered for a minute. Train with one thread if it repeats.'),
    );
}

/** The coordinator's side. */
export class Team {
  readonly size: number;
  readonly barrier: () => void;
  private readonly threads: KernelThread[];
  private readonly control: Int32Array;
  private readonly waiting: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  private nextSession = 1;
  private failure: Error | null = null;

  private constructor(threads: KernelThread[]) {
    this.threads = threads;
    this.size = threads.length + 1;
    this.control = new Int32Array(threads.length > 0 ? new SharedArrayBuffer(words * 4) : new ArrayBuffer(words * 4));
    this.barrier = barrierOf(this.control, this.size, (waited) => {
      if (threads.some((thread) => thread.hasEnded())) {
        this.fail(new ToldError(sentence('It ended in the middle of a step.')));
        throw this.failure;
      }
      losePatience(waited);
    });
    for (const thread of threads) {
      thread.onMessage(() => this.waiting.shift()?.resolve());
      thread.onError((reason) => this.fail(reason));
    }
  }

  /** `size` threads with this one; one where the platform has none. */
  static async start(platform: KernelPlatform, size: number): Promise<Team> {
    const { startThread } = platform;
    if (!startThread || size <= 1) return new Team([]);
    return new Team(await Promise.all(Array.from({ length: size - 1 }, () => startThread())));
  }

  /** Gives all threads a session's memory; the number to step it by. */
  async attach(request: Omit<Attach, 'kind' | 'session' | 'thread' | 'control'>): Promise<number> {
    const session = this.nextSession++;
    const { control } = this;
    await this.tell((index) => ({ kind: 'attach', session, thread: index + 1, control, ...request }) satisfies Attach);
    return session;
  }

  async detach(session: number): Promise<void> {
    await this.tell(() => ({ kind: 'detach', session }) satisfies Detach);
  }

  /** Wakes the threads for one step of a session; the caller runs its own part and meets them at the barriers. */
  release(session: number): void {
    if (this.failure) throw this.failure;
    Atomics.store(this.control, SESSION, session);
    Atomics.add(this.control, SEQUENCE, 1);
    Atomics.notify(this.control, SEQUENCE);
  }

  async stop(): Promise<void> {
    this.failure ??= new ToldError(sentence('The engine was stopped. Open the model with a new one.'));
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }

  private async tell(message: (index: number) => unknown): Promise<void> {
    if (this.threads.length === 0) return;
    this.release(TO_EVENT_LOOP);
    const answers = this.threads.map(
      () => new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject })),
    );
    this.threads.forEach((thread, index) => {
      thread.post(message(index));
    });
    await Promise.all(answers);
  }

  private fail(reason: Error): void {
    this.failure ??= new EngineStopped(sentence('A thread of the computation ended.'), ...toldBy(reason));
    Atomics.store(this.control, FAILED, 1);
    for (const word of [GENERATION, SEQUENCE]) Atomics.notify(this.control, word); // others that wait
    for (const entry of this.waiting.splice(0)) entry.reject(this.failure);
  }
}

/** A kernel thread's side: answers the coordinator's messages and steps between them. */
export function serveKernelThread(port: {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}): void {
  const runners = new Map<number, StepRunner>();
  let shared: Int32Array | null = null;
  port.onMessage((message) => {
    const request = message as Attach | Detach;
    if (request.kind === 'detach') runners.delete(request.session);
    else runners.set(request.session, openRunner(request));
    if (request.kind === 'attach') shared = request.control;
    if (!shared) return;
    const seen = Atomics.load(shared, SEQUENCE);
    port.post('ready');
    work(shared, runners, seen);
  });
}

function openRunner({ module, memory, spec, limits, threads, dropout, thread, control }: Attach): StepRunner {
  const plan = planTraining(shapeOf(spec), { ...limits, threads, dropout });
  return new StepRunner(instantiate(module, memory), new Views(memory), plan, thread, barrierOf(control, threads));
}

/** Steps until it is called back to the event loop. */
function work(control: Int32Array, runners: ReadonlyMap<number, StepRunner>, start: number): void {
  let seen = start;
  try {
    for (;;) {
      awaitChange(control, SEQUENCE, seen, () => {}); // for ever
      seen = Atomics.load(control, SEQUENCE);
      const session = Atomics.load(control, SESSION);
      if (session === TO_EVENT_LOOP) return;
      runners.get(session)!.run();
    }
  } catch (error) {
    Atomics.store(control, FAILED, 1);
    throw error;
  }
}
