/** Kernels for tests in a browser: in the bundle, by esbuild's binary loader. One thread; revectorization is the browser's affair. */
import type { KernelBuild, KernelPlatform } from '../../src/core/engine/platform.ts';

const bundled: Record<KernelBuild, () => Promise<{ default: Uint8Array }>> = {
  // @ts-expect-error: present once the kernels are built
  simd: () => import('../../dist/kernels/simd.wasm'),
  // @ts-expect-error: present once the kernels are built
  relaxed: () => import('../../dist/kernels/relaxed.wasm'),
  // @ts-expect-error: present once the kernels are built
  revectorized: () => import('../../dist/kernels/revectorized.wasm'),
};

export async function kernelPlatform(): Promise<KernelPlatform> {
  return {
    cores: 1,
    readKernel: async (build) => (await bundled[build]()).default,
    enableRevectorization: () => true,
    startThread: null,
  };
}
