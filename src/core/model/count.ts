import { elements, parameterLayout } from './layout.ts';
import type { ModelSpec } from './spec.ts';

/** Number of trainable values, both bias vectors of every layer counted (V = 78, LSTM 3×512: 5,454,926). */
export function countParameters(spec: ModelSpec): number {
  return parameterLayout(spec).reduce((total, { shape }) => total + elements(shape), 0);
}
