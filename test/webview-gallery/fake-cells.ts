/** The cells panel's host in the gallery: made-up findings with the shapes that real ones have. */
import {
  type CellsRun,
  fromCells,
  type ShownCandidate,
  type ShownCells,
  type ShownPicture,
  type ShownSnippet,
  toCells,
} from '../../src/protocol/cells.ts';
import { on, type receive } from '../../src/protocol/webview.ts';

const wave = (k: number, seed: number): number => Math.sin(k * 12.9898 + seed * 78.233);

function run(id: string, label: string, more: Partial<CellsRun> = {}): CellsRun {
  return {
    id,
    name: `${label.toLowerCase()} · linux`,
    label,
    layers: [{ cell: 'lstm', hiddenSize: 128 }],
    generation: 24,
    generations: Array.from({ length: 12 }, (_, i) => ({ number: 2 * i + 1, trainedChars: 500_000 * (i + 1) })),
    running: false,
    corpus: 'linux',
    ...more,
  };
}

const runs = [
  run('lstm', 'LSTM 1×128'),
  run('gru', 'GRU 1×128', { layers: [{ cell: 'gru', hiddenSize: 128 }] }),
  run('deep', 'LSTM 2×64', {
    layers: [
      { cell: 'lstm', hiddenSize: 64 },
      { cell: 'lstm', hiddenSize: 64 },
    ],
  }),
];

const concepts: [id: string, name: string, base: number, ap: number, outcome: 'named' | 'candidate' | 'absent'][] = [
  ['comment', 'comment', 0.21, 0.97, 'named'],
  ['doc-comment', 'documentation comment', 0.09, 0.71, 'candidate'],
  ['double-quoted', 'inside a double-quoted string', 0.034, 0.91, 'named'],
  ['single-quoted', 'inside a single-quoted string', 0.012, 0.55, 'candidate'],
  ['if-condition', 'if condition', 0.041, 0.38, 'candidate'],
  ['if-body', 'if body', 0.12, 0.29, 'candidate'],
  ['function-body', 'function body', 0.61, 0.83, 'candidate'],
  ['call-arguments', 'call arguments', 0.22, 0.64, 'candidate'],
  ['parameters', 'parameter list', 0.05, 0.44, 'candidate'],
  ['indentation', 'indentation', 0.15, 0.995, 'named'],
  ['next-newline', 'a newline comes next', 0.031, 0.52, 'candidate'],
  ['keyword', 'keyword', 0.07, 0.33, 'candidate'],
  ['number', 'number', 0.013, 0.41, 'candidate'],
  ['url', 'URL', 0.0007, 0.02, 'candidate'],
  ['template', 'template string', 0, 0, 'absent'],
  ['type-annotation', 'type annotation', 0, 0, 'absent'],
];

function candidate(
  layer: number,
  cell: number,
  base: number,
  ap: number,
  named: boolean,
  rank: number,
): ShownCandidate {
  const tested = ap >= (1 + base) / 2;
  return {
    layer,
    cell,
    quantity: rank % 2 === 0 ? 'tanhc' : 'h',
    sign: cell % 3 === 0 ? -1 : 1,
    ap,
    f1: Math.max(0.02, ap - 0.05),
    iou: Math.max(0.01, ap - 0.16),
    pearson: (cell % 3 === 0 ? -1 : 1) * Math.max(0.02, ap - 0.2),
    threshold: 0.21,
    confidence: tested ? [Math.max(0, ap - 0.04), Math.min(1, ap + 0.02)] : null,
    p: tested ? (named ? 0.0035 : 0.11) : null,
    shifts: tested ? 799 : null,
    untrained: tested ? base + 0.11 : null,
    randomLabels: tested ? base + 0.19 : null,
    ablation: tested
      ? {
          inside: named ? 0.412 : 0.013,
          outside: 0.004,
          control: 0.021,
          exceeds: named ? 1 : 0.7,
          places: 412,
          controls: 20,
        }
      : null,
    named,
    lacks: named
      ? []
      : tested
        ? [
            'p below 0.05 (0.110)',
            'a rise of the loss by 0.05 nats or more when it is clamped, above that of 95 % of matched cells',
          ]
        : [`AP of at least ${((1 + base) / 2).toFixed(2)}`],
  };
}

