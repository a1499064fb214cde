import { wasmEngine } from '../../../../src/core/engine/wasm/engine.ts';
import { kernelPlatform } from '../../kernel-source.ts';
import { engineConformance, float32Tolerance } from '../engine/conformance.ts';

engineConformance(
  'wasm simd',
  async () => wasmEngine(await kernelPlatform(), { build: 'simd', threads: 1 }),
  float32Tolerance,
);
