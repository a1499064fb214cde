/**
 * Serves gradient diagnostics. The panel's worker is another instance of the inspector's: a pass back from many positions
 * holds the thread for a good part of a second, and hovering must not wait for it.
 */
import type { Turn } from '../core/activations/turns.ts';
import { nextCharacters } from '../core/corpus/vocabulary.ts';
import type { Engine } from '../core/engine/engine.ts';
import { RunFolder } from '../core/formats/index.ts';
import { measureContribution } from '../core/gradients/contribution.ts';
import { jacobianQuartiles, measureJacobians } from '../core/gradients/jacobian.ts';
import { measureLagNorms, type PassOptions } from '../core/gradients/lag-norms.ts';
import { lagProfile } from '../core/gradients/lag-profile.ts';
import { measureMemory } from '../core/gradients/memory.ts';
import { choosePositions, type Position, type TextStream } from '../core/gradients/positions.ts';
import { type Reach, reachOf } from '../core/gradients/reach.ts';
import { costlyParts, gradientReport } from '../core/gradients/report.ts';
import { layerSpectrum, productBound } from '../core/gradients/spectrum.ts';
import type {
  ContributionSummary,
  GradientRequest,
  GradientSummary,
  GradientsService,
  HeldOutText,
  HorizonSummary,
  JacobianSummary,
  MeasuredTexts,
  MemorySummary,
  ReachQuestion,
} from '../protocol/gradients-service.ts';
import type { ModelReference } from '../protocol/inspector-service.ts';
import { type CallContext, CodedError } from './channel.ts';
import { chooseHeldOut, fittingLags, type HeldOut } from './gradient-texts.ts';
import { type InspectorPlatform, type OpenModel, openModel } from './inspector-models.ts';
import { Priority, TurnQueue } from './inspector-queue.ts';

/** Seed of the texts and positions: runs of one corpus are measured at the same places. */
const seed = 1;
/** Positions that go back together: a cancelled job ends within one such pass. */
const batch = 16;

interface Measured {
  model: OpenModel;
  texts: TextStream[];
  positions: Position[];
  lags: number;
  told: MeasuredTexts;
  pass: PassOptions;
}

export class Gradients implements GradientsService {
  private readonly platform: InspectorPlatform;
  private readonly queue: TurnQueue;
  private engine: Promise<Engine> | null = null;
  private kept: { key: string; model: Promise<OpenModel> } | null = null;
  /** The corpus read last: runs are asked about one after the other, and a run several times. */
  private corpus: { folder: string; heldOut: HeldOut } | null = null;

  constructor(platform: InspectorPlatform) {
    this.platform = platform;
    this.queue = new TurnQueue(() => platform.pause());
  }

  gradientReport(request: GradientRequest, context: CallContext<{ fraction: number }>): Promise<GradientSummary> {
    return this.measure(request, context, async ({ model, texts, positions, lags, told, pass }) => {
      const { layers } = await gradientReport(model.session, texts, positions, lags, pass);
      return { generation: model.info.generation, lags, positions: positions.length, texts: told, layers };
    });
  }

  gradientContribution(
    request: GradientRequest,
    context: CallContext<{ fraction: number }>,
  ): Promise<ContributionSummary> {
    return this.measure(request, context, async ({ model, texts, positions, lags, told, pass }) => ({
      lags,
      positions: costlyParts(positions, lags).contributors.length,
      texts: told,
      layers: await measureContribution(model.session, texts, costlyParts(positions, lags).contributors, lags, pass),
    }));
  }

  gradientJacobians(request: GradientRequest, context: CallContext<{ fraction: number }>): Promise<JacobianSummary> {
    return this.measure(request, context, async ({ model, texts, positions, lags, pass }) => {
      const { session } = model;
      const { places, steps } = costlyParts(positions, lags);
      const norms = await measureJacobians(session, texts, places, steps, pass);
      const parameters = await session.parameters();
      const layers = jacobianQuartiles(norms).map((quartiles, k) => {
        const spectrum = layerSpectrum(session.spec, parameters, k);
        const bound = steps.map((step) => productBound(session.spec.layers[k]!, spectrum, step));
        return { ...quartiles, bound: bound.every((value) => value !== null) ? bound : null };
      });
      return { places: places.length, steps, layers };
    });
  }

