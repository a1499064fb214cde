/** What test/reference/gradients.py wrote, and sessions with its weights. */

import { nextCharacters } from '../../../../src/core/corpus/vocabulary.ts';
import type { Engine, Session } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { wasmEngine } from '../../../../src/core/engine/wasm/engine.ts';
import type { Position, TextStream } from '../../../../src/core/gradients/positions.ts';
import { parameterLayout } from '../../../../src/core/model/layout.ts';
import type { CellKind, ModelSpec } from '../../../../src/core/model/spec.ts';
import type { ParameterSet } from '../../../../src/core/model/tensors.ts';
import golden from '../../../reference/gradients.json' with { type: 'json' };
import { kernelPlatform } from '../../kernel-source.ts';
import { specOf } from '../engine/models.ts';

export interface GoldenCase {
  cell: CellKind;
  layers: number;
  hiddenSize: number;
  vocabularySize: number;
  lags: number;
  weights: Record<string, number[]>;
  texts: number[][];
  positions: [number, number][];
  /** [layer][h, c][lag] */
  relative: number[][][];
  reach: {
    at: number;
    logit: number;
    x: number[];
    signedX: number[];
    layers: { norms: number[][]; signed: number[][] }[];
  };
  spectra: { gate: string; rho: number; sigmaMax: number }[][];
  jacobians: { at: number; steps: number[]; norms: number[][] };
  contributions: { squares: number[]; products: number[]; total: number }[];
}

export const cases = (golden as unknown as { cases: GoldenCase[] }).cases;

export const engines: { name: string; open: () => Promise<Engine> }[] = [
  { name: 'reference', open: async () => referenceEngine() },
  { name: 'wasm', open: async () => wasmEngine(await kernelPlatform(), { build: 'simd', threads: 1 }) },
];

export function specOfCase({ cell, layers, hiddenSize, vocabularySize }: GoldenCase): ModelSpec {
  return specOf({ cell, layers, hiddenSize, vocabularySize });
}

export function parametersOfCase(one: GoldenCase): ParameterSet {
  return new Map(
    parameterLayout(specOfCase(one)).map(({ name, shape }) => [
      name,
      { shape, data: Float64Array.from(one.weights[name]!) },
    ]),
  );
}

export async function openCase(engine: Engine, one: GoldenCase): Promise<Session> {
  const start = { kind: 'parameters', parameters: parametersOfCase(one) } as const;
  return engine.open(specOfCase(one), start, { maxTime: 0, maxBatch: 0 });
}

export function textsOf({ texts }: GoldenCase): TextStream[] {
  return texts.map((text) => {
    const inputs = Int32Array.from(text);
    return { inputs, targets: nextCharacters(inputs) };
  });
}

export function positionsOf({ positions }: GoldenCase): Position[] {
  return positions.map(([text, at]) => ({ text, at }));
}

/** Largest |a/b − 1|; two zeros are equal. */
export function worstRatio(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) worst = Math.max(worst, Math.abs(a[i]! / b[i]! - 1));
  return worst;
}
