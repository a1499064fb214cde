/** The one inspection of a window: the open model, the chosen cell, and what hover, colours and heatmap ask about documents. */
import * as vscode from 'vscode';
import type { DocumentReach } from '../../protocol/gradients-service.ts';
import type {
  CellAddress,
  InspectorService,
  ModelInfo,
  ModelReference,
  Page,
} from '../../protocol/inspector-service.ts';
import { type CallOptions, CodedError, type Remote } from '../../worker/channel.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import type { Inspection, Runs } from '../contracts.ts';
import type { HostPlatform } from '../platform.ts';
import { fittingCell, rememberedCell } from './cell-choice.ts';
import { DocumentSync } from './document-sync.ts';
import { hasLearned, steadiestCell } from './first-cell.ts';
import { InspectorClient } from './inspector-client.ts';
import { rememberedModel } from './model-choice.ts';
import { type SideOfSplit, SplitSides } from './split-sides.ts';

const CELL_KEY = 'cellscope.cell';
const MODEL_KEY = 'cellscope.model';
const FIRST_CELL: CellAddress = { layer: 0, cell: 0, quantity: 'tanhc' };

export class InspectionSession implements Inspection, vscode.Disposable {
  private readonly modelChanged = new vscode.EventEmitter<ModelInfo | null>();
  private readonly cellChanged = new vscode.EventEmitter<CellAddress>();
  private readonly asked = new vscode.EventEmitter<void>();
  /** Fires when somebody waits for colours or a report. */
  readonly onDidAsk = this.asked.event;
  private readonly documentChanged = new vscode.EventEmitter<vscode.TextDocument>();
  readonly onDidChangeModel = this.modelChanged.event;
  readonly onDidChangeCell = this.cellChanged.event;
  readonly onDidChangeDocument = this.documentChanged.event;

  private readonly memory: vscode.Memento;
  private readonly runs: Runs;
  private readonly cells: Pick<CellsStore, 'namesIn' | 'onDidChange'>;
  private readonly log: vscode.LogOutputChannel;
  private readonly client: InspectorClient;
  private readonly documents: DocumentSync;
  private readonly sides: SplitSides;
  private readonly subscriptions: vscode.Disposable;

  private open: { reference: ModelReference; info: ModelInfo } | null = null;
  private chosenCell: CellAddress;
  /** False until somebody chose a cell: then one is suggested for every model. */
  private cellWasChosen: boolean;
  /** The model for which a cell was suggested for good. */
  private suggestedFor: string | null = null;
  /** Model changes happen one after the other; only the last one asked for stays. */
  private selecting: Promise<unknown> = Promise.resolve();
  private selections = 0;
  private reopening: Promise<void> | null = null;

  constructor(
    context: Pick<vscode.ExtensionContext, 'workspaceState'>,
    platform: HostPlatform,
    runs: Runs,
    cells: Pick<CellsStore, 'namesIn' | 'onDidChange'>,
    log: vscode.LogOutputChannel,
  ) {
    this.memory = context.workspaceState;
    this.runs = runs;
    this.cells = cells;
    this.log = log;
    const remembered = rememberedCell(this.memory.get(CELL_KEY));
    this.chosenCell = remembered ?? FIRST_CELL;
    this.cellWasChosen = remembered !== null;
    this.client = new InspectorClient(platform, log);
    this.documents = new DocumentSync(this.client, log);
    this.sides = new SplitSides(
      (document) => vscode.workspace.asRelativePath(document.uri),
      (document) => this.documentChanged.fire(document),
    );
    this.subscriptions = vscode.Disposable.from(
      this.documents.onDidChange((document) => this.documentChanged.fire(document)),
      this.client.onDidDie(() => void this.recover()),
      // Names are found while the model is open: until somebody chose a cell, the first of them is shown.
      cells.onDidChange(() => this.open && !this.cellWasChosen && this.suggestNamed(this.open.info)),
    );
  }

  get model(): ModelInfo | null {
    return this.open?.info ?? null;
  }

  get reference(): ModelReference | null {
    return this.open?.reference ?? null;
  }

  get cell(): CellAddress {
    return this.chosenCell;
  }

  /** The model of the last session of this workspace, if there was one and it still opens. */
  async restore(): Promise<ModelInfo | null> {
    const reference = rememberedModel(this.memory.get(MODEL_KEY));
    if (!reference || this.selections > 0) return this.model;
    try {
      return await this.selectModel(reference);
    } catch (error) {
      this.log.info('The model of the last session could not be opened again.', error);
      return null;
    }
  }

  /** Starts the inspector before the first question, where one is about to come. */
  prepare(): void {
    this.client
      .remote()
      .then((remote) => remote.call('prepare', {}))
      .catch((error: unknown) => this.log.debug('The inspector could not be made ready ahead of time.', error));
  }

