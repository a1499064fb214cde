import { inertText } from './inert-text.ts';

/** UTF-16 units: a message may quote the file. */
export const longestMessage = 600;

/** What can be wrong with a model file. Stable codes: hosts word their own advice from them. */
export type ModelFileFault =
  /** Shorter than a length prefix, its header or its data say. */
  | 'truncated'
  /** The header claims more than 100 MB. */
  | 'header-too-large'
  /** Not UTF-8, not JSON, or not a JSON object. */
  | 'header-invalid'
  | 'duplicate-key'
  /** `__metadata__` is not a map from text to text, or one of its values cannot be understood. */
  | 'metadata-invalid'
  /** A tensor's entry lacks a field or holds one of the wrong type. */
  | 'entry-invalid'
  | 'dtype-unsupported'
  | 'size-mismatch'
  | 'overlap'
  | 'hole'
  | 'trailing-data'
  | 'non-finite'
  | 'tensor-missing'
  | 'tensor-unexpected'
  | 'shape-mismatch'
  /** A foreign file without `__metadata__.vocab`: ask for it. */
  | 'vocabulary-missing'
  | 'vocabulary-invalid'
  | 'version-unknown';

/** A model file that cannot be used: `code` says why in one word, `tensor` which tensor is at fault, the message both in full. */
export class ModelFileError extends Error {
  readonly code: ModelFileFault;
  readonly tensor: string | null;
  constructor(code: ModelFileFault, message: string, tensor: string | null = null) {
    super(inertText(message, longestMessage));
    this.name = 'ModelFileError';
    this.code = code;
    this.tensor = tensor;
  }
}
