/**
 * One generation of a run, `checkpoints/N/`: `model.safetensors` (weights), `state.safetensors` (optimiser slots, carried
 * state, and weights once more where the engine holds them in float64) and `state.json` (everything else, with the size
 * and hash of both, so that a torn or damaged generation is known as such when it is read).
 */
import * as v from 'valibot';
import type { LayerState, SessionState } from '../engine/engine.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { ParameterSet, Tensor } from '../model/tensors.ts';
import { t } from '../words.ts';
import { decodeCheckpoint, describeIssues, encodeCheckpoint } from './checkpoint.ts';
import { sha256OfBytes } from './digest.ts';
import { parseInertJson } from './json.ts';
import { RunFileError } from './manifest-file.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import type { Storage } from './storage.ts';

/** What is known of a generation besides its numbers. `trainer` is the trainer's own JSON. */
export interface GenerationInfo {
  number: number;
  trainedChars: number;
  validationNats: number | null;
  trainer: unknown;
}

export interface Generation extends GenerationInfo {
  session: SessionState;
}

const fileSchema = v.object({ bytes: v.number(), sha256: v.string() });
const stateSchema = v.object({
  formatVersion: v.literal(1),
  number: v.number(),
  trainedChars: v.number(),
  validationNats: v.nullable(v.number()),
  steps: v.number(),
  trainer: v.unknown(),
  files: v.object({ model: fileSchema, state: fileSchema }),
});
type StateFile = v.InferOutput<typeof stateSchema>;

export const generationFolder = (number: number): string => `checkpoints/${number}`;
const modelFile = (number: number): string => `${generationFolder(number)}/model.safetensors`;
const stateFile = (number: number): string => `${generationFolder(number)}/state.safetensors`;
const infoFile = (number: number): string => `${generationFolder(number)}/state.json`;

/** Writes all files of a generation; it does not exist for a reader before the run's pointer names it. */
export async function writeGeneration(storage: Storage, spec: ModelSpec, generation: Generation): Promise<void> {
  const { number, trainedChars, validationNats, trainer, session } = generation;
  const model = encodeCheckpoint(spec, session.parameters);
  const state = writeSafetensors(stateTensors(session), new Map());
  const info: StateFile = {
    formatVersion: 1,
    number,
    trainedChars,
    validationNats,
    steps: session.steps,
    trainer,
    files: {
      model: { bytes: model.length, sha256: await sha256OfBytes(model) },
      state: { bytes: state.length, sha256: await sha256OfBytes(state) },
    },
  };
  await storage.write(modelFile(number), model);
  await storage.write(stateFile(number), state);
  await storage.write(infoFile(number), new TextEncoder().encode(JSON.stringify(info)));
}

/** Throws RunFileError `invalid` where a file is missing, torn or damaged; StorageErrors other than `not-found` pass. */
export async function readGeneration(storage: Storage, number: number): Promise<Generation> {
  const info = await readInfo(storage, number);
  const model = await readChecked(storage, modelFile(number), info.files.model);
  const state = await readChecked(storage, stateFile(number), info.files.state);
  const { parameters } = decodeCheckpoint(model);
  return { ...info, session: sessionState(parameters, readSafetensors(state).tensors, info.steps) };
}

/** A generation's `state.json` alone. */
export async function readInfo(storage: Storage, number: number): Promise<StateFile> {
  const path = infoFile(number);
  let value: unknown;
  try {
    value = parseInertJson(new TextDecoder().decode(await storage.read(path)));
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
  const parsed = v.safeParse(stateSchema, value, { abortEarly: true });
  if (!parsed.success) throw damaged(path, describeIssues(parsed.issues));
  return parsed.output;
}

/** The weights of a generation, checked against its hash. Older generations keep nothing else. */
export async function readModel(
  storage: Storage,
  number: number,
): Promise<{ spec: ModelSpec; parameters: ParameterSet }> {
  const info = await readInfo(storage, number);
  return decodeCheckpoint(await readChecked(storage, modelFile(number), info.files.model));
}

/** Drops what only a resume needs: an older generation is kept for looking at. */
export async function dropTrainingState(storage: Storage, number: number): Promise<void> {
  await storage.remove(stateFile(number));
}

async function readChecked(storage: Storage, path: string, expected: StateFile['files']['model']): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await storage.read(path);
  } catch (error) {
    throw damaged(path, (error as Error).message);
  }
  if (bytes.length !== expected.bytes) throw damaged(path, t('{0} bytes instead of {1}', bytes.length, expected.bytes));
  if ((await sha256OfBytes(bytes)) !== expected.sha256) throw damaged(path, t('its contents are not what was written'));
  return bytes;
}

function damaged(path: string, why: string): RunFileError {
  return new RunFileError('invalid', t('{0} is damaged: {1}.', path, why.replace(/\.$/, '')));
}

function stateTensors({ parameters, optimizer, carry }: SessionState): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of parameters) {
    if (tensor.data instanceof Float64Array) tensors.set(`parameters/${name}`, tensor);
  }
  for (const [name, tensor] of optimizer) tensors.set(`optimizer/${name}`, tensor);
  carry.forEach(({ h, c }, layer) => {
    tensors.set(`carry/${layer}/h`, { shape: [h.length], data: h });
    if (c) tensors.set(`carry/${layer}/c`, { shape: [c.length], data: c });
  });
  return tensors;
}

function sessionState(parameters: ParameterSet, tensors: Map<string, Tensor>, steps: number): SessionState {
  const optimizer = new Map<string, Tensor>();
  const carry: LayerState[] = [];
  for (const [name, tensor] of tensors) {
    if (name.startsWith('parameters/')) parameters.set(name.slice('parameters/'.length), tensor);
    if (name.startsWith('optimizer/')) optimizer.set(name.slice('optimizer/'.length), tensor);
  }
  for (let layer = 0; ; layer++) {
    const h = tensors.get(`carry/${layer}/h`)?.data;
    if (!(h instanceof Float32Array)) break;
    const c = tensors.get(`carry/${layer}/c`)?.data;
    carry.push({ h, c: c instanceof Float32Array ? c : null });
  }
  return { parameters, optimizer, steps, carry };
}
