/** What the state of a run means and what can be done, in words. */
import type { LiveProgress, ShownRun } from '../../src/protocol/training-panel.ts';
import { bitsPerNat, compact, duration, fixed } from '../ui/format.ts';

export const stateWords: Record<ShownRun['state'], string> = {
  running: 'training',
  paused: 'paused',
  interrupted: 'interrupted',
  finished: 'finished',
  failed: 'failed',
};

const phaseWords: Record<LiveProgress['phase'], string> = {
  preparing: 'preparing',
  training: 'training',
  evaluating: 'measuring on held-out files',
  saving: 'saving a checkpoint',
};

/** One line under the buttons. */
export function progressLine(run: ShownRun, live: LiveProgress | null): string {
  if (live) {
    const total = live.totalChars === null ? '' : ` of ${compact(live.totalChars)}`;
    const parts = [
      live.state === 'paused' ? 'paused' : phaseWords[live.phase],
      `${compact(live.trainedChars)}${total} characters`,
      live.state === 'running' && live.charsPerSecond > 0 ? `${compact(live.charsPerSecond)} characters/s` : null,
      live.state === 'running' && live.secondsLeft !== null ? `${duration(live.secondsLeft)} left` : null,
    ];
    return parts.filter(Boolean).join(' · ');
  }
  const speed = run.trainingSeconds > 0 ? ` · ${compact(run.trainedChars / run.trainingSeconds)} characters/s` : '';
  return `${compact(run.trainedChars)} characters in ${duration(run.trainingSeconds)}${speed}`;
}

/** What happened and what to do, for states that need it. */
export function advice(run: ShownRun): string | null {
  const why = run.message ? `${run.message.replace(/[.\s]*$/, '')}. ` : '';
  switch (run.state) {
    case 'failed':
      return `${why || 'The training failed. '}The last good checkpoint is kept: press Resume to go on from it, or look into the log.`;
    case 'interrupted':
      return `${why}The training was interrupted and everything up to its last checkpoint is kept. Press Resume: it goes on exactly as if it had never stopped.`;
    case 'finished':
      return run.message ? why.trim() : null;
    default:
      return null;
  }
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
  const counted =
    trainedChars < ofChars
      ? `counted on ${compact(trainedChars)} of the ${compact(ofChars)} training characters`
      : `counted on the ${compact(trainedChars)} training characters`;
  const need = `n-grams of up to ${order} characters, ${counted}, need ${fixed(bits, 3)} bits a character on the same held-out text`;
  if (heldOut === null) return `${need}.`;
  const apart = fixed(Math.abs(heldOut - bits), 3);
  return `${need}; the network at its best needs ${fixed(heldOut, 3)}, ${apart} ${heldOut < bits ? 'fewer' : 'more'}.`;
}
