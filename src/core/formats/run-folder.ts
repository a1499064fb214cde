/**
 * A run on disk over an abstract storage:
 *
 *     run.json                      what the run is; replaced by renaming
 *     corpus.jsonl                  the texts it trains on
 *     metrics.jsonl                 appended
 *     lock.json                     who trains, with a heartbeat
 *     checkpoints/current.json      { "generation": N }: the pointer, replaced by renaming
 *     checkpoints/N/…               a generation, see generation.ts
 *
 * A generation is written whole and synced before the pointer names it, so a kill at any instant leaves the last good one.
 * The pointer is the truth; run.json follows it and is brought up to date when the run is opened after a kill between both.
 */
import type { CorpusSnapshot } from '../corpus/corpus.ts';
import type { SessionState } from '../engine/engine.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { ParameterSet } from '../model/tensors.ts';
import { type Sentence, sayInEnglish, t } from '../words.ts';
import { encodeCorpus, parseCorpus } from './corpus-file.ts';
import {
  dropTrainingState,
  type Generation,
  type GenerationInfo,
  generationFolder,
  readGeneration,
  readInfo,
  readModel,
  writeGeneration,
} from './generation.ts';
import { parseInertJson } from './json.ts';
import type { MetricPoint, RunManifest, RunState } from './manifest.ts';
import { encodeManifest, parseManifest, RunFileError } from './manifest-file.ts';
import { encodeMetrics, parseMetrics } from './metrics-file.ts';
import { generationsToRemove } from './retention.ts';
import { type Storage, StorageError } from './storage.ts';

const manifestFile = 'run.json';
const corpusFile = 'corpus.jsonl';
const metricsFile = 'metrics.jsonl';
const pointerFile = 'checkpoints/current.json';

/** What a generation adds to its number: the trainer's JSON and the engine's state. */
export interface NewGeneration extends Omit<GenerationInfo, 'number'> {
  session: SessionState;
}

export class RunFolder {
  readonly storage: Storage;
  private current: RunManifest;

  private constructor(storage: Storage, manifest: RunManifest) {
    this.storage = storage;
    this.current = manifest;
  }

  /**
   * Starts a run in an empty or missing folder; run.json comes last and makes it one. Where that fails what was written is
   * removed again, so that a full disk is not kept full by a run that is none.
   */
  static async create(storage: Storage, manifest: RunManifest, corpus: CorpusSnapshot): Promise<RunFolder> {
    if ((await storage.list('')).includes(manifestFile))
      throw new RunFileError(
        'invalid',
        t('There is a run in this folder already. Choose another folder, or resume the run.'),
      );
    const folder = new RunFolder(storage, manifest);
    try {
      let first = true;
      for (const piece of encodeCorpus(corpus)) {
        if (first) await storage.write(corpusFile, piece);
        else await storage.append(corpusFile, piece);
        first = false;
      }
      await folder.update({});
    } catch (error) {
      await storage.remove(corpusFile).catch(() => undefined);
      throw error;
    }
    return folder;
  }

  /**
   * Opens a run for reading or for a resume. Throws RunFileError `missing`, `invalid` or `version-unknown`.
   * The manifest reflects the pointer (in memory; nothing is written).
   */
  static async open(storage: Storage): Promise<RunFolder> {
    let bytes: Uint8Array;
    try {
      bytes = await storage.read(manifestFile);
    } catch (error) {
      if (error instanceof StorageError && error.fault === 'not-found')
        throw new RunFileError('missing', t('This folder holds no run: it has no run.json.'));
      throw error;
    }
    const folder = new RunFolder(storage, parseManifest(bytes));
    await folder.followPointer();
    return folder;
  }

  get manifest(): Readonly<RunManifest> {
    return this.current;
  }

  /** Rewrites run.json with these fields changed; all others stay, also those this version does not know. */
  async update(changes: Partial<RunManifest>): Promise<void> {
    const next = { ...this.current, ...changes };
    await this.replace(manifestFile, encodeManifest(next));
    this.current = next;
  }

  /** The same, and takes the message away where none is given. It is written in English, with what it is made of. */
  async setState(state: RunState, told?: readonly Sentence[]): Promise<void> {
    const { message: _, told: __, ...rest } = this.current;
    this.current = rest;
    await this.update(told ? { state, message: sayInEnglish(told), told } : { state });
  }

  /** The number that the next saved generation gets. */
  get nextGeneration(): number {
    return 1 + Math.max(0, this.current.current ?? 0, ...this.current.generations.map((kept) => kept.number));
  }

  /**
   * Writes a generation, makes it current, rewrites run.json with `changes` and drops what is over the cap. Resolves with
   * its number. On a StorageError (a full disk) what was half-written is removed where that still works, and the run
   * stands at its last good generation.
   */
  async saveGeneration(generation: NewGeneration, changes: Partial<RunManifest> = {}): Promise<number> {
    const number = this.nextGeneration;
    await this.storage.remove(generationFolder(number)); // left by a kill
    try {
      await writeGeneration(this.storage, this.current.spec, { ...generation, number });
      await this.point(number);
    } catch (error) {
      await this.storage.remove(generationFolder(number)).catch(() => undefined);
      throw error;
    }
    const { trainedChars, validationNats } = generation;
    const generations = [...this.current.generations, { number, trainedChars, validationNats }];
    this.current = { ...this.current, ...changes, generations, current: number, trainedChars };
    const removed = generationsToRemove(generations, this.current.best, this.current.keptGenerations);
    await this.update({ generations: generations.filter((kept) => !removed.includes(kept.number)) });
    for (const old of removed) await this.storage.remove(generationFolder(old));
    // The newest two can be resumed from; older ones are for looking at.
    const third = generations.at(-3);
    if (third && !removed.includes(third.number)) await dropTrainingState(this.storage, third.number);
    return number;
  }