  gradientMemory(request: GradientRequest, context: CallContext<{ fraction: number }>): Promise<MemorySummary> {
    return this.measure(request, context, async ({ model, texts, positions, lags, pass }) => {
      const layers = await measureMemory(model.session, texts, positions, lags, pass);
      return { lags, layers: layers.map((layer) => layer && { gate: layer.gate, horizons: layer.horizons }) };
    });
  }

  async gradientTexts({ model, lags }: { model: ModelReference; lags: number }): Promise<HeldOutText[]> {
    return (await this.heldOut(model, lags)).documents;
  }

  async gradientReach(question: ReachQuestion, { signal }: CallContext): Promise<Reach> {
    const { model: reference, document, at, lags, logit } = question;
    const heldOut = await this.heldOut(reference, lags);
    const text = heldOut.documents[document]?.text;
    if (text === undefined) throw new CodedError('no-document', 'This held-out text is not there. Open the run again.');
    const { session, vocabulary } = await this.keptModel(reference);
    const inputs = vocabulary.encode(text);
    const seed = logit === null ? null : vocabulary.encode(logit)[0];
    if (seed === -1 || seed === undefined)
      throw new CodedError('unknown', `${JSON.stringify(logit)} is not in the model's vocabulary. Choose another one.`);
    return reachOf(
      session,
      { inputs, targets: nextCharacters(inputs) },
      {
        at,
        lags,
        ...(seed === null ? {} : { logit: seed }),
        turn: this.queue.turns(Priority.hover, [signal]),
      },
    );
  }

  gradientHorizon(request: GradientRequest, context: CallContext<{ fraction: number }>): Promise<HorizonSummary> {
    return this.measure(request, context, async ({ model, texts, positions, lags, pass }) => {
      const profiles = lagProfile(await measureLagNorms(model.session, texts, positions, lags, pass));
      return { lags, layers: profiles.map(({ h, c }) => ({ h: h.horizon, c: c?.horizon ?? null })) };
    });
  }

  /** Opens the model and its texts for one job, and closes the model after it. */
  private async measure<T>(
    { model: reference, positions: count, lags: wanted }: GradientRequest,
    { signal, progress }: CallContext<{ fraction: number }>,
    job: (measured: Measured) => Promise<T>,
  ): Promise<T> {
    const heldOut = await this.heldOut(reference, wanted);
    const model = await this.open(reference);
    try {
      const turn: Turn = this.queue.turns(Priority.overview, [signal]);
      const texts = heldOut.documents.map(({ text }): TextStream => {
        const inputs = model.vocabulary.encode(text);
        return { inputs, targets: nextCharacters(inputs) };
      });
      const lags = fittingLags(texts, wanted);
      if (lags === 0)
        throw new CodedError(
          'too-short',
          'The held-out files of this run are too short to look back in. Train on a folder with longer files.',
        );
      return await job({
        model,
        texts,
        lags,
        positions: choosePositions(texts, count, lags, seed),
        told: {
          files: heldOut.documents.map(({ path }) => path),
          side: heldOut.side,
          chars: texts.reduce((sum, { inputs }) => sum + inputs.length, 0),
        },
        pass: { turn, batch, onProgress: (fraction) => progress({ fraction }) },
      });
    } finally {
      await model.session.close();
    }
  }

  private async open(reference: ModelReference): Promise<OpenModel> {
    this.engine ??= this.platform.openEngine();
    this.engine.catch(() => {
      this.engine = null;
    });
    return openModel(await this.engine, this.platform, reference);
  }

  /** The model that was asked about last stays open: characters are chosen one after the other. */
  private keptModel(reference: ModelReference): Promise<OpenModel> {
    const { kept } = this;
    if (kept?.key === reference.key) return kept.model;
    // In a turn of its own: no pass is reading from the session then.
    kept?.model.then((model) => this.queue.turns(Priority.hover)(() => model.session.close())).catch(() => {});
    const model = this.open(reference);
    this.kept = { key: reference.key, model };
    model.catch(() => {
      if (this.kept?.model === model) this.kept = null;
    });
    return model;
  }

  private async heldOut(reference: ModelReference, lags: number): Promise<HeldOut> {
    if (reference.kind !== 'run')
      throw new CodedError(
        'no-run',
        'A model file has no held-out text of its own. Choose a run that was trained here.',
      );
    const { folder } = reference;
    if (this.corpus?.folder === folder) return this.corpus.heldOut;
    const run = await RunFolder.open(this.platform.storage(folder));
    const { documents } = await run.readCorpus();
    const heldOut = chooseHeldOut(documents, lags, seed);
    this.corpus = { folder, heldOut };
    return heldOut;
  }
}
