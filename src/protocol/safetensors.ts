/** Messages of the editor of safetensors files. Numbers that are not finite travel as null. */
import * as v from 'valibot';
import { finite, index, messageKind } from './webview.ts';

const tensor = v.object({ name: v.string(), dtype: v.string(), shape: v.string(), values: index, bytes: index });
export type ShownTensor = v.InferOutput<typeof tensor>;

const layer = v.object({
  cell: v.picklist(['tanh', 'relu', 'lstm', 'gru']),
  hiddenSize: index,
  bidirectional: v.boolean(),
});

const model = v.object({
  /** Written by Cellscope. */
  own: v.boolean(),
  layers: v.array(layer),
  connections: v.picklist(['none', 'residual', 'dense', 'highway']),
  vocabularySize: index,
  /** Its first characters; null where the file leaves them out. */
  vocabulary: v.nullable(v.array(v.string())),
});
export type ShownModel = v.InferOutput<typeof model>;

const file = v.object({
  /** Grows whenever the file is read again: answers to an earlier one are old. */
  version: index,
  name: v.string(),
  size: index,
  tensors: v.array(tensor),
  tensorCount: index,
  values: index,
  metadata: v.array(v.object({ key: v.string(), text: v.string(), length: index })),
  metadataCount: index,
  model: v.nullable(model),
  /** Why it is no model that can be opened. */
  refusal: v.nullable(v.string()),
  /** Whether the Inspector can be asked to open it from where it lies. */
  canOpen: v.boolean(),
});
export type ShownFile = v.InferOutput<typeof file>;

const statistics = v.object({
  nonFinite: index,
  zeros: index,
  min: v.nullable(finite),
  max: v.nullable(finite),
  mean: v.nullable(finite),
  deviation: v.nullable(finite),
  norm: v.nullable(finite),
});
export type ShownStatistics = v.InferOutput<typeof statistics>;

/** Host → webview. */
export const toSafetensors = {
  file: messageKind('safetensors/file', file),
  /** The file cannot be read, or is no safetensors file. */
  refused: messageKind('safetensors/refused', v.object({ name: v.string(), message: v.string() })),
  statistics: messageKind(
    'safetensors/statistics',
    v.object({ version: index, tensor: index, statistics: v.nullable(statistics), failure: v.nullable(v.string()) }),
  ),
  /** Of a tensor that takes a while, 0…1. */
  progress: messageKind('safetensors/progress', v.object({ version: index, tensor: index, fraction: finite })),
};

/** Webview → host. */
export const fromSafetensors = {
  ready: messageKind('safetensors/ready', v.object({})),
  /** Tensors in view, by their place in the file; replaces what was asked for before. */
  measure: messageKind('safetensors/measure', v.object({ version: index, tensors: v.array(index) })),
  open: messageKind('safetensors/open', v.object({})),
  retry: messageKind('safetensors/retry', v.object({})),
};
