import type { ModelSpec } from '../../model/spec.ts';
import { validateSpec } from '../../model/validate.ts';
import { t } from '../../words.ts';
import type { Engine, Limits } from '../engine.ts';
import type { KernelBuild, KernelPlatform } from '../platform.ts';
import { seedPanels } from './lags.ts';
import { planReading } from './reading-plan.ts';
import { readingSteps, WasmSession } from './session.ts';
import { shapeOf } from './shape.ts';
import { Team } from './team.ts';
import { planTraining } from './training-plan.ts';

export interface WasmOptions {
  build: KernelBuild;
  /** Threads with the coordinator's; 0: one less than there are cores, at least 1. */
  threads: number;
}

/**
 * The fast engine: float32 kernels in WebAssembly SIMD. Rejects where the host cannot compile the build.
 * One coordinator calls it, never a user-interface thread: a step computes without yielding.
 */
export async function wasmEngine(platform: KernelPlatform, { build, threads }: WasmOptions): Promise<Engine> {
  if (build === 'revectorized' && !platform.enableRevectorization())
    throw new Error(
      t('The revectorized kernel needs a host with V8’s revectorization turned on. Use the relaxed build.'),
    );
  const wanted = platform.startThread ? threadsFor(platform.cores, threads) : 1;
  const single = await WebAssembly.compile(await platform.readKernel(build, false));
  const shared = wanted > 1 ? await WebAssembly.compile(await platform.readKernel(build, true)) : null;
  const team = await Team.start(platform, wanted);
  return {
    name: `wasm ${build}${team.size > 1 ? ` ×${team.size}` : ''}`,
    threads: team.size,
    async open(spec, start, limits) {
      const reason = refusal(spec);
      if (reason) throw new Error(reason);
      return WasmSession.open(spec, start, limits, { single, shared }, team);
    },
    memory: (spec, limits, dropout) => estimateMemory(spec, limits, team.size, dropout),
    dispose: () => team.stop(),
  };
}

/** Threads for a choice of 0 (one less than there are cores, at least one) or a number, at most one per core. */
export function threadsFor(cores: number, choice: number): number {
  return Math.max(1, Math.min(cores, choice > 0 ? choice : cores - 1));
}

/** Why this engine does not serve a model, or null. Throws a SpecError where there is no such model at all. */
export function refusal(spec: ModelSpec): string | null {
  validateSpec(spec);
  if (spec.layers.some((layer) => layer.directions.length > 1))
    return t('The WebAssembly engine reads forward only; a bidirectional model has no next character to predict.');
  return null;
}

/** Steps that a training's health probe reads at once (gradients/health.ts). */
const probeSteps = 256;

/** Bytes that a session will hold: training memory for the limits, and memory for reading streams. */
export function estimateMemory(spec: ModelSpec, limits: Limits, threads: number, dropout = false): number {
  const shape = shapeOf(spec);
  if (limits.maxTime === 0) return planReading(shape, readingSteps, 0).bytes + shape.size * 4;
  // A training's health is looked at from a few seeds.
  const reading = planReading(shape, probeSteps, seedPanels).bytes;
  return reading + planTraining(shape, { ...limits, threads, dropout: dropout && spec.layers.length > 1 }).bytes;
}
