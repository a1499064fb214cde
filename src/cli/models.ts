/** A model named on the command line: a run folder, or a `.safetensors` that Cellscope or PyTorch wrote. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { decodeCheckpoint, ModelFileError, RunFolder } from '../core/formats/index.ts';
import type { ModelSpec } from '../core/model/spec.ts';
import type { ParameterSet } from '../core/model/tensors.ts';
import { nodeStorage } from '../worker/node-storage.ts';
import { UsageError } from './usage-error.ts';

export interface OpenedModel {
  spec: ModelSpec;
  parameters: ParameterSet;
  /** For people. */
  name: string;
}

/**
 * The best checkpoint of a run, or the file's model. `vocabularyFile` is a JSON array of characters, for a foreign file
 * that has none. Throws UsageError where there is nothing of that name.
 */
export async function openModel(target: string, vocabularyFile?: string): Promise<OpenedModel> {
  const found = await stat(target).catch(() => null);
  if (!found) throw new UsageError(`There is no model ${target}: name a run folder or a .safetensors file.`);
  if (found.isDirectory()) {
    const run = await RunFolder.open(nodeStorage(path.resolve(target)));
    const { spec, parameters, generation } = await run.readModel('best');
    return { spec, parameters, name: `${run.manifest.name} (generation ${generation})` };
  }
  try {
    const vocabulary = vocabularyFile === undefined ? undefined : await readVocabularyFile(vocabularyFile);
    const { spec, parameters } = decodeCheckpoint(await readFile(target), vocabulary);
    return { spec, parameters, name: path.basename(target) };
  } catch (error) {
    if (error instanceof ModelFileError && error.code === 'vocabulary-missing')
      throw new UsageError(`${error.message} Give it with --vocab FILE, a JSON array of characters.`);
    throw error;
  }
}

async function readVocabularyFile(file: string): Promise<string[]> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`The vocabulary ${file} cannot be read: ${(error as Error).message}`);
  }
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string'))
    throw new UsageError(`The vocabulary ${file} is no JSON array of characters.`);
  return value;
}

/** `LSTM 1×128`, as in tables. */
export function describeModel({ layers, connections }: ModelSpec): string {
  const sizes = layers.map((layer) => layer.hiddenSize);
  const same = sizes.every((size) => size === sizes[0]);
  const shape = same ? `${sizes.length}×${sizes[0]}` : sizes.join('+');
  const kind = { lstm: 'LSTM', gru: 'GRU', tanh: 'tanh RNN', relu: 'ReLU RNN' }[layers[0]!.cell];
  return `${kind} ${shape}${connections === 'none' ? '' : `, ${connections} connections`}`;
}
