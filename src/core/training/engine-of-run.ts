import { buildOf, checkGradient, type EngineChoice } from '../engine/choose.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunManifest } from '../formats/manifest.ts';
import { t } from '../words.ts';

/** The engine that continues a run; `missing`: why it is not of the build that computed the run so far. */
export interface EngineOfRun {
  engine: Engine;
  missing?: string;
}

/**
 * Of the same build wherever that computes a right gradient here: another one rounds otherwise, and the weights would not be those
 * of an uninterrupted run. Never by a race where the run names a build. The number of threads does not matter for that.
 */
export async function openEngineOf(
  { engine: { name }, options: { engine, threads } }: Pick<RunManifest, 'engine' | 'options'>,
  open: (choice: EngineChoice) => Promise<Engine>,
): Promise<EngineOfRun> {
  if (name.startsWith('reference')) return { engine: await open({ engine: 'reference', threads }) };
  const build = buildOf(name);
  if (build === undefined)
    return { engine: await open({ engine, threads }), missing: t('this version of Cellscope does not know it') };
  let same: Engine | null = null;
  try {
    // Not `auto`, which would hide why.
    same = await open({ engine: 'wasm', threads, build });
    await checkGradient(same);
    return { engine: same };
  } catch (error) {
    await same?.dispose();
    const missing = error instanceof Error ? error.message : String(error);
    return { engine: await open({ engine, threads }), missing };
  }
}
