/** A training's health at one moment: gradients and updates of one step, gates, dead units, horizon. */
import { atOnce, type Turn } from '../activations/turns.ts';
import type { Session, StepReport, Window } from '../engine/engine.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { ParameterSet } from '../model/tensors.ts';
import { measureLagNorms } from './lag-norms.ts';
import { horizonOf, meanProfile } from './lag-profile.ts';
import type { Position, TextStream } from './positions.ts';
import { measureSaturation } from './saturation.ts';
import { gateNames } from './spectrum.ts';

export interface LayerHealth {
  /** Mean share of characters at which a gate is under 0.1 and over 0.9, by gate; empty where there are no gates. */
  shut: Record<string, number>;
  open: Record<string, number>;
  /** Units that never move. */
  dead: number;
  /** First lag under 1 % of lag 0 on the probe's few positions; null: beyond the lags. */
  horizon: { h: number | null; c: number | null };
}

/** JSON-able; one with every validation loss. */
export interface HealthNumbers {
  layers: LayerHealth[];
  /** Lags of the horizons; 0 where no text is long enough, and the horizons say nothing. */
  lags: number;
  /**
   * Of the last step: ‖∂J/∂θ‖ before clipping by layer and gate (`0 f`: all weights and biases of layer 0's forget gate; `W`: of a
   * plain layer), without dropout.
   */
  gates?: Record<string, number>;
  /** Of the last step: ‖Δθ‖/‖θ‖ by parameter name. */
  updates?: Record<string, number>;
}

/** Positions of the probe: groups that lie close, so that a group goes back in one small pass. */
const groups = 4;
const groupSize = 8;
const groupStride = 7;
const mostLags = 200;

/** A look may take this share of the time since the one before. */
const share = 1 / 20;

/** Looks at a model while it trains. Nothing it does changes a weight or a carried state; the clock decides when it looks. */
export class HealthProbe {
  private readonly session: Session;
  private readonly now: () => number;
  private readonly texts: TextStream[];
  private readonly positions: Position[];
  private readonly lags: number;
  private step: Pick<HealthNumbers, 'gates' | 'updates'> = {};
  private cost = 0;
  private lastEnd = Number.NEGATIVE_INFINITY;
  private looking = true;

  /**
   * @param texts held-out texts, of which the beginnings of a few are looked at
   * @param now milliseconds
   */
  constructor(session: Session, texts: readonly TextStream[], now: () => number) {
    this.session = session;
    this.now = now;
    const span = groupSize * groupStride;
    const longest = texts.reduce((most, { inputs }) => Math.max(most, inputs.length), 0);
    this.lags = Math.max(0, Math.min(mostLags, longest - span - 1));
    const length = this.lags + span;
    const long = texts.filter(({ inputs }) => inputs.length > length);
    this.texts = (this.lags > 0 ? long : texts).slice(0, groups).map(({ inputs, targets }) => ({
      inputs: inputs.slice(0, length),
      targets: targets.slice(0, length),
    }));
    this.positions =
      this.lags === 0
        ? []
        : this.texts.flatMap((stream, text) =>
            Array.from({ length: groupSize }, (_, k) => ({ text, at: this.lags + k * groupStride })).filter(
              ({ at }) => stream.targets[at]! >= 0,
            ),
          );
  }

  /** Runs a training step on the window; where a look is affordable by now, takes its gradient by gate and its updates. */
  async around(window: Window, train: () => Promise<StepReport>): Promise<StepReport> {
    const start = this.now();
    this.looking = share * (start - this.lastEnd) >= this.cost;
    if (!this.looking) return train();
    const before = await this.session.parameters();
    const { gradients } = await this.session.gradients(window);
    const between = this.now();
    const report = await train();
    const trained = this.now() - between;
    const after = await this.session.parameters();
    this.step = { gates: gateNorms(this.session.spec, gradients), updates: updateRatios(before, after) };
    this.cost = this.now() - start - trained;
    return report;
  }

  /** The numbers here, with those of the step taken last by `around`; null where that one was not looked at. Each `turn` runs a slice. */
  async measure(turn: Turn = atOnce): Promise<HealthNumbers | null> {
    if (!this.looking) return null;
    const { session, texts, positions, lags } = this;
    const start = this.now();
    const saturation = await measureSaturation(session, texts, { turn });
    const norms = await measureLagNorms(session, texts, positions, lags, { batch: groupSize, turn });
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const horizon = (values: Float32Array): number | null =>
      positions.length === 0 ? null : horizonOf(meanProfile(values, positions.length, lags));
    this.lastEnd = this.now();
    this.cost += this.lastEnd - start;
    return {
      lags: positions.length === 0 ? 0 : lags,
      layers: saturation.layers.map(({ gates, dead }, k) => ({
        shut: Object.fromEntries(gates.map(({ gate, left }) => [gate, mean(left)])),
        open: Object.fromEntries(gates.map(({ gate, right }) => [gate, mean(right)])),
        dead: dead.length,
        horizon: { h: horizon(norms.layers[k]!.h), c: norms.layers[k]!.c ? horizon(norms.layers[k]!.c!) : null },
      })),
      ...this.step,
    };
  }
}

/** ‖∂J/∂θ‖ by layer and gate over W_ih, W_hh and both biases. */
export function gateNorms(spec: ModelSpec, gradients: ParameterSet): Record<string, number> {
  const norms: Record<string, number> = {};
  spec.layers.forEach(({ cell }, layer) => {
    const names = gateNames[cell];
    names.forEach((gate, block) => {
      let square = 0;
      for (const name of ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh']) {
        const { data } = gradients.get(`rnn.${name}_l${layer}`)!;
        const size = data.length / names.length;
        for (let i = block * size; i < (block + 1) * size; i++) square += data[i] ** 2;
      }
      norms[`${layer} ${gate}`] = Math.sqrt(square);
    });
  });
  return norms;
}

/** ‖θ′ − θ‖/‖θ‖ by parameter name; tensors that are still 0 are left out. */
export function updateRatios(before: ParameterSet, after: ParameterSet): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const [name, { data }] of before) {
    const moved = after.get(name)!.data;
    let change = 0;
    let size = 0;
    for (let i = 0; i < data.length; i++) {
      change += (moved[i]! - data[i]!) ** 2;
      size += data[i]! ** 2;
    }
    if (size > 0) ratios[name] = Math.sqrt(change / size);
  }
  return ratios;
}

/** Whether a value from a file is health that can be shown. */
export function isHealthNumbers(value: unknown): value is HealthNumbers {
  if (!isRecord(value) || typeof value.lags !== 'number' || !Array.isArray(value.layers)) return false;
  const numbers = (record: unknown): boolean =>
    isRecord(record) && Object.values(record).every((entry) => typeof entry === 'number');
  const optional = (record: unknown): boolean => record === undefined || numbers(record);
  const horizon = (entry: unknown): boolean => entry === null || typeof entry === 'number';
  return (
    optional(value.gates) &&
    optional(value.updates) &&
    value.layers.every(
      (layer) =>
        isRecord(layer) &&
        numbers(layer.shut) &&
        numbers(layer.open) &&
        typeof layer.dead === 'number' &&
        isRecord(layer.horizon) &&
        horizon(layer.horizon.h) &&
        horizon(layer.horizon.c),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
