/**
 * Serves the search for cells that stand for concepts. Its worker is another instance of the inspector's: a search holds
 * the thread for a minute, and hovering must not wait for it.
 */
import { defaultCellsOptions, findCells } from '../core/cells/find-cells.ts';
import { LabelCache } from '../core/cells/label-cache.ts';
import { MeasurementCancelled, type Stage } from '../core/cells/progress.ts';
import { HeldOutError } from '../core/cells/sides.ts';
import { SyntaxParser } from '../core/concepts/parser.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { CellsProgress, CellsRequest, CellsService, FoundCells } from '../protocol/cells-service.ts';
import { type CallContext, CodedError, cancelled } from './channel.ts';
import type { InspectorPlatform } from './inspector-models.ts';
import { type Labelling, type MeasuredRequest, type MeasuredRun, openMeasuredRun } from './measured-run.ts';

/** Between two messages of progress, milliseconds. */
const progressInterval = 100;

export class Cells implements CellsService {
  private readonly platform: InspectorPlatform;
  /** Checkpoints of one run are searched one after the other: their texts are labelled once. */
  private readonly labelling: Labelling;
  private engine: Promise<Engine> | null = null;

  constructor(platform: InspectorPlatform) {
    this.platform = platform;
    const parser = new SyntaxParser((file) => platform.readAsset(`grammars/${file}`));
    this.labelling = { parser, cache: new LabelCache() };
  }

  findCells(request: CellsRequest, context: CallContext<CellsProgress>): Promise<FoundCells> {
    const { signal, progress } = context;
    let at: { stage: Stage; fraction: number } = { stage: 'sample', fraction: 0 };
    let told = 0;
    const onLabelling = (labelling: string | null): void => progress({ ...at, labelling });
    return this.measure(
      request,
      context,
      onLabelling,
      async ({ model, manifest, generation, trainedChars, sides, told: texts }, engine) => {
        const report = await findCells(
          engine,
          model.session,
          sides,
          {
            ...defaultCellsOptions,
            seed: request.seed,
            init: manifest.options.init,
            quantities: request.quantities,
            evidence: request.evidence,
          },
          {
            signal,
            onProgress: (now) => {
              at = now;
              if (performance.now() - told < progressInterval) return;
              told = performance.now();
              progress(at);
            },
          },
          (partial) => progress({ ...at, report: partial }),
        );
        return { generation, trainedChars, texts, report };
      },
    );
  }

  /** Opens a run for one job, and closes its model after it. */
  private async measure<T>(
    request: MeasuredRequest,
    { signal }: CallContext<CellsProgress>,
    onLabelling: (concept: string | null) => void,
    job: (run: MeasuredRun, engine: Engine) => Promise<T>,
  ): Promise<T> {
    this.engine ??= this.platform.openEngine('measuring');
    this.engine.catch(() => {
      this.engine = null;
    });
    const engine = await this.engine;
    try {
      const run = await openMeasuredRun(engine, this.platform, this.labelling, request, onLabelling);
      try {
        return await job(run, engine);
      } finally {
        await run.model.session.close();
      }
    } catch (error) {
      if (error instanceof MeasurementCancelled || signal.aborted) throw cancelled();
      throw error instanceof HeldOutError ? new CodedError(error.code, error.message) : error;
    }
  }
}
