/** Serves activations, hover reports, samples, gradients and cells. One instance per worker; it works in slices (inspector-queue.ts). */
import { readCharacter } from '../core/activations/character.ts';
import { InspectedText } from '../core/activations/inspected-text.ts';
import { readPage } from '../core/activations/page.ts';
import type { Track } from '../core/activations/track.ts';
import type { Turn } from '../core/activations/turns.ts';
import { SyntaxParser } from '../core/concepts/parser.ts';
import type { Engine } from '../core/engine/engine.ts';
import { sampleCharacters } from '../core/sampling/sample.ts';
import { t } from '../core/words.ts';
import type { CellEvidenceService } from '../protocol/cell-evidence-service.ts';
import type { CellsProgress } from '../protocol/cells-service.ts';
import type { CharacterReport, InspectorService, ModelInfo, Page } from '../protocol/inspector-service.ts';
import { CellEvidence } from './cell-evidence.ts';
import { Cells } from './cells.ts';
import { type CallContext, CodedError, withTransfer } from './channel.ts';
import { EditedSyntax } from './edited-syntax.ts';
import { documentReach } from './gradient-reach.ts';
import { Gradients } from './gradients.ts';
import { checkAddress, checkCells, checkPlace } from './inspected-cells.ts';
import { type InspectorPlatform, type OpenModel, openModel } from './inspector-models.ts';
import { inTurns, Priority, reporting, TurnQueue } from './inspector-queue.ts';
import { cellsForSelection, placesOfCell } from './selection.ts';

type Request<M extends keyof InspectorService> = Parameters<InspectorService[M]>[0];

export class Inspector implements InspectorService {
  private readonly platform: InspectorPlatform;
  private readonly queue: TurnQueue;
  private readonly gradients: Gradients;
  private readonly cells: Cells;
  private readonly evidence: CellEvidence;
  private readonly syntax: EditedSyntax;
  private engine: Promise<Engine> | null = null;
  private readonly models = new Map<string, OpenModel>();
  private readonly texts = new Map<string, InspectedText>();
  /** Tracks that are being computed to their end in the background. */
  private readonly finishing = new Set<Track>();

  constructor(platform: InspectorPlatform) {
    this.platform = platform;
    this.queue = new TurnQueue(() => platform.pause());
    this.gradients = new Gradients(platform);
    this.cells = new Cells(platform);
    this.evidence = new CellEvidence(platform);
    this.syntax = new EditedSyntax(new SyntaxParser((file) => platform.readAsset(`grammars/${file}`)));
  }

  async prepare(): Promise<void> {
    await this.openEngine();
  }

  async openModel(request: Request<'openModel'>, context: CallContext): Promise<ModelInfo> {
    const model = await openModel(await this.openEngine(), this.platform, request);
    if (context.signal.aborted) await model.session.close();
    else {
      const old = this.models.get(request.key);
      this.models.set(request.key, model);
      if (old) await this.release(old);
    }
    return model.info;
  }

  async closeModel({ key }: Request<'closeModel'>): Promise<void> {
    const model = this.models.get(key);
    this.models.delete(key);
    if (model) await this.release(model);
  }

  async openDocument({ document, version, text }: Request<'openDocument'>): Promise<void> {
    this.texts.set(document, new InspectedText(version, text));
  }

  async changeDocument({ document, version, changes }: Request<'changeDocument'>): Promise<void> {
    const text = this.text(document);
    try {
      text.edit(version, changes);
    } catch (error) {
      // The two copies have come apart: whoever asks next is told to send the text again.
      this.texts.delete(document);
      throw new CodedError('out-of-step', (error as Error).message);
    }
    for (const model of this.models.values()) if (text.has(model)) this.finish(model, text);
  }

  async closeDocument({ document }: Request<'closeDocument'>): Promise<void> {
    this.texts.delete(document);
    this.syntax.close(document);
  }

  async page(request: Request<'page'>, context: CallContext<{ line: number }>): Promise<Page[]> {
    const model = this.model(request.model);
    const text = this.text(request.document);
    checkCells(model.info.spec, request.cells);
    const track = text.track(model);
    const turn = reporting(this.turns(Priority.page, model, context), () =>
      context.progress({ line: text.lineAt(track.computed) }),
    );
    const lines = { start: request.startLine, end: request.endLine };
    const pages = await readPage(track, text, request.cells, lines, turn);
    this.finish(model, text);
    return withTransfer(
      pages.map((page) => ({ ...page, pending: !track.complete })),
      pages.flatMap((page) => [page.values.buffer as ArrayBuffer, page.lineStarts.buffer as ArrayBuffer]),
    );
  }

  async inspect(request: Request<'inspect'>, context: CallContext): Promise<CharacterReport> {
    const model = this.model(request.model);
    const text = this.text(request.document);
    const { cell, watched = [] } = request;
    if (cell) checkPlace(model.info.spec, cell);
    for (const address of watched) checkAddress(model.info.spec, address);
    const track = text.track(model);
    const turn = this.turns(Priority.hover, model, context);
    for (;;) {
      const { version } = text;
      const at = text.locate(request.offset);
      if (!at) throw new CodedError('empty-document', t('The document is empty: there is no character to inspect.'));
      const line = { from: text.lineStart(at.line), to: text.lineStart(at.line + 1) };
      const reading = await readCharacter(track, at.index, line, cell, turn, watched);
      if (!reading) continue; // edited meanwhile
      this.finish(model, text);
      return withTransfer(
        { version, ...at, ...reading },
        reading.strips.map((strip) => strip.values.buffer as ArrayBuffer),
      );
    }
  }

