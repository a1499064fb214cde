/** What model a safetensors file holds, from its header alone: no value is read. */
import type { LayerSpec, ModelSpec } from '../model/spec.ts';
import type { Tensor } from '../model/tensors.ts';
import { readOwnModel } from './checkpoint.ts';
import { readForeignModel, readForeignNetwork } from './foreign.ts';
import { ModelFileError } from './model-file-error.ts';
import { requireFloats } from './safetensors.ts';
import type { SafetensorsHeader } from './safetensors-header.ts';

export interface ModelDescription {
  /** True for a file that Cellscope wrote. */
  own: boolean;
  layers: LayerSpec[];
  connections: ModelSpec['connections'];
  vocabularySize: number;
  /** Null where the file leaves it out: whoever opens the model is asked for it. */
  vocabulary: string[] | null;
}

/** Throws ModelFileError where the tensors are no model of Cellscope's and no RNN, LSTM or GRU with PyTorch's names; it names the tensor at fault. */
export function describeModel({ metadata, entries }: SafetensorsHeader): ModelDescription {
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape } of entries) {
    requireFloats(name, dtype);
    tensors.set(name, { shape, data: noValues });
  }
  try {
    const own = metadata.has('spec');
    const { spec } = own ? readOwnModel(metadata, tensors) : readForeignModel(metadata, tensors);
    const { layers, connections, vocabulary } = spec;
    return { own, layers, connections, vocabularySize: vocabulary.length, vocabulary };
  } catch (error) {
    const missing = error instanceof ModelFileError && error.code === 'vocabulary-missing';
    if (!missing || metadata.has('spec')) throw error;
    const { layers, vocabularySize } = readForeignNetwork(metadata, tensors);
    return { own: false, layers, connections: 'none', vocabularySize, vocabulary: null };
  }
}

const noValues = new Float32Array(0);
