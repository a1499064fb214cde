/** From a run's files and live progress to what the training panel shows. */
import { corpusShares } from '../../core/corpus/dry-summary.ts';
import { inertText } from '../../core/formats/inert-text.ts';
import type { MetricPoint, RunManifest } from '../../core/formats/manifest.ts';
import type { Architecture } from '../../core/training/options.ts';
import { t, whole } from '../../core/words.ts';
import type { LiveProgress, ShownMetric, ShownRun } from '../../protocol/training-panel.ts';
import type { TrainingProgress } from '../../protocol/training-service.ts';

/** As they are called in every language. */
export const architectureNames: Readonly<Record<Architecture, string>> = {
  lstm: 'LSTM',
  gru: 'GRU',
  rnn: 'tanh RNN',
  relu: 'ReLU RNN',
  irnn: 'IRNN',
};

/** `LSTM 1×128`. */
export function networkName({
  options: { architecture },
  spec,
}: {
  options: Pick<RunManifest['options'], 'architecture'>;
  spec: Pick<RunManifest['spec'], 'layers'>;
}): string {
  const sizes = spec.layers.map((layer) => layer.hiddenSize);
  const shape = sizes.every((size) => size === sizes[0]) ? `${sizes.length}×${sizes[0] ?? 0}` : sizes.join(' · ');
  return `${architectureNames[architecture] ?? architecture} ${shape}`;
}

export function shownRun(id: string, manifest: RunManifest): ShownRun {
  const { name, threads } = manifest.engine;
  const engine = threads === 1 ? t('{0}, 1 thread', name) : t('{0}, {1} threads', name, threads);
  const parameters = t('{0} parameters', whole(manifest.parameters));
  const corpus = corpusShares(manifest.corpus);
  return {
    id,
    name: manifest.name,
    state: manifest.state,
    description: `${networkName(manifest)} · ${parameters} · ${engine}`,
    message: manifest.message ?? null,
    trainedChars: manifest.trainedChars,
    trainingSeconds: manifest.trainingSeconds,
    clipNorm: manifest.options.clipNorm,
    vocabularySize: manifest.corpus.vocabularySize,
    files: corpus.files,
    text: {
      chars: corpus.chars,
      validation: manifest.corpus.chars.validation,
      test: manifest.corpus.chars.test,
      languages: corpus.languages.slice(0, 3).map(({ language }) => inertText(language, 40)),
      splitInsideFiles: manifest.corpus.splitInsideFiles,
    },
    generations: manifest.generations.map(({ number, trainedChars, validationNats }) => ({
      number,
      trainedChars,
      validationNats: finiteOrNull(validationNats),
    })),
    best: manifest.best,
    ngram: shownNGram(manifest),
    heldOut: manifest.heldOut && Object.values(manifest.heldOut).every(Number.isFinite) ? manifest.heldOut : null,
  };
}

function shownNGram({ ngram }: RunManifest): ShownRun['ngram'] {
  if (!ngram || !Number.isFinite(ngram.nats)) return null;
  const { order, trainedChars, ofChars, nats } = ngram;
  return { order, trainedChars, ofChars, nats };
}

export function liveProgress(progress: TrainingProgress): LiveProgress {
  return {
    state: progress.state,
    phase: progress.phase,
    trainedChars: progress.trainedChars,
    totalChars: finiteOrNull(progress.totalChars),
    fraction: finiteOrNull(progress.fraction) ?? 0,
    secondsLeft: finiteOrNull(progress.secondsLeft),
    charsPerSecond: finiteOrNull(progress.charsPerSecond) ?? 0,
    message: progress.message ?? null,
  };
}

/** Points that can be drawn: a loss or norm that is not finite ends a training, and its state says so. */
export function shownPoints(points: readonly MetricPoint[]): ShownMetric[] {
  return points.flatMap(({ chars, seconds, trainNats, validationNats, gradientNorm, clipScale, learningRate }) => {
    const numbers = [chars, seconds, trainNats, gradientNorm, clipScale, learningRate];
    if (!numbers.every(Number.isFinite)) return [];
    const shown = { chars, seconds, trainNats, gradientNorm, clipScale, learningRate };
    return [Number.isFinite(validationNats) ? { ...shown, validationNats: validationNats! } : shown];
  });
}

/** What is on disk, then what came since; where both have a stretch, the live points stand. */
export function joinPoints(stored: readonly MetricPoint[], live: readonly MetricPoint[]): MetricPoint[] {
  const from = live[0]?.chars ?? Number.POSITIVE_INFINITY;
  return [...stored.filter((point) => point.chars < from), ...live];
}

function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
