import { validateSpec } from '../../model/validate.ts';
import type { Engine } from '../engine.ts';
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
          'This engine reads forward only: a bidirectional layer has seen the character it would have to predict. Use a model with forward layers.',
        );
      return new ReferenceSession(spec, start);
    },
    async dispose() {},
  };
}
