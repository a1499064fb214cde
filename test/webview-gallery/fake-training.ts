/** The training panel's messages, answered with invented runs. */
import { fromTraining, toTraining } from '../../src/protocol/training-panel.ts';
import { on, type receive } from '../../src/protocol/webview.ts';
import { hash } from './fake-values.ts';

export function trainingHandlers(
  query: URLSearchParams,
  send: (message: unknown) => void,
): Parameters<typeof receive>[1] {
  const state = (query.get('state') ?? 'running') as 'running' | 'paused' | 'finished' | 'failed' | 'interrupted';
  const empty = query.get('state') === 'empty';
  const points = Array.from({ length: 400 }, (_, i) => ({
    chars: 10_000 * (i + 1),
    seconds: (i + 1) * 0.2,
    trainNats: 1.25 + 2.6 * Math.exp(-i / 45) + 0.12 * (hash(i, 1) - 0.5),
    ...(i % 20 === 19 ? { validationNats: 1.38 + 2.4 * Math.exp(-i / 50) + 0.02 * hash(i, 2) } : {}),
    gradientNorm: 0.5 + 2.5 * Math.exp(-i / 60) + 0.5 * hash(i, 3) + (i === 170 ? 14 : 0),
    clipScale: Math.min(1, 1 / (0.5 + 2.5 * Math.exp(-i / 60) + 0.5 * hash(i, 3) + (i === 170 ? 14 : 0))),
    learningRate: 0.005 * Math.cos(i / 400),
  }));
  const run = {
    id: 'demo',
    name: 'linux',
    state,
    description: 'LSTM 1×128 · 128,450 parameters · wasm, 1 thread',
    message: state === 'failed' ? 'The disk is full: checkpoint 17 could not be written.' : null,
    trainedChars: 4_000_000,
    trainingSeconds: 80,
    clipNorm: 1,
    vocabularySize: 97,
    files: 214,
    text: {
      chars: 3_600_000,
      validation: 360_000,
      test: 362_000,
      languages: ['c', 'makefile'],
      splitInsideFiles: false,
    },
    generations: Array.from({ length: 16 }, (_, i) => ({
      number: i + 1,
      trainedChars: 250_000 * (i + 1),
      validationNats: 1.38 + 2.4 * Math.exp((-i * 20) / 50),
    })),
    best: 16,
    ngram: { order: 20, trainedChars: 1_000_000, ofChars: 2_900_000, nats: 1.25 },
    heldOut: state === 'finished' ? { nats: 1.41, bits: 2.034, perplexity: 4.1 } : null,
  };
  const live =
    state === 'running' || state === 'paused'
      ? {
          state,
          phase: 'training' as const,
          trainedChars: 4_000_000,
          totalChars: 6_000_000,
          fraction: 2 / 3,
          secondsLeft: 41,
          charsPerSecond: 50_400,
          message: null,
        }
      : null;
  const samples = [
    { chars: 200_000, text: 'te the to aae  ne(\n  onst r e =eti ;)n\n' },
    { chars: 1_500_000, text: 'const function = (value: string) {\n  return state.line(;\n}\n' },
    {
      chars: 3_900_000,
      text: 'export function readState(value: unknown): State {\n  const parsed = safe(value ?? {});\n  return parsed.index ? parsed.output : null;\n}\n',
    },
  ];
  return [
    on(fromTraining.ready, () =>
      send(
        toTraining.snapshot({
          runs: empty ? [] : [{ id: 'demo', name: 'linux' }],
          run: empty ? null : run,
          points: empty ? [] : points,
          samples: empty || query.get('samples') === '0' ? [] : samples,
          live: empty ? null : live,
          canTrain: true,
        }),
      ),
    ),
    ...Object.values(fromTraining)
      .slice(1)
      .map((kind) =>
        on(kind as typeof fromTraining.pause, (payload) => console.log('to host', kind.type, JSON.stringify(payload))),
      ),
  ];
}