  /** Resolves when the choices of a model that were made until now are done with. */
  async whenSelected(): Promise<void> {
    await this.selecting;
  }

  /** @throws with the worker's message where the model cannot be opened; the one before stays open then. */
  async selectModel(reference: ModelReference | null): Promise<ModelInfo | null> {
    const selection = ++this.selections;
    this.client.forgive();
    const result = this.selecting.then(async () => {
      if (selection !== this.selections) return this.model; // a later choice is waiting
      if (!reference) await this.close();
      else await this.openReference(reference);
      return this.model;
    });
    this.selecting = result.catch(() => {});
    return result;
  }

  selectCell(cell: CellAddress): void {
    this.cellWasChosen = true;
    const next = this.open ? fittingCell(this.open.info.spec, cell) : cell;
    void this.memory.update(CELL_KEY, next);
    this.setCell(next);
  }

  /** Goes to a cell of the open model without a word in the person's own choice, which other models are opened with. */
  showCell({ layer, cell, quantity }: CellAddress): void {
    if (!this.open) return;
    this.suggestedFor = this.open.info.key;
    this.setCell(fittingCell(this.open.info.spec, { layer, cell, quantity }));
  }

  page(
    document: vscode.TextDocument,
    request: { cells: CellAddress[]; startLine: number; endLine: number },
    signal?: AbortSignal,
  ): Promise<Page[]> {
    this.asked.fire();
    return this.ask(document, (remote, model) =>
      remote.call('page', { model, document: DocumentSync.id(document), ...request }, signal ? { signal } : {}),
    );
  }

  inspect(document: vscode.TextDocument, offset: number, signal?: AbortSignal, watched: readonly CellAddress[] = []) {
    const { layer, cell } = this.chosenCell;
    this.asked.fire();
    return this.ask(document, (remote, model) =>
      remote.call(
        'inspect',
        { model, document: DocumentSync.id(document), offset, cell: { layer, cell }, watched },
        signal ? { signal } : {},
      ),
    );
  }

  reach(
    document: vscode.TextDocument,
    question: { offset: number; lags: number; logit: string | null },
    signal?: AbortSignal,
  ): Promise<DocumentReach> {
    return this.ask(document, (remote, model) =>
      remote.call(
        'documentReach',
        { model, document: DocumentSync.id(document), ...question },
        signal ? { signal } : {},
      ),
    );
  }

  overview(document: vscode.TextDocument, options: CallOptions<{ fraction: number }> = {}) {
    return this.ask(document, (remote, model) =>
      remote.call('overview', { model, document: DocumentSync.id(document) }, options),
    );
  }

  cellsForSelection(
    document: vscode.TextDocument,
    request: { start: number; end: number; count: number },
    options: CallOptions<{ fraction: number }> = {},
  ) {
    return this.ask(document, (remote, model) =>
      remote.call(
        'cellsForSelection',
        { model, document: DocumentSync.id(document), language: document.languageId, ...request },
        options,
      ),
    );
  }

  placesOfCell(
    request: Omit<Parameters<InspectorService['placesOfCell']>[0], 'model'>,
    options: CallOptions<never> = {},
  ) {
    return this.ask(null, (remote, model) => remote.call('placesOfCell', { model, ...request }, options));
  }

  sample(
    request: Omit<Parameters<InspectorService['sample']>[0], 'model'>,
    options: CallOptions<{ text: string }> = {},
  ): Promise<{ text: string }> {
    return this.ask(null, (remote, model) => remote.call('sample', { model, ...request }, options));
  }

  sideOf(document: vscode.TextDocument): SideOfSplit | null {
    const reference = this.open?.reference;
    if (reference?.kind !== 'run') return null;
    const { folder } = reference;
    const run = this.runs.entries.find((entry) => entry.folder.fsPath === folder || entry.folder.toString() === folder);
    return run ? this.sides.of(document, run.manifest.corpus.files) : null;
  }

  /** Ends the worker where it stands, as a crash would: for tests of recovery. */
  kill(): Promise<void> {
    return this.client.kill();
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.documents.dispose();
    this.client.dispose();
    this.modelChanged.dispose();
    this.cellChanged.dispose();
    this.documentChanged.dispose();
    this.asked.dispose();
  }

