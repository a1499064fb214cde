/** Which engine a host gets: the fastest kernel build that computes a right gradient here, else the reference. */
import type { ModelSpec } from '../model/spec.ts';
import { Random } from '../random.ts';
import type { TrainingOptions } from '../training/options.ts';
import { t } from '../words.ts';
import type { Engine, Session, Start, Window } from './engine.ts';
import type { KernelBuild, KernelPlatform } from './platform.ts';
import { fastestOf, type Racer } from './race.ts';
import { referenceEngine } from './reference/reference.ts';
import { wasmEngine } from './wasm/engine.ts';

export interface EngineChoice {
  engine: TrainingOptions['engine'];
  /** 0: one less than there are cores, at least 1. */
  threads: number;
  /** A build to take without a race, as a run that is continued wants it (`buildOf` its engine's name). */
  build?: KernelBuild | undefined;
}

/** In the order in which they are tried: revectorization, once on, stays on for what is compiled after. */
const builds: readonly KernelBuild[] = ['simd', 'relaxed', 'revectorized'];

/** Largest difference ‖a − b‖/‖b‖ of a tensor's gradient from the reference's; float32 gives about 1e-6. */
const tolerance = 1e-4;

const races = new WeakMap<KernelPlatform, Promise<KernelBuild>>();

/**
 * Opens the engine that was asked for. `auto` falls back to the reference where no build works; `wasm` rejects with the reasons then.
 * The race between the builds is run once per platform, about a third of a second.
 */
export async function chooseEngine(platform: KernelPlatform, choice: EngineChoice): Promise<Engine> {
  if (choice.engine === 'reference') return referenceEngine();
  try {
    const build = choice.build ?? (await fastestBuild(platform));
    return await wasmEngine(platform, { build, threads: choice.threads });
  } catch (error) {
    if (choice.engine === 'wasm') throw error;
    return referenceEngine();
  }
}

/** In the order in which they are tried for reading. */
const readingBuilds: readonly KernelBuild[] = ['relaxed', 'simd'];

/**
 * The engine for reading one stream at a time, with one thread and without a race: a stream waits for its weights to come from memory,
 * so the builds hardly differ there, and somebody waits for the first colours. The first that computes a right gradient, else the
 * reference.
 */
export async function chooseReadingEngine(platform: KernelPlatform): Promise<Engine> {
  for (const build of readingBuilds) {
    try {
      const engine = await wasmEngine(platform, { build, threads: 1 });
      await checkGradient(engine);
      return engine;
    } catch {
      // The next one.
    }
  }
  return referenceEngine();
}

/** The kernel build in an engine's name (`wasm relaxed ×2`), or undefined where it is another engine. */
export function buildOf(engineName: string): KernelBuild | undefined {
  const name = /^wasm (\S+)/.exec(engineName)?.[1];
  return builds.find((build) => build === name);
}

/** The fastest build that passes the gradient check on this platform. */
export function fastestBuild(platform: KernelPlatform): Promise<KernelBuild> {
  let race = races.get(platform);
  if (!race) {
    race = runRace(platform);
    races.set(platform, race);
  }
  return race;
}

async function runRace(platform: KernelPlatform): Promise<KernelBuild> {
  const reasons: string[] = [];
  const runners: Runner[] = [];
  for (const build of builds) {
    try {
      const engine = await wasmEngine(platform, { build, threads: 1 });
      await checkGradient(engine);
      runners.push(await startRunner(build, engine));
    } catch (error) {
      reasons.push(`${build}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (runners.length === 0)
    throw new Error(t('No WebAssembly kernel works here. Choose the reference engine. {0}', reasons.join(' · ')));
  const winner = await fastestOf(runners);
  for (const { engine, session } of runners) {
    await session.close();
    await engine.dispose();
  }
  return runners[winner]!.build;
}

/** Throws where a tensor of a small model's gradient differs from the reference's. */
export async function checkGradient(engine: Engine): Promise<void> {
  const spec = smallModel(7, 13);
  const window = randomWindow(7, 5, 11);
  const start: Start = { kind: 'fresh', seed: 1, init: 'orthogonal' };
  const [given, wanted] = await Promise.all(
    [engine, referenceEngine()].map(async (each) => {
      const session = await each.open(spec, start, { maxTime: window.time, maxBatch: window.batch });
      const { gradients } = await session.gradients(window);
      await session.close();
      return gradients;
    }),
  );
  for (const [name, { data }] of wanted!) {
    const found = given!.get(name)!.data;
    let difference = 0;
    let norm = 0;
    for (let i = 0; i < data.length; i++) {
      difference += (found[i]! - data[i]!) ** 2;
      norm += data[i]! ** 2;
    }
    const relative = Math.sqrt(difference / norm);
    if (!(relative <= tolerance))
      throw new Error(t('its gradient of {0} is wrong by {1} on this machine.', name, relative.toExponential(1)));
  }
}

/** One build in the race. */
interface Runner extends Racer {
  build: KernelBuild;
  engine: Engine;
  session: Session;
}

async function startRunner(build: KernelBuild, engine: Engine): Promise<Runner> {
  const window = randomWindow(64, 16, 16);
  const session = await engine.open(
    smallModel(64, 96),
    { kind: 'fresh', seed: 1, init: 'uniform' },
    { maxTime: window.time, maxBatch: window.batch },
  );
  return { build, engine, session, step: () => step(session, window) };
}

async function step(session: Session, window: Window): Promise<void> {
  await session.trainStep(window, {
    optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    learningRate: 1e-3,
    clipNorm: 1,
    dropout: 0,
    dropoutSeed: 0,
  });
}

function smallModel(vocabulary: number, hiddenSize: number): ModelSpec {
  return {
    formatVersion: 1,
    layers: [{ cell: 'lstm', hiddenSize, directions: ['forward'] }],
    connections: 'none',
    vocabulary: Array.from({ length: vocabulary }, (_, i) => String.fromCodePoint(0x21 + i)),
    unknown: null,
  };
}

function randomWindow(vocabulary: number, time: number, batch: number): Window {
  const random = new Random(1);
  const indices = (): Int32Array => Int32Array.from({ length: time * batch }, () => random.below(vocabulary));
  return { time, batch, inputs: indices(), targets: indices(), reset: new Uint8Array(time * batch) };
}
