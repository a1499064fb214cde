/** Where a training's weights start: `--start base`, a model of one's own, or random ones. */
import path from 'node:path';
import type { Corpus } from '../core/corpus/corpus.ts';
import { encodeCheckpoint } from '../core/formats/index.ts';
import {
  type BaseModel,
  baseModelName,
  misfitOf,
  readBaseModel,
  type TrainingOptions,
} from '../core/training/index.ts';
import { openModel } from './models.ts';
import { UsageError } from './usage-error.ts';

export const startOption = {
  start: {
    kind: 'text',
    placeholder: 'base|fresh|MODEL',
    help: 'weights to start from: the shipped base model of this size, random ones (default), or a run folder or .safetensors',
  },
} as const;

/** Beside the built folder. */
const shipped = path.join(__dirname, '../media/base');

/** @throws UsageError where the model is another network than the options ask for, or has read another kind of text. */
export async function baseFor(
  wanted: string | undefined,
  options: TrainingOptions,
  corpus: Corpus,
): Promise<BaseModel | undefined> {
  if (wanted === undefined || wanted === 'fresh') return undefined;
  const { spec, parameters, name } = await openModel(
    wanted === 'base' ? path.join(shipped, `${baseModelName(options)}.safetensors`) : wanted,
  );
  const base = await readBaseModel(name, encodeCheckpoint(spec, parameters));
  const misfit = misfitOf(base, options, corpus);
  if (misfit !== null) throw new UsageError(`--start ${wanted} does not fit: ${misfit}. Choose --start fresh.`);
  return base;
}
