/** Serves the evidence behind a report of cells: single cells, their birth, the network beside n-grams. */
import { Comparison } from '../core/baselines/comparison.ts';
import { defaultMaxChars, KneserNey } from '../core/baselines/kneser-ney.ts';
import { endPlaces } from '../core/cells/ablation.ts';
import { scoreCheckpoint } from '../core/cells/birth.ts';
import { defaultPictureOptions, pictureCell } from '../core/cells/cell-picture.ts';
import { columnsOf } from '../core/cells/columns.ts';
import { defaultCellsOptions, sampleBudget } from '../core/cells/find-cells.ts';
import { LabelCache } from '../core/cells/label-cache.ts';
import { MeasurementCancelled, overallFraction, report, type Watch } from '../core/cells/progress.ts';
import { chooseText } from '../core/cells/sample.ts';
import { scoreCell } from '../core/cells/score-cell.ts';
import { HeldOutError } from '../core/cells/sides.ts';
import { SnippetCollector } from '../core/cells/snippets.ts';
import { SyntaxParser } from '../core/concepts/parser.ts';
import { nextCharacters } from '../core/corpus/vocabulary.ts';
import type { Engine } from '../core/engine/engine.ts';
import { RunFolder } from '../core/formats/index.ts';
import { Random } from '../core/random.ts';
import { t } from '../core/words.ts';
import type {
  BaselineAnswer,
  BirthAnswer,
  BirthPoint,
  BirthRequest,
  CellEvidenceService,
  CellRequest,
  ClampAnswer,
  EvidenceRequest,
  LabelledConcept,
  PictureAnswer,
  PictureRequest,
} from '../protocol/cell-evidence-service.ts';
import { type CallContext, CodedError, cancelled } from './channel.ts';
import { EvidenceRun, seed } from './evidence-run.ts';
import { type InspectorPlatform, openModel } from './inspector-models.ts';
import { type Labelling, openMeasuredRun } from './measured-run.ts';

type Context<P = { fraction: number }> = CallContext<P | LabelledConcept>;

/** Between two messages of progress, milliseconds. */
const progressInterval = 100;
/** Characters of the samples that checkpoints are compared on: each is read by every checkpoint. */
const birthSample = { validation: 16_384, test: 24_576 };
/** Snippets where the network beats the n-gram most, and the other way round. */
const wins = 8;

