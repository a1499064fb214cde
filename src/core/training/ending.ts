/** How a training ends that cannot go on, in sentences: what happened, what is kept, what to do. */
import { EngineStopped } from '../engine/engine.ts';
import type { RunManifest } from '../formats/manifest.ts';
import { RunFileError } from '../formats/manifest-file.ts';
import { StorageError } from '../formats/storage.ts';
import { type Sentence, sentence, ToldError, toldBy } from '../words.ts';

/** Thrown inside the loop after an abort. */
export class Aborted extends Error {}

/** A training that cannot go on although storage and engine work; its sentences say why and what to do. */
export class TrainingFailure extends ToldError {}

type Generations = RunManifest['generations'];

/** @param value name of the tensor, or `loss` */
export function diverged(
  value: string,
  trainedChars: number,
  learningRate: number,
  generations: Generations,
): TrainingFailure {
  const kept = generations.at(-1);
  return new TrainingFailure(
    sentence(
      '“{0}” became NaN or infinite after {1} characters (learning rate {2}).',
      value,
      trainedChars,
      learningRate.toPrecision(3),
    ),
    kept ? keptAt(kept) : sentence('The run keeps its last good checkpoint.'),
    sentence('Train again with a lower learning rate or a smaller clip norm.'),
  );
}

/** What is told of an error that ended a training. */
export function endingWords(error: unknown, generations: Generations): readonly Sentence[] {
  const kept = generations.at(-1);
  const keeps = kept ? keptAt(kept) : sentence('Nothing was saved yet.');
  if (error instanceof EngineStopped) return [...error.told, keeps, sentence('Resume the run.')];
  if (!(error instanceof StorageError)) return toldBy(error);
  if (error.fault === 'not-found')
    return [
      sentence(
        "The run's folder was deleted or moved while it was being trained, so nothing more can be saved there. Put it back and resume the run, or train again.",
      ),
    ];
  const advice =
    error.fault === 'no-space'
      ? sentence('Free some space, then resume the run.')
      : sentence("Make the run's folder writable, then resume the run.");
  return [sentence('Saving failed:'), ...error.told, keeps, advice];
}

/** The error that keeps a training from beginning or going on, with what to do where that is the disk's. */
export function notOpened(error: unknown, what: 'new' | 'resumed'): unknown {
  if (!(error instanceof StorageError)) return error;
  const advice = {
    'no-space': {
      new: sentence('The run was not created. Free some space, then train again.'),
      resumed: sentence('The run is as it was. Free some space, then resume it.'),
    },
    denied: {
      new: sentence('The run was not created. Make that folder writable, then train again.'),
      resumed: sentence("The run is as it was. Make the run's folder writable, then resume it."),
    },
  };
  if (error.fault !== 'no-space' && error.fault !== 'denied') return error;
  return new StorageError(error.fault, ...error.told, advice[error.fault][what]);
}

/** The run is another training's now: not a word of this one may be written to it. */
export function isTakenOver(error: unknown): boolean {
  return error instanceof RunFileError && error.code === 'locked';
}

export function isForeseen(error: unknown): boolean {
  return [Aborted, TrainingFailure, EngineStopped, StorageError, RunFileError].some((kind) => error instanceof kind);
}

function keptAt({ trainedChars }: Generations[number]): Sentence {
  return sentence('The run keeps its last good checkpoint, at {0} characters.', trainedChars);
}
