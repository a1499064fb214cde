import { wasmEngine } from '../../../../src/core/engine/wasm/engine.ts';
import { kernelPlatform } from '../../kernel-source.ts';
import { engineConformance, float32Tolerance } from '../engine/conformance.ts';

engineConformance(
  'wasm revectorized',
  async () => wasmEngine(await kernelPlatform(), { build: 'revectorized', threads: 1 }),
  float32Tolerance,
);
