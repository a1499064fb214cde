import type { Init, ModelSpec } from '../model/spec.ts';
import { cellOf, type TrainingOptions } from './options.ts';

/** The model that these options make over a vocabulary. */
export function specOf(
  options: TrainingOptions,
  vocabulary: { readonly entries: readonly string[]; readonly unknown: number | null },
): ModelSpec {
  const cell = cellOf[options.architecture];
  return {
    formatVersion: 1,
    layers: Array.from({ length: options.layers }, () => ({
      cell,
      hiddenSize: options.hiddenSize,
      directions: ['forward'],
    })),
    connections: options.connections,
    vocabulary: [...vocabulary.entries],
    unknown: vocabulary.unknown,
  };
}

/** IRNN is a ReLU RNN with an identity start, whatever else was chosen. */
export function initOf(options: TrainingOptions): Init {
  return options.architecture === 'irnn' ? 'identity' : options.init;
}
