import { initialize } from '../../model/initialize.ts';
import { checkParameters } from '../../model/layout.ts';
import { type ModelSpec, quantitiesOf } from '../../model/spec.ts';
import type { ParameterSet, Tensor } from '../../model/tensors.ts';
import { slotsOf } from '../../training/optimizers.ts';
import { t } from '../../words.ts';
import type {
  Capture,
  Captured,
  LagCollector,
  LayerState,
  Limits,
  LossSeeds,
  OptimizerSpec,
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
import { readArena, writeArena } from './arena.ts';
import { WasmLagCollector } from './lag-collector.ts';
import { backwardFromSeeds, seedPanels, stepsFor } from './lags.ts';
import type { LaneVisitor } from './lanes.ts';
import { Reader } from './reader.ts';
import { maxClamps } from './reading-plan.ts';
import { WasmRecurrentProduct } from './recurrent-product.ts';
import { type ModelShape, shapeOf } from './shape.ts';
import type { Team } from './team.ts';
import { Training } from './training.ts';

/** Steps that a stream is read at a time. */
export const readingSteps = 128;

export interface Compiled {
  single: WebAssembly.Module;
  /** The same build for shared memory, where there are threads. */
  shared: WebAssembly.Module | null;
}

/**
 * One model on the kernels. Training memory is made at once where windows will be trained; memory for reading when it is first read.
 * The weights live in the training memory, or here where there is none.
 */
export class WasmSession implements Session {
  readonly spec: ModelSpec;
  private readonly shape: ModelShape;
  private readonly compiled: Compiled;
  private readonly team: Team;
  private readonly limits: Limits;
  private readonly weights: Float32Array | null;
  private training: Training | null = null;
  private optimizer: OptimizerSpec['kind'] | null = null;
  private steps = 0;
  private reader: Reader | null = null;
  private readerIsCurrent = false;
  private closed = false;

  private constructor(spec: ModelSpec, compiled: Compiled, team: Team, limits: Limits) {
    this.spec = spec;
    this.shape = shapeOf(spec);
    this.compiled = compiled;
    this.team = team;
    this.limits = limits;
    this.weights = limits.maxTime > 0 ? null : new Float32Array(this.shape.size);
  }

  static async open(
    spec: ModelSpec,
    start: Start,
    limits: Limits,
    compiled: Compiled,
    team: Team,
  ): Promise<WasmSession> {
    const session = new WasmSession(spec, compiled, team, limits);
    const parameters =
      start.kind === 'fresh'
        ? initialize(spec, start.init, start.seed)
        : start.kind === 'parameters'
          ? start.parameters
          : start.state.parameters;
    checkParameters(spec, parameters);
    if (limits.maxTime > 0) await session.openTraining(false);
    writeArena(session.shape, parameters, '', session.arena());
    if (start.kind === 'state') session.restore(start.state);
    return session;
  }

  async trainStep(window: Window, update: Update): Promise<StepReport> {
    const training = this.trainable();
    if (update.dropout > 0 && !training.plan.size.dropout && this.shape.layers.length > 1) {
      await this.makeRoomForDropout();
      return this.trainStep(window, update);
    }
    if (this.optimizer !== update.optimizer.kind) {
      for (const slot of training.plan.slots) training.arena(slot).fill(0);
      this.steps = 0;
    }
    const { job, loss } = training.step(window, update, this.steps + 1);
    const report = { loss, scored: job.scored, ...training.inspect(loss, update.clipNorm) };
    if (report.nonFinite === null) {
      this.steps++;
      this.optimizer = update.optimizer.kind;
      training.carry(job);
      this.readerIsCurrent = false;
    }
    return report;
  }

  async gradients(window: Window): Promise<{ loss: number; gradients: ParameterSet }> {
    const training = this.trainable();
    const { loss } = training.step(window, null, 0);
    return { loss, gradients: readArena(this.spec, this.shape, training.arena(training.plan.gradients)) };
  }

  async run(stream: Stream, capture: Capture): Promise<Captured> {
    this.assertOpen();
    this.checkStream(stream);
    this.checkCapture(capture);
    return this.readerFor(readingSteps, 0).run(stream, capture);
  }

  async backward(seeds: LossSeeds, lags: number): Promise<StepGradients> {
    return this.goBack(seeds, lags);
  }

  collectLags(capacity: number, lags: number): LagCollector {
    this.assertOpen();
    const goBack = (seeds: LossSeeds, back: number, visit: LaneVisitor): void => {
      this.goBack(seeds, back, visit);
    };
    return new WasmLagCollector(this.shape, this.compiled.single, capacity, lags, goBack);
  }

  recurrentProduct(layer: number): RecurrentProduct {
    this.assertOpen();
    return new WasmRecurrentProduct(this.shape, this.compiled.single, this.arena(), layer);
  }

  async parameters(): Promise<ParameterSet> {
    this.assertOpen();
    return readArena(this.spec, this.shape, this.arena());
  }

  async save(): Promise<SessionState> {
    const parameters = await this.parameters();
    const { training, optimizer } = this;
    const slots = new Map<string, Tensor>();
    if (training && optimizer)
      slotsOf[optimizer].forEach((slot, s) => {
        for (const [name, tensor] of readArena(this.spec, this.shape, training.arena(training.plan.slots[s]!)))
          slots.set(`${slot}/${name}`, tensor);
      });
    return { parameters, optimizer: slots, steps: this.steps, carry: training ? this.readCarry(training) : [] };
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const session = this.training?.session ?? null;
    this.training = null;
    this.reader = null;
    if (session !== null) await this.team.detach(session);
  }

  private goBack(seeds: LossSeeds, lags: number, visit?: LaneVisitor): StepGradients {
    this.assertOpen();
    this.checkStream(seeds.stream);
    this.checkSeeds(seeds, lags);
    return backwardFromSeeds(this.readerFor(stepsFor(seeds, lags), seedPanels), seeds, lags, visit);
  }

  private async openTraining(dropout: boolean): Promise<void> {
    const { compiled, team, limits, spec, shape } = this;
    const threads = compiled.shared ? team.size : 1;
    const module = threads > 1 ? compiled.shared! : compiled.single;
    const training = new Training(shape, module, { ...limits, threads, dropout });
    if (threads > 1) {
      const { memory } = training;
      training.join({ team, session: await team.attach({ module, memory, spec, limits, threads, dropout }) });
    }
    this.training = training;
  }

  /** Dropout needs copies of the layers' outputs: the session moves into a larger memory, once. */
  private async makeRoomForDropout(): Promise<void> {
    const state = await this.save();
    const before = this.training?.session ?? null;
    if (before !== null) await this.team.detach(before);
    await this.openTraining(true);
    writeArena(this.shape, state.parameters, '', this.arena());
    this.restore(state);
  }

  private restore(state: SessionState): void {
    const { training, shape } = this;
    this.steps = state.steps;
    const slot = [...state.optimizer.keys()].map((name) => name.slice(0, name.indexOf('/')));
    const held = [...new Set(slot)].join();
    const kinds = Object.keys(slotsOf) as OptimizerSpec['kind'][];
    this.optimizer = kinds.find((kind) => slotsOf[kind].join() === held) ?? null;
    if (!training) return;
    if (this.optimizer)
      slotsOf[this.optimizer].forEach((name, s) => {
        writeArena(shape, state.optimizer, `${name}/`, training.arena(training.plan.slots[s]!));
      });
    this.writeCarry(training, state.carry);
  }

  private readCarry(training: Training): LayerState[] {
    const lanes = training.carriedLanes;
    if (lanes === 0) return [];
    return this.shape.layers.map(({ hidden, units }, k) => {
      const { carryH, carryC } = training.plan.layers[k]!;
      const copy = (at: number): Float32Array => {
        const values = new Float32Array(lanes * hidden);
        for (let b = 0; b < lanes; b++)
          for (let j = 0; j < hidden; j++)
            values[b * hidden + j] = training.views.f32[at / 4 + ((b >> 3) * units + j) * 8 + (b & 7)]!;
        return values;
      };
      return { h: copy(carryH), c: carryC ? copy(carryC) : null };
    });
  }

  private writeCarry(training: Training, carry: readonly LayerState[]): void {
    if (carry.length === 0) return;
    const lanes = carry[0]!.h.length / this.shape.layers[0]!.hidden;
    const fits =
      carry.length === this.shape.layers.length &&
      carry.every(({ h, c }, k) => {
        const { hidden, cell } = this.shape.layers[k]!;
        return h.length === lanes * hidden && (cell === 'lstm' ? c?.length === h.length : c === null);
      });
    if (!fits || !Number.isInteger(lanes) || lanes > this.limits.maxBatch)
      throw new Error(
        t('The carried state does not belong to this model and batch. Start the training again from its weights.'),
      );
    this.shape.layers.forEach(({ hidden, units }, k) => {
      const { carryH, carryC } = training.plan.layers[k]!;
      const write = (at: number, values: Float32Array): void => {
        const panels = Math.ceil(lanes / 8);
        training.views.f32.fill(0, at / 4, at / 4 + panels * units * 8);
        for (let b = 0; b < lanes; b++)
          for (let j = 0; j < hidden; j++)
            training.views.f32[at / 4 + ((b >> 3) * units + j) * 8 + (b & 7)] = values[b * hidden + j]!;
      };
      write(carryH, carry[k]!.h);
      if (carryC) write(carryC, carry[k]!.c!);
    });
    training.carriedLanes = lanes;
  }

  private arena(): Float32Array {
    return this.weights ?? this.training!.arena(this.training!.plan.parameters);
  }

  /** A reader that holds `steps` steps and, for `panels` > 0, goes back from seeds; with the current weights. */
  private readerFor(steps: number, panels: number): Reader {
    const plan = this.reader?.plan;
    if (!this.reader || plan!.steps < steps || (panels > 0 && !plan!.back)) {
      this.reader = new Reader(this.shape, this.compiled.single, Math.max(steps, readingSteps), panels);
      this.readerIsCurrent = false;
    }
    if (!this.readerIsCurrent) this.reader.load(this.arena());
    this.readerIsCurrent = true;
    return this.reader;
  }

  private trainable(): Training {
    this.assertOpen();
    if (!this.training)
      throw new Error(
        'This session was opened for reading (maxTime 0). Open the model with the window it will train on.',
      );
    return this.training;
  }

  private assertOpen(): void {
    if (this.closed) throw new Error(t('The session is closed. Open the model again.'));
  }

  private checkStream({ inputs, targets }: Stream): void {
    const V = this.shape.vocabulary;
    if (targets && targets.length !== inputs.length)
      throw new Error(`The stream has ${inputs.length} characters and ${targets.length} targets.`);
    for (const indices of targets ? [inputs, targets] : [inputs])
      for (let t = 0; t < indices.length; t++)
        if (indices[t]! >= V)
          throw new Error(`Index ${indices[t]} in the stream lies outside the vocabulary of ${V} characters.`);
  }

  private checkCapture({ columns = [], blocks = [], clamp = [] }: Capture): void {
    const { layers } = this.spec;
    for (const { layer: k, quantity } of [...columns, ...blocks]) {
      const layer = layers[k];
      if (!layer) throw new Error(`The model has no layer ${k}; its layers are 0 to ${layers.length - 1}.`);
      const quantities = quantitiesOf[layer.cell];
      if (!quantities.includes(quantity))
        throw new Error(`A ${layer.cell} cell has no quantity "${quantity}". Choose one of ${quantities.join(', ')}.`);
    }
    for (const { layer, cell } of [...columns, ...clamp]) {
      const size = layers[layer]?.hiddenSize ?? 0;
      if (!(cell >= 0 && cell < size)) throw new Error(`Layer ${layer} has no cell ${cell}; it has ${size} cells.`);
    }
    if (clamp.length > maxClamps)
      throw new Error(t('At most {0} cells can be clamped at once, not {1}.', maxClamps, clamp.length));
  }

  private checkSeeds({ stream, positions, logit }: LossSeeds, lags: number): void {
    if (!Number.isInteger(lags) || lags < 0) throw new Error(`The number of lags must be 0 or more, not ${lags}.`);
    for (const position of positions)
      if (!(position >= 0 && position < stream.inputs.length))
        throw new Error(`Position ${position} lies outside the stream of ${stream.inputs.length} characters.`);
    if (!logit && !stream.targets) throw new Error('A loss to go back from needs targets; the stream has none.');
    const V = this.shape.vocabulary;
    if (logit?.some((index) => !(index >= 0 && index < V)))
      throw new Error(`A logit to go back from lies outside the vocabulary of ${V} characters.`);
  }
}
