import { countParameters } from '../../model/count.ts';
import { outputSize } from '../../model/layout.ts';
import { gateCount, type ModelSpec } from '../../model/spec.ts';
import { validateSpec } from '../../model/validate.ts';
import { t } from '../../words.ts';
import type { Engine, Limits } from '../engine.ts';
import { ReferenceSession } from './session.ts';

/**
 * The readable engine: plain TypeScript in float64, one thread, the oracle that faster engines are tested against.
 * Serves every architecture and connection; reads forward only.
 */
export function referenceEngine(): Engine {
  return {
    name: 'reference float64',
    threads: 1,
    async open(spec, start) {
      validateSpec(spec);
      if (spec.layers.some((layer) => layer.directions.length > 1))
        throw new Error(
          t(
            'This engine reads forward only: a bidirectional layer has seen the character it would have to predict. Use a model with forward layers.',
          ),
        );
      return new ReferenceSession(spec, start);
    },
    memory: memoryOf,
    async dispose() {},
  };
}

/**
 * Numbers of 8 bytes: weights, gradients and two optimiser slots; for each character of a window the gates with their
 * gradients, h, c, tanh c and ∂h of every layer, and the logits with theirs.
 */
function memoryOf(spec: ModelSpec, { maxTime, maxBatch }: Limits): number {
  const units = spec.layers.map((layer) => (2 * gateCount[layer.cell] + 4) * outputSize(layer));
  const perCharacter = units.reduce((sum, each) => sum + each, 2 * spec.vocabulary.length);
  return 8 * (4 * countParameters(spec) + maxTime * maxBatch * perCharacter);
}
