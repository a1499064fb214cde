/** Starts host.ts inside the node extension host of the headless VS Code, by @vscode/test-electron. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { cache, root } from '../../harness/paths.ts';
import type { HostMeasurements } from './measurements.ts';

export async function measureInHost(folder: string): Promise<HostMeasurements> {
  const out = path.join(cache, 'bench');
  mkdirSync(out, { recursive: true });
  const entry = path.join(out, 'host.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/bench/product/host.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    outfile: entry,
    logLevel: 'warning',
  });
  const results = path.join(out, 'host.json');
  await runTests({
    vscodeExecutablePath: path.join(root, 'test/harness/code.sh'),
    extensionDevelopmentPath: root,
    extensionTestsPath: entry,
    launchArgs: [folder],
    extensionTestsEnv: { CELLSCOPE_BENCH_OUT: results },
  });
  return JSON.parse(readFileSync(results, 'utf8')) as HostMeasurements;
}
