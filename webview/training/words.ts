/** What the state of a run means and what can be done, in words. */
import type { LiveProgress, ShownRun } from '../../src/protocol/training-panel.ts';
import { bitsPerNat, compact, duration, fixed, percent, whole } from '../ui/format.ts';
import { t } from '../ui/words.ts';

export const stateWords: Record<ShownRun['state'], string> = {
  running: t('training'),
  paused: t('paused'),
  interrupted: t('interrupted'),
  finished: t('finished'),
  failed: t('failed'),
};

const phaseWords: Record<LiveProgress['phase'], string> = {
  preparing: t('preparing'),
  training: t('training'),
  evaluating: t('measuring on held-out files'),
  saving: t('saving a checkpoint'),
};

/** One line under the buttons. */
export function progressLine(run: ShownRun, live: LiveProgress | null): string {
  if (live) {
    const done = compact(live.trainedChars);
    const parts = [
      live.state === 'paused' ? t('paused') : phaseWords[live.phase],
      live.totalChars === null ? t('{0} characters', done) : t('{0} of {1} characters', done, compact(live.totalChars)),
      live.state === 'running' && live.charsPerSecond > 0 ? t('{0} characters/s', compact(live.charsPerSecond)) : null,
      live.state === 'running' && live.secondsLeft !== null ? t('{0} left', duration(live.secondsLeft)) : null,
    ];
    return parts.filter(Boolean).join(' · ');
  }
  const { trainedChars, trainingSeconds } = run;
  const done = t('{0} characters in {1}', compact(trainedChars), duration(trainingSeconds));
  return trainingSeconds > 0 ? `${done} · ${t('{0} characters/s', compact(trainedChars / trainingSeconds))}` : done;
}

/** What happened and what to do, for states that need it. */
export function advice(run: ShownRun): string | null {
  const why = run.message ? `${run.message.replace(/[.\s]*$/, '')}.` : '';
  switch (run.state) {
    case 'failed':
      return `${why || t('The training failed.')} ${t('The last good checkpoint is kept: press Resume to go on from it, or look into the log.')}`;
    case 'interrupted':
      return `${why} ${t('The training was interrupted and everything up to its last checkpoint is kept. Press Resume: it goes on exactly as if it had never stopped.')}`.trimStart();
    case 'finished':
      return run.message ? why : null;
    default:
      return null;
  }
}

/** What came out, and what it was trained on: files, characters, languages, vocabulary, what is held out and where. */
export function factsLine({ heldOut, ngram, files, vocabularySize, text }: ShownRun): string {
  const inside = text.splitInsideFiles;
  const chars = compact(text.chars);
  const languages = text.languages.join(', ');
  const [validation, test] = [text.validation, text.test].map((part) => percent(part / Math.max(1, text.chars)));
  const bits = ngram && fixed(ngram.nats * bitsPerNat, 3);
  return [
    heldOut &&
      (inside
        ? t('test parts: {0} bits/char (perplexity {1})', fixed(heldOut.bits, 3), fixed(heldOut.perplexity))
        : t('test files: {0} bits/char (perplexity {1})', fixed(heldOut.bits, 3), fixed(heldOut.perplexity))),
    bits &&
      (inside
        ? t('n-grams on held-out parts: {0} bits/char', bits)
        : t('n-grams on held-out files: {0} bits/char', bits)),
    files === 1
      ? t('1 file, {0} characters ({1})', chars, languages)
      : t('{0} files, {1} characters ({2})', whole(files), chars, languages),
    t('{0} characters in the vocabulary', whole(vocabularySize)),
    inside
      ? t('held out inside files: {0} validation, {1} test', validation!, test!)
      : t('held out by file: {0} validation, {1} test', validation!, test!),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Why the split is inside files. */
export function splitInsideWords(): string {
  return t(
    'There were too few different files to hold whole ones out: the last fifth of each is held out, and the network never learns from it.',
  );
}

/**
 * What counting achieves on the held-out characters that the training watches, and how the network stands to it.
 * @param heldOut the network's lowest loss there, bits per character; null while it has none
 */
export function ngramWords(
  { order, trainedChars, ofChars, nats }: NonNullable<ShownRun['ngram']>,
  heldOut: number | null,
): string {
  const bits = nats * bitsPerNat;
  const [learned, of, need] = [compact(trainedChars), compact(ofChars), fixed(bits, 3)];
  const counted =
    trainedChars < ofChars
      ? t(
          'n-grams of up to {0} characters, counted on {1} of the {2} training characters, need {3} bits a character on the same held-out text',
          order,
          learned,
          of,
          need,
        )
      : t(
          'n-grams of up to {0} characters, counted on the {1} training characters, need {2} bits a character on the same held-out text',
          order,
          learned,
          need,
        );
  if (heldOut === null) return `${counted}.`;
  const [best, apart] = [fixed(heldOut, 3), fixed(Math.abs(heldOut - bits), 3)];
  return heldOut < bits
    ? t('{0}; the network at its best needs {1}, {2} fewer.', counted, best, apart)
    : t('{0}; the network at its best needs {1}, {2} more.', counted, best, apart);
}