  async overview(request: Request<'overview'>, context: CallContext<{ fraction: number }>) {
    const model = this.model(request.model);
    const track = this.text(request.document).track(model);
    const turn = reporting(this.turns(Priority.overview, model, context), () =>
      context.progress({ fraction: track.computed / Math.max(1, track.length) }),
    );
    while (!track.complete) await track.ensure(track.length, turn);
    const { min, max } = track.extremes();
    const { statistics } = track;
    let row = 0;
    return model.info.spec.layers.flatMap(({ hiddenSize }, layer) =>
      Array.from({ length: statistics.count === 0 ? 0 : hiddenSize }, (_, cell) => {
        const k = row++;
        const deviation = statistics.deviation(k);
        return { layer, cell, mean: statistics.mean(k), deviation, min: min[k]!, max: max[k]! };
      }),
    );
  }

  async cellsForSelection(request: Request<'cellsForSelection'>, context: CallContext<{ fraction: number }>) {
    const model = this.model(request.model);
    const turn = this.turns(Priority.overview, model, context);
    return cellsForSelection(model, this.text(request.document), request, this.syntax, turn, (fraction) =>
      context.progress({ fraction }),
    );
  }

  async placesOfCell(request: Request<'placesOfCell'>, context: CallContext) {
    const model = this.model(request.model);
    checkCells(model.info.spec, [request.cell]);
    return placesOfCell(model, request, this.turns(Priority.overview, model, context));
  }

  async sample(request: Request<'sample'>, context: CallContext<{ text: string }>): Promise<{ text: string }> {
    const model = this.model(request.model);
    const session = inTurns(model.session, this.turns(Priority.sample, model, context));
    let text = '';
    const aborted = (): boolean => context.signal.aborted;
    for await (const character of sampleCharacters(session, { ...request, aborted })) {
      text += character;
      context.progress({ text: character });
    }
    return { text };
  }

  gradientReport(request: Request<'gradientReport'>, context: CallContext<{ fraction: number }>) {
    return this.gradients.gradientReport(request, context);
  }

  gradientContribution(request: Request<'gradientContribution'>, context: CallContext<{ fraction: number }>) {
    return this.gradients.gradientContribution(request, context);
  }

  gradientHorizon(request: Request<'gradientHorizon'>, context: CallContext<{ fraction: number }>) {
    return this.gradients.gradientHorizon(request, context);
  }

  gradientJacobians(request: Request<'gradientJacobians'>, context: CallContext<{ fraction: number }>) {
    return this.gradients.gradientJacobians(request, context);
  }

  gradientMemory(request: Request<'gradientMemory'>, context: CallContext<{ fraction: number }>) {
    return this.gradients.gradientMemory(request, context);
  }

  gradientTexts(request: Request<'gradientTexts'>) {
    return this.gradients.gradientTexts(request);
  }

  gradientReach(request: Request<'gradientReach'>, context: CallContext) {
    return this.gradients.gradientReach(request, context);
  }

  findCells(request: Request<'findCells'>, context: CallContext<CellsProgress>) {
    return this.cells.findCells(request, context);
  }

  pictureCell(...question: Parameters<CellEvidenceService['pictureCell']>) {
    return this.evidence.pictureCell(...question);
  }

  scoreCell(...question: Parameters<CellEvidenceService['scoreCell']>) {
    return this.evidence.scoreCell(...question);
  }

  clampCell(...question: Parameters<CellEvidenceService['clampCell']>) {
    return this.evidence.clampCell(...question);
  }

  birthOfCells(...question: Parameters<CellEvidenceService['birthOfCells']>) {
    return this.evidence.birthOfCells(...question);
  }

  compareBaseline(...question: Parameters<CellEvidenceService['compareBaseline']>) {
    return this.evidence.compareBaseline(...question);
  }

  async documentReach(request: Request<'documentReach'>, context: CallContext) {
    const model = this.model(request.model);
    const text = this.text(request.document);
    const answer = await documentReach(model, text, request, this.turns(Priority.hover, model, context));
    this.finish(model, text);
    return answer;
  }

  private openEngine(): Promise<Engine> {
    this.engine ??= this.platform.openEngine('reading');
    this.engine.catch(() => {
      this.engine = null;
    });
    return this.engine;
  }

  private turns<P>(priority: Priority, model: OpenModel, context: CallContext<P>): Turn {
    return this.queue.turns(priority, [context.signal, model.closing.signal]);
  }

  /** Computes a text to its end while nothing else is to be done, so that scrolling finds everything there. */
  private finish(model: OpenModel, text: InspectedText): void {
    const track = text.track(model);
    if (track.complete || this.finishing.has(track)) return;
    this.finishing.add(track);
    const turn = this.queue.turns(Priority.background, [model.closing.signal]);
    const work = async (): Promise<void> => {
      while (!track.complete && this.isOpen(text)) await track.ensure(track.computed + 1, turn);
    };
    work()
      // A closed model ends it; any other failure meets whoever asks for the same characters next.
      .catch(() => {})
      .finally(() => this.finishing.delete(track));
  }

  private isOpen(text: InspectedText): boolean {
    for (const open of this.texts.values()) if (open === text) return true;
    return false;
  }

  private async release(model: OpenModel): Promise<void> {
    model.closing.abort();
    for (const text of this.texts.values()) text.forget(model);
    // In a turn of its own: no slice is reading from the session then.
    await this.queue.turns(Priority.hover)(() => model.session.close());
  }

  private model(key: string): OpenModel {
    const model = this.models.get(key);
    if (!model) throw new CodedError('no-model', t('This model is not open. Open it again.'));
    return model;
  }

  private text(document: string): InspectedText {
    const text = this.texts.get(document);
    if (!text)
      throw new CodedError('no-document', t('The inspector does not hold this document. Send its text again.'));
    return text;
  }
}