  /**
   * The newest generation that is whole: the current one, or the one before it where that is damaged.
   * Throws RunFileError `no-generation` where none is left.
   */
  async loadGeneration(): Promise<Generation> {
    const reasons: string[] = [];
    for (const { number } of this.current.generations.toReversed()) {
      try {
        return await readGeneration(this.storage, number);
      } catch (error) {
        reasons.push((error as Error).message);
      }
    }
    throw new RunFileError(
      'no-generation',
      [
        t('The run cannot be resumed: no saved checkpoint is whole.'),
        ...reasons.slice(0, 2),
        t('Copy the run again where it came from another place, or train anew on the same folder.'),
      ].join(' '),
    );
  }

  /** Weights of a kept generation: one by number, the best (the current one where none is known) or the current one. */
  async readModel(
    which: number | 'best' | 'current',
  ): Promise<{ spec: ModelSpec; parameters: ParameterSet; generation: number }> {
    const { best, current } = this.current;
    const number = which === 'current' ? current : which === 'best' ? (best ?? current) : which;
    if (number === null || !this.current.generations.some((kept) => kept.number === number))
      throw new RunFileError(
        'no-generation',
        number === null
          ? t('The run has no saved model yet.')
          : t('The run does not keep generation {0} any more.', number),
      );
    return { ...(await readModel(this.storage, number)), generation: number };
  }

  /** Throws RunFileError `no-text` where the run was brought here without what it was trained on. */
  async readCorpus(): Promise<CorpusSnapshot> {
    try {
      return parseCorpus(await this.storage.read(corpusFile));
    } catch (error) {
      if (!(error instanceof StorageError && error.fault === 'not-found')) throw error;
      throw new RunFileError(
        'no-text',
        t(
          'The text that this run was trained on is not kept with it: it can be looked at, but not trained longer or measured. Import it again from an export with its text.',
        ),
      );
    }
  }

  async appendMetrics(points: readonly MetricPoint[]): Promise<void> {
    if (points.length > 0) await this.storage.append(metricsFile, encodeMetrics(points));
  }

  /** All points, oldest first; empty where there are none yet. */
  async readMetrics(): Promise<MetricPoint[]> {
    try {
      return parseMetrics(await this.storage.read(metricsFile));
    } catch (error) {
      if (error instanceof StorageError && error.fault === 'not-found') return [];
      throw error;
    }
  }

  /**
   * Brings the folder to the state of one generation before training goes on from it: later generations (damaged ones) and
   * later metrics go, a torn line is cut off, and run.json says what is true.
   */
  async rewind({ number, trainedChars }: Pick<Generation, 'number' | 'trainedChars'>): Promise<void> {
    const points = await this.readMetrics();
    await this.replace(metricsFile, encodeMetrics(points.filter((point) => point.chars <= trainedChars)));
    if (this.current.current !== number) await this.point(number);
    const kept = this.current.generations.filter((entry) => entry.number <= number);
    const best = kept.some((entry) => entry.number === this.current.best) ? this.current.best : null;
    await this.update({ generations: kept, current: number, best, trainedChars });
    for (const name of await this.storage.list('checkpoints')) {
      if (/^\d+$/.test(name) && !kept.some((entry) => entry.number === Number(name)))
        await this.storage.remove(`checkpoints/${name}`);
    }
  }

  private async point(generation: number): Promise<void> {
    await this.replace(pointerFile, new TextEncoder().encode(JSON.stringify({ generation })));
  }

  private async replace(path: string, bytes: Uint8Array): Promise<void> {
    const draft = `${path}.tmp`;
    try {
      await this.storage.write(draft, bytes);
      await this.storage.rename(draft, path);
    } catch (error) {
      await this.storage.remove(draft).catch(() => undefined);
      throw error;
    }
  }

  /** After a kill between the pointer's rename and run.json's: take the newer generation's entry from its own file. */
  private async followPointer(): Promise<void> {
    const pointed = await this.readPointer();
    if (pointed === null || this.current.generations.some((kept) => kept.number === pointed)) {
      if (pointed !== null) this.current = { ...this.current, current: pointed };
      return;
    }
    try {
      const { number, trainedChars, validationNats } = await readInfo(this.storage, pointed);
      const generations = [...this.current.generations, { number, trainedChars, validationNats }];
      this.current = { ...this.current, generations, current: number, trainedChars };
    } catch {
      // The pointer names a damaged generation: run.json's own list stands.
    }
  }

  private async readPointer(): Promise<number | null> {
    try {
      const value = parseInertJson(new TextDecoder().decode(await this.storage.read(pointerFile)));
      const generation = (value as { generation?: unknown } | null)?.generation;
      return Number.isSafeInteger(generation) ? (generation as number) : null;
    } catch (error) {
      if (error instanceof StorageError && error.fault !== 'not-found') throw error;
      return null;
    }
  }
}