function report(shift: number): ShownCells {
  return {
    generation: 24,
    texts: {
      validation: { files: 17, chars: 231_402 },
      test: { files: 18, chars: 240_118 },
      withoutGrammar: ['makefile'],
    },
    quantities: ['tanhc', 'h'],
    chars: { validation: 231_402, test: 240_118 },
    named: shift === 0 ? 3 : 1,
    unnamed: shift === 0 ? 125 : 127,
    complete: true,
    concepts: concepts.map(([id, name, base, ap, outcome], k) => ({
      id,
      name,
      description: `Characters that are ${name}; the marks themselves are not scored.`,
      base,
      positives: Math.round(base * 240_118),
      scored: outcome === 'absent' ? 0 : 236_000,
      best:
        outcome === 'absent'
          ? []
          : [0, 1, 2].map((rank) =>
              candidate(
                0,
                (37 * k + 14 + 11 * rank) % 128,
                base,
                Math.max(base, ap - shift - 0.08 * rank),
                rank === 0 && outcome === 'named' && (shift === 0 || k === 0),
                rank,
              ),
            ),
      probes:
        outcome !== 'absent' && ap >= (1 + base) / 2
          ? [1, 2, 4, 8, 16].map((n, i) => ({ k: n, ap: Math.min(0.999, ap + 0.01 * i) }))
          : null,
    })),
    graded: [
      ['position-in-line', 'position in the line', 0.93],
      ['bracket-depth', 'nesting depth of brackets', 0.61],
      ['indent-width', 'indentation of the line', -0.74],
    ].map(([id, name, pearson], k) => ({
      id: id as string,
      name: name as string,
      description: `How large the ${name as string} is.`,
      chars: 60_000,
      best: [
        {
          layer: 0,
          cell: 21 + k,
          quantity: 'h' as const,
          pearson: pearson as number,
          spearman: (pearson as number) * 0.97,
        },
      ],
    })),
  };
}

const source = `\tif (rcu_gp_in_progress(rsp)) {\n\t\tpr_info("cpu %d has callbacks left", cpu);\n\t\treturn false;\n\t}\n/* wait for the end of the grace period */\n`;

function snippet(k: number, strength: number): ShownSnippet {
  const at = 30 + 9 * k;
  const start = Math.max(0, at - 40);
  const text = source.repeat(4).slice(start, at + 41);
  let quoted = false;
  const values = [...text].map((point, i) => {
    if (point === '"') quoted = !quoted;
    return strength * (quoted ? 0.9 : -0.7) + 0.15 * wave(i, k);
  });
  return {
    path: ['kernel/rcu/tree.c', 'kernel/sched/core.c', 'fork.c'][k % 3]!,
    line: 120 + 37 * k,
    index: at,
    start,
    text,
    values,
  };
}
const snippets = (strength: number): ShownSnippet[] => Array.from({ length: 6 }, (_, k) => snippet(k, strength));

function picture(question: ReturnType<typeof fromCells.cell>['payload']): ShownPicture {
  const bins = Array.from({ length: 60 }, (_, i) => i);
  const bell = (centre: number, width: number) =>
    bins.map((i) => Math.round(9000 * Math.exp(-(((i - centre) / width) ** 2))));
  const reach = 16;
  const ks = Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach);
  const course = (quantity: 'tanhc' | 'f' | 'i' | 'o' | 'g', before: number, after: number, bump: number) => ({
    quantity,
    opening: ks.map((k) => before + (after - before) / (1 + Math.exp(-2 * k)) + bump * Math.exp(-(k ** 2) / 2)),
    closing: ks.map((k) => after + (before - after) / (1 + Math.exp(-2 * k)) + bump * Math.exp(-(k ** 2) / 2)),
  });
  const alone = question.concept === null;
  return {
    ...question,
    generation: 24,
    files: 18,
    chars: 240_118,
    histogram: { low: -1, high: 1, inside: alone ? bins.map(() => 0) : bell(52, 5), outside: bell(12, 9) },
    courses: [
      course('tanhc', -0.6, 0.82, 0),
      course('f', 0.97, 0.95, -0.8),
      course('i', 0.05, 0.1, 0.75),
      course('o', 0.5, 0.8, 0),
      course('g', -0.1, 0.2, 0.5),
    ],
    openings: alone ? 0 : 812,
    closings: alone ? 0 : 807,
    snippets: { top: snippets(1), middle: snippets(0.2), random: snippets(0.7) },
    memory: { gate: 'f', lags: 400, horizon: 37, spans: alone ? null : { count: 812, median: 0.54 } },
  };
}

const loss = Array.from({ length: 60 }, (_, i) => ({ chars: 100_000 * (i + 1), nats: 1.35 + 2 * Math.exp(-i / 9) }));

