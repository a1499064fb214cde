/** Workers, command line and kernels bundled as they are shipped, into a folder of their own: other builds do not touch it. */
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { buildKernels } from '../../scripts/kernels.ts';
import { root } from '../harness/paths.ts';

export async function buildDistribution(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await buildKernels(root);
  cpSync(path.join(root, 'dist/kernels'), path.join(folder, 'kernels'), { recursive: true });
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    alias: { 'web-tree-sitter': path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') },
    entryPoints: {
      'training-worker': 'src/worker/training.node.ts',
      'inspector-worker': 'src/worker/inspector.node.ts',
      'file-worker': 'src/worker/file.node.ts',
      'kernel-thread': 'src/worker/kernel-thread.node.ts',
      cli: 'src/cli/main.ts',
    },
  });
}
