import { initialize } from '../../model/initialize.ts';
import { checkParameters } from '../../model/layout.ts';
import type { ModelSpec } from '../../model/spec.ts';
import type { ParameterSet, Tensor } from '../../model/tensors.ts';
import { clipScale, firstNonFinite, globalNorm, gradientNorms } from '../../training/clipping.ts';
import { fitsOptimizer, initOptimizer, type OptimizerState, updateParameters } from '../../training/optimizers.ts';
import { t } from '../../words.ts';
import type {
  Capture,
  Captured,
  LagCollector,
  LayerState,
  LossSeeds,
  RecurrentProduct,
  Session,
  SessionState,
  Start,
  StepGradients,
  StepReport,
  Stream,
  Update,
  Window,
} from '../engine.ts';
import { backward } from './backward.ts';
import { type Dropout, forward, type State, zeroState } from './forward.ts';
import { ReferenceLagCollector } from './lag-collector.ts';
import { type Network, networkOf, toFloat64, zerosLike } from './network.ts';
import { windowLoss } from './output.ts';
import { ReferenceRecurrentProduct } from './recurrent-product.ts';
import { backwardFromSeeds, fillState, runStream, toLayerStates } from './stream.ts';

/**
 * One model in float64. Only the carried state is rounded to float32 between windows, as the interface keeps it: so a
 * saved session continues bit for bit.
 */
export class ReferenceSession implements Session {
  readonly spec: ModelSpec;
  private weights: ParameterSet;
  private network: Network;
  private optimizer: OptimizerState = { slots: new Map(), steps: 0 };
  private carry: LayerState[] = [];
  private closed = false;

  constructor(spec: ModelSpec, start: Start) {
    this.spec = spec;
    const given =
      start.kind === 'fresh'
        ? initialize(spec, start.init, start.seed)
        : start.kind === 'parameters'
          ? start.parameters
          : start.state.parameters;
    checkParameters(spec, given);
    this.weights = toFloat64(spec, given);
    this.network = networkOf(spec, this.weights);
    if (start.kind === 'state') {
      this.optimizer = { slots: copyTensors(start.state.optimizer), steps: start.state.steps };
      this.carry = start.state.carry.map(copyState);
    }
  }

  async trainStep(window: Window, update: Update): Promise<StepReport> {
    const dropout = { probability: update.dropout, seed: update.dropoutSeed };
    const { loss, scored, gradients, end } = this.differentiate(window, dropout);
    const norms = gradientNorms(gradients);
    const gradientNorm = globalNorm(norms);
    const scale = clipScale(gradientNorm, update.clipNorm);
    const nonFinite =
      firstNonFinite(this.weights) ?? firstNonFinite(gradients) ?? (Number.isFinite(loss) ? null : 'loss');
    if (nonFinite === null) {
      if (!fitsOptimizer(update.optimizer, this.weights, this.optimizer))
        this.optimizer = initOptimizer(update.optimizer, this.weights);
      const { optimizer, learningRate } = update;
      const next = updateParameters(optimizer, learningRate, scale, this.weights, gradients, this.optimizer);
      this.weights = next.parameters;
      this.network = networkOf(this.spec, this.weights);
      this.optimizer = next.state;
      this.carry = toLayerStates(end);
    }
    return { loss, scored, gradientNorm, clipScale: scale, norms, nonFinite };
  }

  async gradients(window: Window): Promise<{ loss: number; gradients: ParameterSet }> {
    const { loss, gradients } = this.differentiate(window, null);
    return { loss, gradients };
  }

  async run(stream: Stream, capture: Capture): Promise<Captured> {
    this.assertOpen();
    return runStream(this.network, stream, capture);
  }

  async backward(seeds: LossSeeds, lags: number): Promise<StepGradients> {
    this.assertOpen();
    return backwardFromSeeds(this.network, seeds, lags);
  }

  collectLags(capacity: number, lags: number): LagCollector {
    this.assertOpen();
    return new ReferenceLagCollector(this.network, capacity, lags);
  }

  recurrentProduct(layer: number): RecurrentProduct {
    this.assertOpen();
    const { weightHh, hiddenSize } = this.network.layers[layer]!;
    return new ReferenceRecurrentProduct(weightHh, hiddenSize);
  }

  async parameters(): Promise<ParameterSet> {
    this.assertOpen();
    const rounded: ParameterSet = new Map();
    for (const [name, { shape, data }] of this.weights)
      rounded.set(name, { shape: [...shape], data: Float32Array.from(data) });
    return rounded;
  }

  async save(): Promise<SessionState> {
    this.assertOpen();
    return {
      parameters: copyTensors(this.weights),
      optimizer: copyTensors(this.optimizer.slots),
      steps: this.optimizer.steps,
      carry: this.carry.map(copyState),
    };
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  private differentiate(window: Window, dropout: Dropout | null) {
    this.assertOpen();
    const state = this.windowStart(window);
    const tape = forward(this.network, { ...window, dropout }, state);
    const gradients = zerosLike(this.spec);
    const into = networkOf(this.spec, gradients);
    const { loss, scored, dFeatures } = windowLoss(this.network, tape, window.targets, into);
    backward(this.network, tape, { first: 0, last: tape.time - 1, features: (t) => dFeatures[t]!, into });
    return { loss, scored, gradients, end: state };
  }

  private windowStart({ time, batch, inputs, targets, reset }: Window): State {
    const rows = time * batch;
    if (!(rows > 0) || inputs.length !== rows || targets.length !== rows || reset.length !== rows)
      throw new Error(
        `A window of ${time} steps and ${batch} lanes needs ${rows} inputs, targets and resets, not ${inputs.length}, ${targets.length} and ${reset.length}.`,
      );
    const state = zeroState(this.network, batch);
    if (this.carry.length > 0) fillState(state, this.carry);
    return state;
  }

  private assertOpen(): void {
    if (this.closed) throw new Error(t('The session is closed. Open the model again.'));
  }
}

function copyTensors(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape: [...shape], data: data.slice() }]));
}

function copyState({ h, c }: LayerState): LayerState {
  return { h: h.slice(), c: c?.slice() ?? null };
}
