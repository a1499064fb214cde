import { wasmEngine } from '../../../../src/core/engine/wasm/engine.ts';
import { kernelPlatform } from '../../kernel-source.ts';
import { engineConformance, float32Tolerance } from '../engine/conformance.ts';

engineConformance(
  'wasm relaxed',
  async () => wasmEngine(await kernelPlatform(), { build: 'relaxed', threads: 1 }),
  float32Tolerance,
);
