/**
 * Serves gradient diagnostics. The panel's worker is another instance of the inspector's: a pass back from many positions
 * holds the thread for a good part of a second, and hovering must not wait for it.
 */
import type { Turn } from '../core/activations/turns.ts';
import { nextCharacters } from '../core/corpus/vocabulary.ts';
import type { Engine } from '../core/engine/engine.ts';
import { RunFolder } from '../core/formats/index.ts';
import { measureContribution } from '../core/gradients/contribution.ts';
import { defaultSteps, jacobianQuartiles, measureJacobians } from '../core/gradients/jacobian.ts';
import { measureLagNorms, type PassOptions } from '../core/gradients/lag-norms.ts';
import { lagProfile } from '../core/gradients/lag-profile.ts';
import { measureMemory, retainedAt } from '../core/gradients/memory.ts';
import { choosePositions, type Position, type TextStream } from '../core/gradients/positions.ts';
import type { Reach } from '../core/gradients/reach.ts';
import { costlyParts, gradientReport } from '../core/gradients/report.ts';
import { layerSpectrum, productBound } from '../core/gradients/spectrum.ts';
import { t } from '../core/words.ts';
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
import { ReachModel, textReach } from './gradient-reach.ts';
import { chooseHeldOut, fittingLags, givenTexts, type HeldOut } from './gradient-texts.ts';
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
  private kept: { key: string; model: Promise<ReachModel> } | null = null;
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
      const steps = [0, ...defaultSteps(lags)];
      return {
        lags,
        steps,
        layers: layers.map(
          (layer) => layer && { gate: layer.gate, horizons: layer.horizons, retained: retainedAt(layer, steps) },
        ),
      };
    });
  }

  async gradientTexts(request: Pick<GradientRequest, 'model' | 'texts' | 'lags'>): Promise<HeldOutText[]> {
    return (await this.textsOf(request)).documents;
  }

  async gradientReach(question: ReachQuestion, { signal }: CallContext): Promise<Reach> {
    const { model: reference, document } = question;
    const { documents } = await this.textsOf(question);
    const text = documents[document]?.text;
    if (text === undefined) throw new CodedError('no-document', t('This text is not there. Open the run again.'));
    const turn = this.queue.turns(Priority.hover, [signal]);
    return textReach(await this.keptModel(reference), text, question, turn);
  }

  gradientHorizon(request: GradientRequest, context: CallContext<{ fraction: number }>): Promise<HorizonSummary> {
    return this.measure(request, context, async ({ model, texts, positions, lags, pass }) => {
      const profiles = lagProfile(await measureLagNorms(model.session, texts, positions, lags, pass));
      return { lags, layers: profiles.map(({ h, c }) => ({ h: h.horizon, c: c?.horizon ?? null })) };
    });
  }

  /** Opens the model and its texts for one job, and closes the model after it. */
  private async measure<T>(
    request: GradientRequest,
    { signal, progress }: CallContext<{ fraction: number }>,
    job: (measured: Measured) => Promise<T>,
  ): Promise<T> {
    const { side, documents } = await this.textsOf(request);
    const model = await this.open(request.model);
    try {
      const turn: Turn = this.queue.turns(Priority.overview, [signal]);
      const texts = documents.map(({ text }): TextStream => {
        const inputs = model.vocabulary.encode(text);
        return { inputs, targets: nextCharacters(inputs) };
      });
      const lags = fittingLags(texts, request.lags);
      if (lags === 0)
        throw new CodedError(
          'too-short',
          side === 'given'
            ? t(
                'This text is too short to look back in, or the model knows too few of its characters. Open a longer file.',
              )
            : t('The held-out files of this run are too short to look back in. Train on a folder with longer files.'),
        );
      return await job({
        model,
        texts,
        lags,
        positions: choosePositions(texts, request.positions, lags, seed),
        told: {
          files: documents.map(({ path }) => path),
          side,
          chars: texts.reduce((sum, { inputs }) => sum + inputs.length, 0),
        },
        pass: { turn, batch, onProgress: (fraction) => progress({ fraction }) },
      });
    } finally {
      await model.session.close();
    }
  }

  private async open(reference: ModelReference): Promise<OpenModel> {
    this.engine ??= this.platform.openEngine('measuring');
    this.engine.catch(() => {
      this.engine = null;
    });
    return openModel(await this.engine, this.platform, reference);
  }

  /** The model that was asked about last stays open: characters are chosen one after the other. */
  private keptModel(reference: ModelReference): Promise<ReachModel> {
    const { kept } = this;
    if (kept?.key === reference.key) return kept.model;
    // In a turn of its own: no pass is reading from the session then.
    kept?.model.then(({ model }) => this.queue.turns(Priority.hover)(() => model.session.close())).catch(() => {});
    const model = this.open(reference).then((opened) => new ReachModel(opened));
    this.kept = { key: reference.key, model };
    model.catch(() => {
      if (this.kept?.model === model) this.kept = null;
    });
    return model;
  }

  private async textsOf({ model, texts, lags }: Pick<GradientRequest, 'model' | 'texts' | 'lags'>): Promise<HeldOut> {
    if (texts) return givenTexts(texts);
    if (model.kind !== 'run')
      throw new CodedError(
        'no-run',
        t(
          'A model file has no held-out text of its own. Open a text in an editor to measure it on, or choose a run that was trained here.',
        ),
      );
    const { folder } = model;
    if (this.corpus?.folder === folder) return this.corpus.heldOut;
    const run = await RunFolder.open(this.platform.storage(folder));
    const { documents } = await run.readCorpus();
    const heldOut = chooseHeldOut(documents, lags, seed);
    this.corpus = { folder, heldOut };
    return heldOut;
  }
}
