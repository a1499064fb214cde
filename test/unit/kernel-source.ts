/** Kernels for tests in Node: from dist/kernels, built first where they are missing or old. One thread. */
import path from 'node:path';
import { buildKernels } from '../../scripts/kernels.ts';
import type { KernelPlatform } from '../../src/core/engine/platform.ts';
import { nodeKernelPlatform } from '../../src/worker/kernel-loader.node.ts';

const root = path.resolve(import.meta.dirname, '../..');

export async function kernelPlatform(): Promise<KernelPlatform> {
  await buildKernels(root);
  return { ...nodeKernelPlatform(path.join(root, 'dist'), { revectorize: true }), startThread: null };
}