export class CellEvidence implements CellEvidenceService {
  private readonly platform: InspectorPlatform;
  /** Questions about one run's texts, and about runs on the same ones, follow each other: they are labelled once. */
  private readonly labelling: Labelling;
  private engine: Promise<Engine> | null = null;
  /** Told of the patterns as they label: texts are labelled when a question first reads them. */
  private onLabelling: (concept: string | null) => void = () => {};
  private kept: { key: string; run: EvidenceRun } | null = null;
  /** Questions go one after the other: they share an open model. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(platform: InspectorPlatform) {
    this.platform = platform;
    const parser = new SyntaxParser((file) => platform.readAsset(`grammars/${file}`));
    this.labelling = { parser, cache: new LabelCache() };
  }

  pictureCell(request: PictureRequest, context: Context): Promise<PictureAnswer> {
    return this.answer(request, context, async (run) => {
      run.checkCell(request);
      const { layer, cell, quantity, sign, concept } = request;
      const { model, sides, generation } = run.run;
      const index = concept === null ? null : run.conceptOf(concept);
      const watch = watchOf(context, ({ fraction }) => ({ fraction }));
      const column = { layer, cell, quantity };
      const picture = await pictureCell(model.session, sides.test, column, sign, index, defaultPictureOptions, watch);
      const { top, middle, random } = picture.snippets;
      const snippets = { top: run.placed(top), middle: run.placed(middle), random: run.placed(random) };
      return { ...picture, generation, snippets };
    });
  }

  scoreCell(request: CellRequest, context: Context) {
    return this.answer(request, context, async (run) => {
      run.checkCell(request);
      const { model, sides, generation } = run.run;
      const { validationSample } = defaultCellsOptions;
      const options = { seed, validationSample, quantities: request.quantities };
      const watch = watchOf(context, ({ stage, fraction }) => ({ fraction: overallFraction(stage, fraction, false) }));
      return { ...(await scoreCell(model.session, sides, request, options, watch)), generation };
    });
  }

  clampCell(request: CellRequest, context: Context): Promise<ClampAnswer> {
    return this.answer(request, context, async (run) => {
      run.checkCell(request);
      const { layer, cell } = request;
      const watch = watchOf(context, ({ fraction }) => ({ fraction }));
      const { bench, sample } = await run.clamps(watch);
      const classes = await bench.riseByClass(layer, cell);
      const concepts: ClampAnswer['concepts'] = [];
      for (const [index, { id, scale }] of run.run.concepts.entries()) {
        if (scale !== 'binary') continue;
        const rise = await bench.riseAt(layer, cell, endPlaces(sample, index));
        if (rise) concepts.push({ concept: id, ...rise });
      }
      return { generation: run.run.generation, chars: sample.length, classes, concepts };
    });
  }

  birthOfCells(
    request: BirthRequest,
    context: Context<{ fraction: number; point?: BirthPoint }>,
  ): Promise<BirthAnswer> {
    return this.answer(request, context, async (run, engine) => {
      const { model, sides } = run.run;
      const columns = columnsOf(model.info.spec, request.quantities);
      const affordable = Math.floor(sampleBudget / columns.length);
      const textOf = (side: 'validation' | 'test') =>
        chooseText(sides[side], Math.min(birthSample[side], affordable), Random.derive(seed, `${side} sample`), {
          signal: context.signal,
        });
      const texts = { validation: await textOf('validation'), test: await textOf('test') };
      const wanted = request.wanted.map(({ concept, followed }) => ({ concept: run.conceptOf(concept), followed }));
      const points: BirthPoint[] = [];
      for (const [done, generation] of request.generations.entries()) {
        const { key, folder } = request.model as Extract<typeof request.model, { kind: 'run' }>;
        const opened = await openModel(engine, this.platform, { key, kind: 'run', folder, generation });
        try {
          let passes = 0;
          let before = 0;
          const watch = watchOf(context, ({ fraction }) => {
            // Two samples are read, one after the other.
            if (fraction < before) passes = 1;
            before = fraction;
            return { fraction: (done + (passes + fraction) / 2) / request.generations.length };
          });
          const found = await scoreCheckpoint(opened.session, texts, columns, wanted, watch);
          const trainedChars = opened.info.generations.find(({ number }) => number === generation)?.trainedChars ?? 0;
          const concepts = found.map((one) => ({ ...one, concept: run.run.concepts[one.concept]!.id }));
          points.push({ generation, trainedChars, concepts });
          context.progress({ fraction: (done + 1) / request.generations.length, point: points.at(-1)! });
        } finally {
          await opened.session.close();
        }
      }
      return { chars: { validation: texts.validation.length, test: texts.test.length }, points };
    });
  }

  compareBaseline(
    request: EvidenceRequest & { order: number },
    context: Context<{ learning: boolean; fraction: number }>,
  ): Promise<BaselineAnswer> {
    return this.answer(request, context, async (run) => {
      const { model, texts, generation, told } = run.run;
      const { vocabulary, session } = model;
      context.progress({ learning: true, fraction: 0 });
      const { folder } = request.model as Extract<typeof request.model, { kind: 'run' }>;
      const { documents } = await (await RunFolder.open(this.platform.storage(folder))).readCorpus();
      const training = documents.filter(({ side }) => side === 'train');
      if (training.length === 0)
        throw new CodedError(
          'no-training-text',
          t(
            'This run keeps none of the text that it was trained on, so an n-gram has nothing to learn from. Train again on the folder to compare.',
          ),
        );
      const watch = watchOf(context, ({ fraction }) => ({ learning: false, fraction }));
      const encoded = (function* () {
        for (const { text } of training) yield vocabulary.encode(text);
      })();
      const options = { order: request.order, vocabularySize: vocabulary.size, maxChars: defaultMaxChars };
      const work = KneserNey.learning(encoded, options);
      let step = work.next();
      for (; !step.done; step = work.next()) await report({ signal: context.signal }, 'test', 0);
      const baseline = step.value;
      const comparison = new Comparison(session, baseline);
      const random = (): Random => Random.derive(seed, 'snippets');
      const network = new SnippetCollector(wins, 1, 0, random());
      const ngram = new SnippetCollector(wins, -1, 0, random());
      let done = 0;
      for (const { path, language, text, chars } of texts.test) {
        const breathe = (): Promise<void> => report(watch, 'test', done / told.test.chars);
        const document = await this.labelling.parser.document(language, text, breathe);
        const inputs = vocabulary.encode(text);
        const losses = await comparison.add(document, inputs, nextCharacters(inputs));
        const gains = new Float32Array(inputs.length);
        for (let i = 1; i < gains.length; i++) {
          const gain = (losses.baseline[i - 1]! - losses.network[i - 1]!) * Math.LOG2E;
          gains[i] = Number.isNaN(gain) ? 0 : gain;
        }
        network.add(path, document.points, gains);
        ngram.add(path, document.points, gains);
        done += chars;
      }
      return {
        generation,
        order: request.order,
        learned: baseline.trainedChars,
        training: training.reduce((sum, { chars }) => sum + chars, 0),
        test: told.test,
        tables: comparison.tables(),
        wins: { network: run.placed(network.result().top), baseline: run.placed(ngram.result().top) },
      };
    });
  }

  /** Opens the run unless it is open, and answers when it is this question's turn. */
  private answer<T, P>(
    request: EvidenceRequest,
    { signal, progress }: Context<P>,
    job: (run: EvidenceRun, engine: Engine) => Promise<T>,
  ): Promise<T> {
    const answer = this.last.then(async () => {
      try {
        if (signal.aborted) throw cancelled();
        this.onLabelling = (labelling) => progress({ labelling });
        const engine = await this.openEngine();
        return await job(await this.open(engine, request), engine);
      } catch (error) {
        if (error instanceof MeasurementCancelled || signal.aborted) throw cancelled();
        throw error instanceof HeldOutError ? new CodedError(error.code, error.message) : error;
      }
    });
    this.last = answer.catch(() => {});
    return answer;
  }

  private async open(engine: Engine, { model, userConcepts }: EvidenceRequest): Promise<EvidenceRun> {
    const key = JSON.stringify([model, userConcepts]);
    if (this.kept?.key === key) return this.kept.run;
    const before = this.kept;
    this.kept = null;
    await before?.run.close();
    const run = new EvidenceRun(
      await openMeasuredRun(engine, this.platform, this.labelling, { model, userConcepts }, (concept) =>
        this.onLabelling(concept),
      ),
    );
    this.kept = { key, run };
    return run;
  }

  private openEngine(): Promise<Engine> {
    this.engine ??= this.platform.openEngine('measuring');
    this.engine.catch(() => {
      this.engine = null;
    });
    return this.engine;
  }
}

/** Progress of a measurement as messages, not more often than anybody sees. */
function watchOf<P>(
  { signal, progress }: Context<P>,
  tell: (at: Parameters<NonNullable<Watch['onProgress']>>[0]) => P,
): Watch {
  let told = 0;
  return {
    signal,
    onProgress: (at) => {
      const message = tell(at);
      if (performance.now() - told < progressInterval) return;
      told = performance.now();
      progress(message);
    },
  };
}
