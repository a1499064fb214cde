/** One step's arguments, written into the session's memory for all threads to read. */
import type { OptimizerSpec, Update } from '../engine.ts';
import type { Views } from './kernels.ts';

/** How threads share a step: not at all, by batch panels, or by hidden units with a barrier at every time step. */
export type Split = 'single' | 'panels' | 'units';
const splits: readonly Split[] = ['single', 'panels', 'units'];
const optimizers: readonly OptimizerSpec['kind'][] = ['adam', 'rmsprop', 'adadelta', 'sgd'];

export interface Job {
  split: Split;
  time: number;
  /** Real lanes, and panels of 8 that hold them. */
  batch: number;
  panels: number;
  /** Number of (t, lane) where a document starts. */
  resets: number;
  /** Scored characters. */
  scored: number;
  /** Null: gradients only. */
  update: Update | null;
  /** Optimiser steps including this one. */
  step: number;
}

export function writeJob({ i32, f64 }: Views, at: number, job: Job): void {
  const { update } = job;
  const kind = update ? optimizers.indexOf(update.optimizer.kind) : -1;
  i32.set([splits.indexOf(job.split), job.time, job.batch, job.panels, job.resets, job.scored, job.step, kind], at / 4);
  if (!update) return;
  const { optimizer, learningRate, clipNorm, dropout, dropoutSeed } = update;
  const [a, b, epsilon] =
    optimizer.kind === 'adam'
      ? [optimizer.beta1, optimizer.beta2, optimizer.epsilon]
      : optimizer.kind === 'sgd'
        ? [optimizer.momentum, 0, 0]
        : [optimizer.decay, 0, optimizer.epsilon];
  f64.set([learningRate, clipNorm, dropout, dropoutSeed, a, b, epsilon], at / 8 + 8);
}

export function readJob({ i32, f64 }: Views, at: number): Job {
  const [split, time, batch, panels, resets, scored, step, kind] = i32.subarray(
    at / 4,
    at / 4 + 8,
  ) as unknown as number[];
  const job = {
    split: splits[split!]!,
    time: time!,
    batch: batch!,
    panels: panels!,
    resets: resets!,
    scored: scored!,
    step: step!,
  };
  if (kind! < 0) return { ...job, update: null };
  const numbers = f64.subarray(at / 8 + 8, at / 8 + 15) as unknown as number[];
  const [learningRate, clipNorm, dropout, dropoutSeed, a, b, epsilon] = numbers;
  const update = { learningRate: learningRate!, clipNorm: clipNorm!, dropout: dropout!, dropoutSeed: dropoutSeed! };
  return { ...job, update: { ...update, optimizer: optimizerOf(optimizers[kind!]!, a!, b!, epsilon!) } };
}

function optimizerOf(kind: OptimizerSpec['kind'], a: number, b: number, epsilon: number): OptimizerSpec {
  switch (kind) {
    case 'adam':
      return { kind, beta1: a, beta2: b, epsilon };
    case 'sgd':
      return { kind, momentum: a };
    default:
      return { kind, decay: a, epsilon };
  }
}
