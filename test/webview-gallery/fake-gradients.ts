/** The gradient panel's host in the gallery: made-up profiles of four networks, with the shapes that real ones have. */
import { shownLab } from '../../src/host/panels/gradients-messages.ts';
import {
  fromGradients,
  type GradientPart,
  type GradientResult,
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
    kind: 'run',
    on: null,
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
    part: 'report',
    on: null,
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
    part: 'report',
    on: null,
    generation: 23,
    lags,
    positions: 256,
    texts,
    layers: [
      { h: profile(0.018, 0.45, 3), c: null, spectrum: spectrum('rzn', 2), saturation: gates('rz', 128, 2), dead: [] },
    ],
  },
  rnn: {
    part: 'report',
    on: null,
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
    part: 'report',
    on: null,
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

const steps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 200];

function computed(id: string, part: Exclude<GradientPart, 'report'>): GradientResult {
  const one = runs.find((each) => each.id === id)!;
  const generation = one.generation;
  const plain = one.cells[0] === 'tanh';
  if (part === 'jacobians')
    return {
      part,
      on: null,
      generation,
      places: 8,
      steps,
      layers: one.cells.map((_, layer) => {
        const median = steps.map((k) => 2.2 * Math.exp(-k * (plain ? 0.11 : 0.012 + 0.01 * layer)));
        return {
          median,
          lower: median.map((value) => value * 0.6),
          upper: median.map((value) => value * 1.7),
          bound: plain ? steps.map((k) => 5.36 ** k) : null,
        };
      }),
    };
  if (part === 'contribution') {
    const raw = ks.map((k) => Math.exp(-k / (plain ? 4 : 14)) * (1 + 0.3 * noise(k, 3)));
    const sum = raw.reduce((all, value) => all + value, 0);
    const share = raw.map((value) => value / sum);
    return {
      part,
      on: null,
      generation,
      lags,
      positions: 64,
      window: 64,
      texts,
      layers: one.cells.map(() => ({ share, norms: share, total: 1, beyond: plain ? 0.0001 : 0.011, lost: 0.16 })),
    };
  }
  const horizonOfCell = (j: number): number => Math.round(3 + 260 * (0.5 + noise(j, 9)) ** 5);
  if (part === 'memory')
    return {
      part,
      on: null,
      generation,
      lags,
      steps,
      layers: one.cells.map((cell) =>
        cell === 'tanh'
          ? null
          : {
              gate: cell === 'lstm' ? 'f' : 'z',
              horizons: Array.from({ length: 128 }, (_, j) => {
                const horizon = horizonOfCell(j);
                return horizon > lags ? null : horizon;
              }),
              retained: Array.from({ length: 128 }, (_, j) => steps.map((k) => 0.01 ** (k / horizonOfCell(j)))),
              named: [{ cell: 17, name: 'inside a string' }],
            },
      ),
    };
  return {
    part,
    on: null,
    generation,
    lags,
    points: Array.from({ length: 12 }, (_, i) => ({
      generation: 2 * i + 1,
      trainedChars: 500_000 * (i + 1),
      layers: one.cells.map((cell) => ({
        h: Math.round(8 + 9 * i * (plain ? 0.2 : 1)),
        c: cell === 'lstm' ? Math.round(10 + 14 * i) : null,
      })),
    })),
  };
}

const health = (seed: number) => ({
  points: Array.from({ length: 300 }, (_, i) => {
    const gradientNorm = 0.4 + 2 * Math.exp(-i / 40) + 0.3 * Math.abs(noise(i, seed)) + (i === 120 ? 9 : 0);
    const scale = Math.min(1, 1 / gradientNorm);
    return { chars: 20_000 * (i + 1), gradientNorm, clipScale: scale, clippedShare: scale < 1 ? 0.41 : 0.02 };
  }),
  findings:
    seed === 0
      ? [
          {
            kind: 'exploding',
            evidence:
              'Exploding: 41 % of steps clipped in the last 200; the gradient’s norm is 1.4 on average, the threshold 1.',
            advice: 'Lower the learning rate, or clip at 3.',
          },
        ]
      : [
          {
            kind: 'healthy',
            evidence: 'Healthy: gradient norm 0.56, 3 % of steps clipped, horizon 80 characters.',
            advice: '',
          },
        ],
  recorded: [
    {
      kind: 'norms' as const,
      chars: [1e6, 2e6, 3e6, 4e6, 5e6, 6e6],
      byName: Object.fromEntries(
        [...'ifgo'].map((gate, g) => [`0 ${gate}`, [0.5, 0.4, 0.33, 0.3, 0.28, 0.27].map((v) => v / (g + 1))]),
      ),
    },
  ],
});

const sample = `\tif (rcu_gp_in_progress(rsp)) {
\t\t/* The grace period is still running: wait for its end,
\t\t * then look again whether callbacks are left over. */
\t\tfor_each_possible_cpu(cpu) {
\t\t\tstruct rcu_data *rdp = per_cpu_ptr(rsp->rda, cpu);
\t\t\tif (rdp->nxtlist != NULL)
\t\t\t\tpr_info("cpu %d has callbacks left", cpu);
\t\t}
\t\treturn false;
\t}
`.repeat(20);

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
    send(toGradients.health({ run: id, health: health(id === 'lstm' ? 0 : 1) }));
    if (state === 'busy') send(toGradients.progress({ run: id, part: 'report', fraction: 0.43 }));
    else if (state === 'failed')
      send(
        toGradients.ended({
          run: id,
          part: 'report',
          message: 'The held-out files of this run are too short to look back in. Train on a folder with longer files.',
        }),
      );
    else if (reports[id] && state !== 'cancelled') send(toGradients.result({ run: id, result: reports[id] }));
  };
  const reach = (run: string, at: number, logit: string | null) => {
    const first = Math.max(0, at - 500);
    const value = (i: number): number => Math.exp(-(at - first - i) / 25) * (0.05 + Math.abs(noise(i, 11)) ** 4);
    const values = Array.from({ length: at - first + 1 }, (_, i) => value(i));
    const layers = [{ h: values.map((v) => 2 * v), c: values.map((v) => 3 * v) }];
    const signedX = values.map((v, i) => v * Math.sign(noise(i, 5)));
    return { run, document: 0, at, logit, first, values: { layers, x: values, signedX } };
  };
  return [
    on(fromGradients.texts, ({ run: id }) =>
      send(
        toGradients.texts({
          run: id,
          documents: [{ path: 'rcu/tree.c', text: sample }],
          vocabulary: [...'\t\n ()*,-.;<>=abcdefghijklmnopqrstuvwxyz_{}0123456789'],
        }),
      ),
    ),
    on(fromGradients.lab, (question) => send(toGradients.lab(shownLab(question)))),
    on(fromGradients.reach, ({ run: id, at, logit }) => send(toGradients.reach(reach(id, at, logit)))),
    on(fromGradients.compute, ({ run: id, part }) => {
      if (part !== 'report') send(toGradients.result({ run: id, result: computed(id, part) }));
    }),
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
