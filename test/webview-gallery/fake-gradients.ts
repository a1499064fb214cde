/** The gradient panel's host in the gallery: made-up profiles of four networks, with the shapes that real ones have. */
import {
  fromGradients,
  type GradientRun,
  type ShownProfile,
  type ShownReport,
  toGradients,
} from '../../src/protocol/gradients.ts';
import { on, type receive } from '../../src/protocol/webview.ts';

const lags = 200;
const ks = Array.from({ length: lags + 1 }, (_, k) => k);
const noise = (k: number, seed: number): number => Math.sin(k * 12.9898 + seed * 78.233) * 0.5;

function profile(rate: number, early: number, seed: number): ShownProfile {
  const relative = ks.map((k) =>
    k === 0 ? 1 : (early + (1 - early) * Math.exp(-k / 4)) * Math.exp(-k * rate) * (1 + 0.12 * noise(k, seed)),
  );
  const horizon = relative.findIndex((value) => value < 0.01);
  const known = horizon < 0 ? null : horizon;
  return {
    relative,
    lower: relative.map((value, k) => value * (k === 0 ? 1 : 0.35)),
    upper: relative.map((value, k) => value * (k === 0 ? 1 : 1.5)),
    horizon: known,
    interval: known === null ? [190, null] : [Math.round(known * 0.86), Math.round(known * 1.17)],
  };
}

function run(
  id: string,
  label: string,
  cell: GradientRun['cells'][number],
  more: Partial<GradientRun> = {},
): GradientRun {
  return {
    id,
    name: `${label.toLowerCase()} · linux`,
    label,
    cells: [cell],
    generation: 24,
    generations: 20,
    trainedChars: 6_000_000,
    running: false,
    sequence: 64,
    clipNorm: 1,
    corpus: 'linux',
    ...more,
  };
}

const texts = { files: ['rcu/tree.c', 'sched/core.c', 'fork.c'], side: 'test' as const, chars: 58_210 };
const gates = (names: string, cells: number, seed: number) =>
  [...names].map((gate, g) => ({
    gate,
    left: Array.from({ length: cells }, (_, j) => Math.max(0, Math.sin(j * 7.1 + g + seed)) ** 3),
    right: Array.from(
      { length: cells },
      (_, j) => Math.max(0, -Math.sin(j * 7.1 + g + seed)) ** (gate === 'f' ? 1 : 4),
    ),
  }));
const spectrum = (names: string, seed: number) =>
  [...names].map((gate, g) => ({ gate, rho: 1.4 + 0.5 * Math.sin(seed + g), sigmaMax: 3.1 + Math.sin(2 * seed + g) }));

const runs: GradientRun[] = [
  run('lstm', 'LSTM 1×128', 'lstm'),
  run('gru', 'GRU 1×128', 'gru'),
  run('rnn', 'tanh RNN 1×128', 'tanh'),
  run('deep', 'LSTM 2×64', 'lstm', { cells: ['lstm', 'lstm'] }),
  run('new', 'LSTM 1×256', 'lstm', { generation: null, running: true }),
];
const reports: Record<string, ShownReport> = {
  lstm: {
    generation: 24,
    lags,
    positions: 256,
    texts,
    layers: [
      {
        h: profile(0.042, 0.3, 1),
        c: profile(0.032, 0.35, 2),
        spectrum: spectrum('ifgo', 1),
        saturation: gates('ifo', 128, 1),
        dead: [17],
      },
    ],
  },
  gru: {
    generation: 23,
    lags,
    positions: 256,
    texts,
    layers: [
      { h: profile(0.018, 0.45, 3), c: null, spectrum: spectrum('rzn', 2), saturation: gates('rz', 128, 2), dead: [] },
    ],
  },
  rnn: {
    generation: 24,
    lags,
    positions: 256,
    texts,
    layers: [
      {
        h: profile(0.13, 0.8, 4),
        c: null,
        spectrum: [{ gate: 'W', rho: 2.56, sigmaMax: 5.36 }],
        saturation: [],
        dead: [],
      },
    ],
  },
  deep: {
    generation: 24,
    lags,
    positions: 256,
    texts,
    layers: [0, 1].map((layer) => ({
      h: profile(0.05 - 0.01 * layer, 0.3, 5 + layer),
      c: profile(0.03 - 0.01 * layer, 0.4, 7 + layer),
      spectrum: spectrum('ifgo', layer),
      saturation: gates('ifo', 64, layer),
      dead: [],
    })),
  },
};

export function gradientsHandlers(
  query: { get(name: string): string | null },
  send: (message: unknown) => void,
): Parameters<typeof receive>[1] {
  const state = query.get('state') ?? '';
  let selected = (query.get('runs') ?? 'lstm,gru,rnn').split(',');
  const sendRuns = (): void =>
    send(
      toGradients.runs({
        runs: state === 'empty' ? [] : runs,
        selected: state === 'empty' ? [] : selected,
        canTrain: true,
      }),
    );
  const sendRun = (id: string): void => {
    if (state === 'busy') send(toGradients.progress({ run: id, part: 'report', fraction: 0.43 }));
    else if (state === 'failed')
      send(
        toGradients.ended({
          run: id,
          part: 'report',
          message: 'The held-out files of this run are too short to look back in. Train on a folder with longer files.',
        }),
      );
    else if (reports[id] && state !== 'cancelled') send(toGradients.report({ run: id, report: reports[id] }));
  };
  return [
    on(fromGradients.ready, () => {
      sendRuns();
      if (state !== 'empty') selected.forEach(sendRun);
    }),
    on(fromGradients.select, (payload) => {
      selected = payload.runs;
      sendRuns();
      selected.forEach(sendRun);
    }),
    ...Object.values(fromGradients)
      .slice(2)
      .map((kind) =>
        on(kind as typeof fromGradients.train, (payload) => console.log('to host', kind.type, JSON.stringify(payload))),
      ),
  ];
}
