/** What a training's recorded numbers say about its gradients, in words: the finding, its evidence, what to try. */
import type { MetricPoint } from '../formats/manifest.ts';
import type { CellKind } from '../model/spec.ts';
import { t } from '../words.ts';
import type { HealthNumbers } from './health.ts';

export type FindingKind =
  | 'exploding'
  | 'vanishing'
  | 'dead'
  | 'saturated'
  | 'large-updates'
  | 'small-updates'
  | 'healthy';

export interface Finding {
  kind: FindingKind;
  /** One sentence each; `advice` is empty where nothing needs to be done. */
  evidence: string;
  advice: string;
}

/** What the verdict needs of a run. */
export interface TrainingFacts {
  layers: readonly { cell: CellKind; hiddenSize: number }[];
  clipNorm: number;
  sequence: number;
  batch: number;
}

/** Steps that count as recent. */
const recentSteps = 200;
/** Findings begin beyond these. A step in which a weight moves by about a thousandth of its size is the rule of thumb. */
const limits = {
  clippedShare: 0.25,
  normSpike: 20,
  shortHorizon: 8,
  layerRatio: 0.01,
  deadShare: 0.2,
  saturatedShare: 0.9,
  largeUpdate: 0.03,
  smallUpdate: 1e-5,
} as const;

/** Findings, the gravest first; one `healthy` where there is none; none at all before the first recorded step. */
export function trainingVerdict(points: readonly MetricPoint[], facts: TrainingFacts): Finding[] {
  const last = points.at(-1);
  if (!last || last.learningRate === 0) return [];
  const charsPerStep = facts.sequence * facts.batch;
  const recent = points.filter(({ chars }) => chars > last.chars - recentSteps * charsPerStep);
  const steps = Math.min(recentSteps, Math.round(last.chars / charsPerStep));
  const health = points.findLast((point) => point.health)?.health;
  const peak = points.reduce((most, { learningRate }) => Math.max(most, learningRate), 0);
  const decayed = last.learningRate < peak / 10; // a schedule that ends makes small steps on purpose
  const findings = [
    exploding(recent, steps, facts),
    ...(health
      ? [
          vanishing(health, facts),
          fadingLayers(health, facts),
          ...deadUnits(health, facts),
          ...saturated(health, facts),
          updates(health, decayed),
        ]
      : []),
  ].filter((finding) => finding !== null);
  return findings.length > 0 ? findings : [healthy(recent, health)];
}

function exploding(recent: readonly MetricPoint[], steps: number, { clipNorm }: TrainingFacts): Finding | null {
  const norm = mean(recent.map((point) => point.gradientNorm));
  if (clipNorm > 0) {
    const shares = recent.flatMap(({ clippedShare }) => (clippedShare === undefined ? [] : [clippedShare]));
    const share = mean(shares);
    if (!(share > limits.clippedShare)) return null;
    return {
      kind: 'exploding',
      evidence: t(
        "Exploding: {0} of steps clipped in the last {1}; the gradient's norm is {2} on average, the threshold {3}.",
        percent(share),
        steps,
        number(norm),
        number(clipNorm),
      ),
      advice:
        clipNorm < 1
          ? t('Lower the learning rate, or clip at 1.')
          : norm < 5 * clipNorm
            ? t('Lower the learning rate, or clip at {0}.', number(Math.ceil(2 * norm)))
            : t('Lower the learning rate, or train with a longer warm-up.'),
    };
  }
  const norms = recent.map((point) => point.gradientNorm).sort((a, b) => a - b);
  const median = norms[norms.length >> 1] ?? 0;
  const largest = norms.at(-1) ?? 0;
  if (!(largest > limits.normSpike * median)) return null;
  return {
    kind: 'exploding',
    evidence: t(
      "Exploding: the gradient's norm rose to {0} in the last {1} steps, {2} times its median, and nothing clips it.",
      number(largest),
      steps,
      number(largest / median),
    ),
    advice: t('Clip at 1, or lower the learning rate.'),
  };
}

function vanishing({ layers, lags }: HealthNumbers, facts: TrainingFacts): Finding | null {
  if (lags < 2 * limits.shortHorizon) return null;
  const horizons = layers.map(({ horizon }) => Math.max(reach(horizon.h, lags), reach(horizon.c ?? 0, lags)));
  const longest = Math.max(...horizons);
  if (longest > limits.shortHorizon) return null;
  const gated = facts.layers.some(({ cell }) => cell === 'lstm' || cell === 'gru');
  return {
    kind: 'vanishing',
    evidence: t(
      'Vanishing: the gradient fades to 1 % within {0} characters, while a window holds {1}.',
      longest,
      facts.sequence,
    ),
    advice: gated
      ? t('Train longer, or start from orthogonal recurrent weights; the gates learn to keep what matters.')
      : t('Try an LSTM or a GRU, or start from orthogonal recurrent weights.'),
  };
}