export function cellsHandlers(
  query: { get(name: string): string | null },
  send: (message: unknown) => void,
): Parameters<typeof receive>[1] {
  const state = query.get('state') ?? '';
  const found = state !== 'none' && state !== 'failed';
  let other: string | null = query.get('other');
  const sendRuns = (): void =>
    send(
      toCells.runs({
        runs: state === 'empty' ? [] : runs,
        selected: state === 'empty' ? null : 'lstm',
        other,
        canTrain: true,
        openFile: state === 'file' ? 'pytorch.safetensors' : null,
      }),
    );
  const sendReport = (id: string): void =>
    send(
      toCells.report({
        run: id,
        report: found && id !== 'deep' ? report(id === 'lstm' ? 0 : 0.08) : null,
        outdated: state === 'old' ? 'Found at checkpoint 24: the run was trained on since.' : null,
        measuring: state === 'busy' ? { doing: 'against shifted labels', fraction: 0.47 } : null,
        failure:
          state === 'failed'
            ? 'This run kept no text for validation or none for testing. Train on a folder with more files.'
            : null,
      }),
    );
  const comparison = (labels: string[], network: (i: number) => number, baseline: (i: number) => number) =>
    labels
      .map((label, i) => ({ label, count: 4000 / (i + 1) ** 2, network: network(i), baseline: baseline(i) }))
      .map((row) => ({ ...row, count: Math.round(row.count) }));
  const distances = ['1–4', '5–9', '10–19', '20–49', '50–99', '100–199', '200 and more'];
  return [
    on(fromCells.ready, () => {
      sendRuns();
      if (state === 'empty') return;
      sendReport('lstm');
      if (other) sendReport(other);
      send(toCells.losses({ run: 'lstm', points: loss }));
      send(toCells.notes({ run: 'lstm', notes: { '0:14': 'Also on inside #include "…".' } }));
      if (query.get('cell') !== null)
        send(toCells.place({ run: 'lstm', layer: 0, cell: Number(query.get('cell')), concept: query.get('concept') }));
    }),
    on(fromCells.compareWith, ({ run: id }) => {
      other = id;
      sendRuns();
      if (id !== null) sendReport(id);
    }),
    on(fromCells.cell, (question) => {
      const { run: id, layer, cell } = question;
      if (state === 'busy') {
        for (const job of ['picture', 'scores', 'clamp'] as const)
          send(toCells.progress({ run: id, job, fraction: 0.4 }));
        return;
      }
      send(toCells.picture(picture(question)));
      send(
        toCells.scores({
          run: id,
          generation: 24,
          layer,
          cell,
          chars: { validation: 231_402, test: 240_118 },
          concepts: concepts
            .filter(([, , , , outcome]) => outcome !== 'absent')
            .map(([concept, name, base, ap], k) => ({
              id: concept,
              name,
              base,
              candidate: candidate(layer, cell, base, Math.max(base, ap - 0.05 * k), false, 0),
            })),
          graded: [
            {
              id: 'position-in-line',
              name: 'position in the line',
              score: { layer, cell, quantity: 'h', pearson: 0.31, spearman: 0.28 },
            },
          ],
        }),
      );
      send(
        toCells.clamp({
          run: id,
          generation: 24,
          layer,
          cell,
          chars: 24_576,
          classes: ['newline', 'space and tab', 'letter', 'digit', 'bracket', 'quote', 'other'].map((name, k) => ({
            name,
            count: 900 * (k + 1),
            rise: k === 3 ? null : [0.011, -0.004, 0.02, 0, 0.07, 0.46, 0.03][k]!,
          })),
          concepts: concepts
            .slice(0, 8)
            .map(([concept], k) => ({ concept, inside: 0.4 / (k + 1), outside: 0.004, places: 100 })),
        }),
      );
    }),
    on(fromCells.birth, ({ run: id, concepts: wanted }) => {
      send(
        toCells.birth({
          run: id,
          chars: { validation: 16_384, test: 24_576 },
          concepts: wanted.map((concept, k) => ({
            id: concept,
            name: concepts.find(([one]) => one === concept)![1],
            followed: { layer: 0, cell: 14 + k },
          })),
          points: runs[0]!.generations.map(({ number, trainedChars }, i) => ({
            generation: number,
            trainedChars,
            concepts: wanted.map((concept, k) => {
              const [, , base, ap] = concepts.find(([one]) => one === concept)!;
              const grown = 1 / (1 + Math.exp(-(i - 3 - 2 * k)));
              return {
                id: concept,
                base,
                ap: base + (ap - base) * Math.max(grown, 0.3),
                layer: 0,
                cell: i < 4 ? 99 : 14 + k,
                followed: base + (ap - base) * grown,
              };
            }),
          })),
        }),
      );
    }),
    on(fromCells.baseline, ({ run: id, order }) => {
      if (state === 'busy') {
        send(toCells.progress({ run: id, job: 'baseline', fraction: null }));
        return;
      }
      send(
        toCells.baseline({
          run: id,
          generation: 24,
          order,
          learned: 1_900_000,
          training: 1_900_000,
          test: { files: 18, chars: 240_118 },
          tables: {
            all: { label: 'all', count: 240_100, network: 1.39, baseline: 1.44 },
            closings: (['parenthesis', 'square', 'brace', 'quote'] as const).map((kind, k) => ({
              kind,
              rows: comparison(
                distances,
                (i) => 0.5 + 0.2 * i + 0.1 * k,
                (i) => 0.4 + 0.42 * i,
              ),
            })),
            agreement: comparison(
              ['0', '1', '2', '3–4', '5 and more'],
              (i) => 0.99 - 0.05 * i,
              (i) => 0.93 - 0.2 * i,
            ),
            characters: comparison(
              ['newline', 'space and tab', 'letter', 'digit', 'bracket', 'quote', 'other'],
              (i) => 0.6 + 0.2 * i,
              (i) => 0.7 + 0.22 * i,
            ),
          },
          wins: { network: snippets(1), baseline: snippets(-1) },
        }),
      );
    }),
    ...Object.values(fromCells)
      .slice(1)
      .map((kind) =>
        on(kind as typeof fromCells.train, (payload) => console.log('to host', kind.type, JSON.stringify(payload))),
      ),
  ];
}
