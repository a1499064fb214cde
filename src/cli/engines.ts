import { chooseEngine, type EngineChoice } from '../core/engine/choose.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { TrainingOptions } from '../core/training/options.ts';
import { nodeKernelPlatform } from '../worker/kernel-loader.node.ts';

/** The built folder: the kernels lie beside the bundle. */
const platform = nodeKernelPlatform(__dirname);

export function openEngine(choice: EngineChoice): Promise<Engine> {
  return chooseEngine(platform, choice);
}

/** For reading single streams: more threads would only wait. */
export function openReadingEngine(engine: TrainingOptions['engine'] = 'auto'): Promise<Engine> {
  return openEngine({ engine, threads: 1 });
}
