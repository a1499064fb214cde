/** What a worker tells of a safetensors file of any size: its header at once, the statistics of a tensor when asked. Types only. */
import type { ModelDescription } from '../core/formats/model-description.ts';
import type { Dtype } from '../core/formats/safetensors-header.ts';
import type { TensorStatistics } from '../core/formats/tensor-statistics.ts';
import type { CallContext } from '../worker/channel.ts';

/** A file by its path; with its bytes where the worker cannot read it there itself. */
export interface FileQuestion {
  path: string;
  bytes?: Uint8Array;
}

export interface TensorPlace {
  dtype: Dtype;
  /** Bytes of the file, [start, end). */
  start: number;
  end: number;
}

export interface ListedTensor extends TensorPlace {
  name: string;
  /** `[512, 96]` */
  shape: string;
  values: number;
}

/** Names and texts that are absurdly long are cut: the list is for people. */
export interface ModelFileContents {
  size: number;
  /** In the order of their bytes; the first ones where there are very many. */
  tensors: ListedTensor[];
  tensorCount: number;
  values: number;
  metadata: { key: string; text: string; length: number }[];
  metadataCount: number;
  model: ModelDescription | null;
  /** Why the tensors are no model that can be opened; null where they are one. */
  refusal: string | null;
}

export interface ModelFilesService {
  /** Reads the header only. Rejects as ModelFileError where the file is no safetensors file, or with `not-found`, `unreadable`. */
  describeModelFile(request: FileQuestion, context: CallContext): Promise<ModelFileContents>;
  /** Reads one tensor in pieces. Rejects with the code `changed` where the file does not hold it any more, `forgotten` where its bytes are not held. */
  tensorStatistics(
    request: { path: string; tensor: TensorPlace },
    context: CallContext<{ fraction: number }>,
  ): Promise<TensorStatistics>;
  /** Gives back the bytes of a file that were handed over. */
  forgetModelFile(request: { path: string }, context: CallContext): Promise<void>;
}