  /**
   * Asks about a document that the inspector holds. Where the worker died or lost the document or the model, all is handed
   * over again and the question is asked once more.
   */
  private async ask<T>(
    document: vscode.TextDocument | null,
    question: (remote: Remote<InspectorService>, model: string) => Promise<T>,
  ): Promise<T> {
    const attempt = async (remote: Remote<InspectorService>): Promise<T> => {
      if (!this.open) throw noModel();
      if (document) await this.documents.ensure(document);
      return question(remote, this.open.info.key);
    };
    if (!this.open) throw noModel();
    const remote = await this.client.remote();
    try {
      return await attempt(remote);
    } catch (error) {
      const code = error instanceof CodedError ? error.code : '';
      const current = await this.client.remote();
      const replaced = current !== remote;
      if (!this.open || (!replaced && code !== 'no-model' && code !== 'no-document')) throw error;
      if (document && code === 'no-document') this.documents.forget(document);
      if (replaced || code === 'no-model') await this.recover();
      return attempt(current);
    }
  }

  private async openReference(reference: ModelReference): Promise<void> {
    const remote = await this.client.remote();
    const info = await remote.call('openModel', reference);
    const previous = this.open;
    this.open = { reference, info };
    // Not waited for: the window writes it down when it has time, and colours are waited for.
    void this.memory.update(MODEL_KEY, reference);
    if (previous && previous.info.key !== info.key) this.closeInWorker(previous.info.key);
    const fitting = fittingCell(info.spec, this.chosenCell);
    this.modelChanged.fire(info);
    this.setCell(fitting);
    if (this.cellWasChosen || this.suggestNamed(info) || this.suggestedFor === info.key) return;
    void this.suggestCell(info);
  }

  private setCell(next: CellAddress): void {
    const { layer, cell, quantity } = this.chosenCell;
    if (next.layer === layer && next.cell === cell && next.quantity === quantity) return;
    this.chosenCell = next;
    this.cellChanged.fire(next);
  }

  /** Goes to the surest of the cells that have a name in this model; false where none has. */
  private suggestNamed(info: ModelInfo): boolean {
    const [first] = this.cells.namesIn(info);
    if (!first) return false;
    const { layer, cell, quantity } = first.candidate;
    this.setCell({ layer, cell, quantity });
    this.suggestedFor = info.key;
    return true;
  }

  /** Goes to a cell worth looking at over the text in the active editor. */
  private async suggestCell(info: ModelInfo): Promise<void> {
    const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
    const documents = editors.flatMap((editor) => (editor ? [editor.document] : []));
    try {
      const cell = await steadiestCell(info, documents, this);
      if (!cell || this.cellWasChosen || this.open?.info !== info || this.suggestedFor === info.key) return;
      this.setCell(cell);
      if (hasLearned(info)) this.suggestedFor = info.key;
    } catch (error) {
      this.log.debug('No cell could be suggested.', error);
    }
  }

  private async close(): Promise<void> {
    const previous = this.open;
    this.open = null;
    await this.memory.update(MODEL_KEY, undefined);
    if (!previous) return;
    this.closeInWorker(previous.info.key);
    this.modelChanged.fire(null);
  }

  private closeInWorker(key: string): void {
    this.client
      .remote()
      .then((remote) => remote.call('closeModel', { key }))
      .catch((error: unknown) => this.log.debug(`Closing the model ${key} failed.`, error));
  }

  /** Opens the model again in a worker that does not hold it, and lets everybody ask anew. */
  private recover(): Promise<void> {
    this.reopening ??= this.reopen().finally(() => {
      this.reopening = null;
    });
    return this.reopening;
  }

  private async reopen(): Promise<void> {
    const { open } = this;
    if (!open) return;
    try {
      const remote = await this.client.remote();
      const info = await remote.call('openModel', open.reference);
      if (this.open !== open) return;
      this.open = { reference: open.reference, info };
      vscode.window.setStatusBarMessage(
        `$(warning) ${vscode.l10n.t('Cellscope: the inspector stopped and was started again')}`,
        8000,
      );
      this.modelChanged.fire(info);
    } catch (error) {
      if (this.open !== open) return;
      this.open = null;
      this.log.error('The inspector could not be started again.', error);
      this.modelChanged.fire(null);
      void this.offerRestart(open.reference, error);
    }
  }

  private async offerRestart(reference: ModelReference, error: unknown): Promise<void> {
    const again = vscode.l10n.t('Try Again');
    let failure = error;
    while (failure) {
      const reason = failure instanceof Error ? failure.message : String(failure);
      const chosen = await vscode.window.showErrorMessage(
        vscode.l10n.t('Cellscope: the inspector stopped. {0}', reason),
        again,
      );
      if (chosen !== again) return;
      failure = await this.selectModel(reference).then(
        () => null,
        (next: unknown) => next,
      );
    }
  }
}

function noModel(): CodedError {
  return new CodedError(
    'no-model',
    vscode.l10n.t('No model is open. Train on the workspace, or open a run in the Cellscope view.'),
  );
}