/** A horizon of null lies beyond the lags. */
function reach(horizon: number | null, lags: number): number {
  return horizon ?? lags + 1;
}

/** The lowest layer against the highest. */
function fadingLayers({ gates }: HealthNumbers, { layers }: TrainingFacts): Finding | null {
  if (!gates || layers.length < 2) return null;
  const norms = layers.map((_, layer) =>
    Math.hypot(...Object.entries(gates).flatMap(([key, norm]) => (key.startsWith(`${layer} `) ? [norm] : []))),
  );
  const ratio = norms[0]! / norms.at(-1)!;
  if (!(ratio < limits.layerRatio)) return null;
  return {
    kind: 'vanishing',
    evidence: t(
      "Vanishing: the gradient of layer 0 has {0} of the norm of layer {1}'s.",
      percent(ratio),
      layers.length - 1,
    ),
    advice: t('Use residual, dense or highway connections, or fewer layers.'),
  };
}

function deadUnits({ layers }: HealthNumbers, facts: TrainingFacts): Finding[] {
  return layers.flatMap(({ dead }, layer) => {
    const { hiddenSize, cell } = facts.layers[layer] ?? { hiddenSize: 0, cell: 'lstm' };
    if (!(dead > limits.deadShare * hiddenSize)) return [];
    return [
      {
        kind: 'dead' as const,
        evidence: t('Dead units: {0} of {1} in layer {2} never move.', dead, hiddenSize, layer),
        advice:
          cell === 'relu'
            ? t('Lower the learning rate, or start as an IRNN: a ReLU that is off everywhere gets no gradient.')
            : t('Lower the learning rate, or choose fewer cells.'),
      },
    ];
  });
}

function saturated({ layers }: HealthNumbers, facts: TrainingFacts): Finding[] {
  return layers.flatMap(({ shut, open }, layer) =>
    Object.keys(shut).flatMap((gate) => {
      const closed = shut[gate]!;
      const wide = open[gate] ?? 0;
      // A gate that is always open or shut has no slope to learn from; but an LSTM remembers by a forget gate that stays open.
      const remembers = facts.layers[layer]?.cell === 'lstm' && gate === 'f' && wide > closed;
      if (!(closed + wide > limits.saturatedShare) || remembers) return [];
      return [
        {
          kind: 'saturated' as const,
          evidence: t(
            'Saturated: gate {0} of layer {1} is shut at {2} and open at {3} of the characters.',
            gate,
            layer,
            percent(closed),
            percent(wide),
          ),
          advice: t('Lower the learning rate; a saturated gate learns slowly.'),
        },
      ];
    }),
  );
}

function updates({ updates: ratios }: HealthNumbers, decayed: boolean): Finding | null {
  const weights = Object.entries(ratios ?? {}).filter(([name]) => name.includes('weight'));
  if (weights.length === 0) return null;
  const [largest, most] = weights.reduce((a, b) => (b[1] > a[1] ? b : a));
  if (most > limits.largeUpdate)
    return {
      kind: 'large-updates',
      evidence: t(
        'Large updates: one step moves {0} by {1} of its size; about 0.1 % is usual.',
        largest,
        percent(most),
      ),
      advice: t('Lower the learning rate, or lengthen its warm-up.'),
    };
  if (most > 0 && most < limits.smallUpdate && !decayed)
    return {
      kind: 'small-updates',
      evidence: t(
        'Small updates: one step moves no weight by more than {0} % of its size; about 0.1 % is usual.',
        (100 * most).toExponential(0),
      ),
      advice: t('Raise the learning rate, if the training is to go on.'),
    };
  return null;
}

function healthy(recent: readonly MetricPoint[], health: HealthNumbers | undefined): Finding {
  const norm = number(mean(recent.map((point) => point.gradientNorm)));
  const clipped = mean(recent.flatMap(({ clippedShare }) => (clippedShare === undefined ? [] : [clippedShare])));
  const parts = [t('gradient norm {0}', norm)];
  if (clipped > 0) parts.push(t('{0} of steps clipped', percent(clipped)));
  if (health && health.lags > 0) {
    const longest = Math.max(...health.layers.map(({ horizon }) => reach(horizon.h, health.lags)));
    parts.push(
      longest > health.lags ? t('horizon beyond {0} characters', health.lags) : t('horizon {0} characters', longest),
    );
  }
  return { kind: 'healthy', evidence: t('Healthy: {0}.', parts.join(', ')), advice: '' };
}

/** NaN where there is nothing. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  const value = 100 * share;
  return `${value > 0 && value < 1 ? value.toPrecision(1) : value.toFixed(0)} %`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(2)));
}
