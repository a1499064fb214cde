/** Opening models for the inspector: a run's generation or a checkpoint file. */
import { Vocabulary } from '../core/corpus/vocabulary.ts';
import type { Engine, Session } from '../core/engine/engine.ts';
import { decodeCheckpoint, RunFolder, type Storage } from '../core/formats/index.ts';
import { inertText } from '../core/formats/inert-text.ts';
import { readVocabulary } from '../core/formats/vocabulary.ts';
import { t } from '../core/words.ts';
import type { ModelInfo, ModelReference } from '../protocol/inspector-service.ts';
import { CodedError } from './channel.ts';

/** What the inspector needs of the place where it runs. */
export interface InspectorPlatform {
  /** `reading`: for one stream at a time, soon; else for long measurements. */
  openEngine(purpose: 'reading' | 'measuring'): Promise<Engine>;
  /** The files of a run folder, for reading. */
  storage(folder: string): Storage;
  /** Bytes of a single file. */
  readFile(path: string): Promise<Uint8Array>;
  /** A file of dist/, by name (grammars). */
  readAsset(name: string): Promise<Uint8Array>;
  /** Resolves after messages that have arrived were delivered. */
  pause(): Promise<void>;
}

export interface OpenModel {
  readonly session: Session;
  readonly vocabulary: Vocabulary;
  readonly info: ModelInfo;
  /** Aborted when the model is closed or replaced. */
  readonly closing: AbortController;
}

/** @throws ModelFileError, RunFileError, StorageError, or CodedError `bidirectional`; each says what is wrong with the model. */
export async function openModel(
  engine: Engine,
  platform: InspectorPlatform,
  reference: ModelReference,
): Promise<OpenModel> {
  const { spec, parameters, name, generation, generations } = await load(platform, reference);
  if (spec.layers.some((layer) => layer.directions.length > 1))
    throw new CodedError(
      'bidirectional',
      t(
        'This model reads text in both directions, so it has no state after a character alone. Open a model with forward layers.',
      ),
    );
  const session = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 1 });
  return {
    session,
    vocabulary: new Vocabulary(spec.vocabulary, spec.unknown),
    info: { key: reference.key, spec, name: inertText(name), generation, generations },
    closing: new AbortController(),
  };
}

async function load(platform: InspectorPlatform, reference: ModelReference) {
  if (reference.kind === 'file') {
    const { vocabulary } = reference;
    const given = vocabulary === undefined ? undefined : new TextDecoder().decode(await platform.readFile(vocabulary));
    const bytes = await platform.readFile(reference.path);
    const checkpoint = decodeCheckpoint(bytes, given === undefined ? undefined : readVocabulary(given));
    const name = reference.path.split(/[/\\]/).at(-1) ?? reference.path;
    return { ...checkpoint, name, generation: null, generations: [] };
  }
  const run = await RunFolder.open(platform.storage(reference.folder));
  const { manifest } = run;
  // While it trains, or stands still for a while, the newest is the one to watch; afterwards the best one counts.
  const goesOn = manifest.state === 'running' || manifest.state === 'paused';
  const which = reference.generation ?? (goesOn ? 'current' : 'best');
  const model = await run.readModel(which);
  return { ...model, name: manifest.name, generations: manifest.generations };
}
