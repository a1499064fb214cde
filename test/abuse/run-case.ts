import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../harness/paths.ts';
import type { AbuseCase } from './case.ts';

export interface CaseResult {
  state: 'stood' | 'failed' | 'skipped';
  /** Figures, or the reason. */
  words: string;
  seconds: number;
}

const defaultSeed = 20261121;
/** Minutes that no case takes: what is not done then hangs, and the others come to their turn. */
const limit = 20;

/** Runs one case in a folder of its own, which is removed. */
export async function runCase(
  each: AbuseCase,
  setting: { count: number; distribution: string; seed?: number; progress?: (text: string) => void },
): Promise<CaseResult> {
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  const reason = each.skip?.() ?? null;
  if (reason !== null) return { state: 'skipped', words: reason, seconds: 0 };
  const folder = temporaryFolder(`abuse-${each.name}`);
  const scratch = path.join(folder, 'scratch');
  mkdirSync(scratch);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It was not done after ${limit} minutes.`)), limit * 60_000);
  });
  try {
    const { count, distribution, seed = defaultSeed, progress = () => {} } = setting;
    const words = await Promise.race([each.run({ count, scratch, distribution, seed, progress }), late]);
    return { state: 'stood', words, seconds: seconds() };
  } catch (error) {
    // A difference of two large things is pages long.
    const words = String(error instanceof Error ? error.stack : error)
      .split('\n')
      .slice(0, 40)
      .join('\n');
    return { state: 'failed', words, seconds: seconds() };
  } finally {
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
