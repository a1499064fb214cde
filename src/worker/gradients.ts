/**
 * Serves gradient diagnostics. The panel's worker is another instance of the inspector's: a pass back from many positions
 * holds the thread for a good part of a second, and hovering must not wait for it.
 */
import type { Turn } from '../core/activations/turns.ts';
import { nextCharacters } from '../core/corpus/vocabulary.ts';
import type { Engine } from '../core/engine/engine.ts';
import { RunFolder } from '../core/formats/index.ts';
import { measureContribution } from '../core/gradients/contribution.ts';
import { measureLagNorms, type PassOptions } from '../core/gradients/lag-norms.ts';
import { lagProfile } from '../core/gradients/lag-profile.ts';
import { choosePositions, type Position, type TextStream } from '../core/gradients/positions.ts';
import { gradientReport } from '../core/gradients/report.ts';
import type {
  ContributionSummary,
  GradientRequest,
  GradientSummary,
  GradientsService,
  HorizonSummary,
  MeasuredTexts,
} from '../protocol/gradients-service.ts';
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
      positions: positions.length,
      texts: told,
      layers: await measureContribution(model.session, texts, positions, lags, pass),
    }));
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
    if (reference.kind !== 'run')
      throw new CodedError(
        'no-run',
        'A model file has no held-out text of its own. Choose a run that was trained here.',
      );
    const heldOut = await this.heldOut(reference.folder, wanted);
    this.engine ??= this.platform.openEngine();
    this.engine.catch(() => {
      this.engine = null;
    });
    const model = await openModel(await this.engine, this.platform, reference);
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

  private async heldOut(folder: string, lags: number): Promise<HeldOut> {
    if (this.corpus?.folder === folder) return this.corpus.heldOut;
    const run = await RunFolder.open(this.platform.storage(folder));
    const { documents } = await run.readCorpus();
    const heldOut = chooseHeldOut(documents, lags, seed);
    this.corpus = { folder, heldOut };
    return heldOut;
  }
}
