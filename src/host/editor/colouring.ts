/**
 * *Colour Editor by Cell*: backgrounds in all visible editors by the chosen cell. Fourteen decoration types (seven
 * strengths for on and off), merged ranges, the visible lines and a margin; as somebody types, the lines are asked again.
 */
import * as vscode from 'vscode';
import type { ModelInfo } from '../../protocol/inspector-service.ts';
import { CodedError } from '../../worker/channel.ts';
import type { Inspection } from '../contracts.ts';
import { colourRuns, STEPS, typeIndex } from './colour-runs.ts';

const ON_KEY = 'cellscope.colourEditor';
/** Lines above and below the visible ones that are coloured too. */
const MARGIN = 40;
/** Colouring waits this long for further events of the same moment, milliseconds: less than a frame. */
const DEBOUNCE = 8;
/** After a key the lines in view, and those that are cut by its edges, are coloured at once; the margin follows when typing rests. */
const TYPING_MARGIN = 3;
const TYPING_REST = 200;
/** Opacity of the strongest step: syntax and selection stay readable. */
const STRONGEST = 0.6;

interface Painted {
  timer: ReturnType<typeof setTimeout> | null;
  request: AbortController | null;
  /** What the editor shows: document version, model and lines. Null where that is out of date. */
  shown: { version: number; startLine: number; endLine: number } | null;
  /** Which types have ranges in this editor: the others need no call. */
  used: boolean[];
}

export class EditorColouring implements vscode.Disposable {
  private readonly inspection: Inspection;
  private readonly memory: vscode.Memento;
  private readonly painted = new Map<vscode.TextEditor, Painted>();
  private types: vscode.TextEditorDecorationType[] = [];
  private readonly subscriptions: vscode.Disposable;
  private readonly toggled = new vscode.EventEmitter<boolean>();
  readonly onDidToggle = this.toggled.event;
  /** The last failure that was shown: it is not shown again for every key. */
  private complaint = '';

  constructor(context: Pick<vscode.ExtensionContext, 'workspaceState'>, inspection: Inspection) {
    this.inspection = inspection;
    this.memory = context.workspaceState;
    this.subscriptions = vscode.Disposable.from(
      inspection.onDidChangeModel((model) => this.modelChanged(model)),
      inspection.onDidChangeCell(() => this.renewAll()),
      inspection.onDidChangeDocument((document) => this.renewEditorsOf(document)),
      vscode.window.onDidChangeVisibleTextEditors((editors) => this.editorsChanged(editors)),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.schedule(textEditor)),
    );
    if (this.memory.get(ON_KEY) === true) this.turnOn();
  }

  get isOn(): boolean {
    return this.types.length > 0;
  }

  async toggle(): Promise<void> {
    if (!this.isOn && !this.inspection.model) {
      const train = vscode.l10n.t('Train on Workspace');
      const chosen = await vscode.window.showInformationMessage(
        vscode.l10n.t(
          'No model is open. Train on the workspace, or open a run in the Cellscope view, then colour the editor.',
        ),
        train,
      );
      if (chosen === train) await vscode.commands.executeCommand('cellscope.trainOnWorkspace');
      return;
    }
    if (this.isOn) this.turnOff();
    else this.turnOn();
    await this.memory.update(ON_KEY, this.isOn);
  }

  dispose(): void {
    this.turnOff();
    this.subscriptions.dispose();
    this.toggled.dispose();
  }

  private turnOn(): void {
    this.types = ['positive', 'negative'].flatMap((sign) =>
      Array.from({ length: STEPS }, (_, k) => decorationType(sign, ((k + 1) / STEPS) * STRONGEST)),
    );
    this.toggled.fire(true);
    this.renewAll();
  }

  private turnOff(): void {
    for (const editor of [...this.painted.keys()]) this.forget(editor);
    for (const type of this.types) type.dispose();
    this.types = [];
    this.toggled.fire(false);
  }

  private modelChanged(model: ModelInfo | null): void {
    this.complaint = '';
    if (model) this.renewAll();
    else for (const editor of this.painted.keys()) this.clear(editor);
  }

  private editorsChanged(visible: readonly vscode.TextEditor[]): void {
    for (const editor of [...this.painted.keys()]) if (!visible.includes(editor)) this.forget(editor);
    for (const editor of visible) this.schedule(editor);
  }

  private renewAll(): void {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    for (const entry of this.painted.values()) entry.shown = null;
    // The one that is looked at goes first.
    if (activeTextEditor) this.schedule(activeTextEditor);
    for (const editor of visibleTextEditors) if (editor !== activeTextEditor) this.schedule(editor);
  }

  private renewEditorsOf(document: vscode.TextDocument): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document !== document) continue;
      const entry = this.painted.get(editor);
      if (entry) entry.shown = null;
      this.schedule(editor, 0, TYPING_MARGIN);
    }
  }

  private schedule(editor: vscode.TextEditor, delay = DEBOUNCE, margin = MARGIN): void {
    if (!this.isOn || !this.inspection.model || editor.document.uri.scheme === 'output') return;
    const entry = this.painted.get(editor) ?? { timer: null, request: null, shown: null, used: [] };
    this.painted.set(editor, entry);
    if (entry.timer) {
      if (delay > 0) return;
      clearTimeout(entry.timer);
    }
    entry.timer = setTimeout(() => {
      entry.timer = null;
      void this.paint(editor, entry, margin);
    }, delay);
  }

  private async paint(editor: vscode.TextEditor, entry: Painted, margin: number): Promise<void> {
    const lines = linesOf(editor, margin);
    const { document } = editor;
    if (!lines || covers(entry, document.version, editor)) return;
    entry.request?.abort();
    const controller = new AbortController();
    entry.request = controller;
    try {
      const cells = [this.inspection.cell];
      const [page] = await this.inspection.page(document, { cells, ...lines }, controller.signal);
      // Another text by now: its own request is on the way. Another editor in its place: nothing to paint on.
      if (!page || controller.signal.aborted || page.version !== document.version || !this.isOn) return;
      const ranges: vscode.Range[][] = this.types.map(() => []);
      for (const { line, start, end, step } of colourRuns(page, (k) => document.lineAt(k).text))
        ranges[typeIndex(step)]!.push(new vscode.Range(line, start, line, end));
      this.types.forEach((type, k) => {
        if (ranges[k]!.length > 0 || entry.used[k]) editor.setDecorations(type, ranges[k]!);
        entry.used[k] = ranges[k]!.length > 0;
      });
      entry.shown = { version: page.version, startLine: page.startLine, endLine: page.endLine };
      this.complaint = '';
      if (margin < MARGIN) this.schedule(editor, TYPING_REST);
    } catch (error) {
      this.fail(error, controller.signal.aborted);
    } finally {
      if (entry.request === controller) entry.request = null;
    }
  }

  private fail(error: unknown, superseded: boolean): void {
    const code = error instanceof CodedError ? error.code : '';
    if (superseded || code === 'cancelled' || code === 'no-model') return;
    const message = error instanceof Error ? error.message : String(error);
    if (message === this.complaint) return;
    this.complaint = message;
    void vscode.window.showWarningMessage(vscode.l10n.t('Cellscope cannot colour this editor: {0}', message));
  }

  private clear(editor: vscode.TextEditor): void {
    const entry = this.painted.get(editor);
    if (!entry) return;
    entry.request?.abort();
    entry.shown = null;
    this.types.forEach((type, k) => {
      if (entry.used[k]) editor.setDecorations(type, []);
    });
    entry.used = [];
  }

  private forget(editor: vscode.TextEditor): void {
    const entry = this.painted.get(editor);
    if (entry?.timer) clearTimeout(entry.timer);
    entry?.request?.abort();
    this.painted.delete(editor);
  }
}

/** A background in a contributed colour at a given opacity, mixed by the style sheet so that it follows the theme. */
function decorationType(sign: string, opacity: number): vscode.TextEditorDecorationType {
  const colour = `var(--vscode-cellscope-heatmap-${sign})`;
  return vscode.window.createTextEditorDecorationType({
    backgroundColor: `color-mix(in srgb, ${colour} ${(opacity * 100).toFixed(1)}%, transparent)`,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}

function linesOf(editor: vscode.TextEditor, margin: number): { startLine: number; endLine: number } | null {
  const visible = editor.visibleRanges;
  if (visible.length === 0) return null;
  const startLine = Math.max(0, visible[0]!.start.line - margin);
  return { startLine, endLine: Math.min(editor.document.lineCount, visible.at(-1)!.end.line + 1 + margin) };
}

/** Whether the visible lines are painted already: half the margin may be scrolled away before they are asked for again. */
function covers({ shown }: Painted, version: number, editor: vscode.TextEditor): boolean {
  if (shown?.version !== version) return false;
  const first = editor.visibleRanges[0]!.start.line - MARGIN / 2;
  const last = editor.visibleRanges.at(-1)!.end.line + 1 + MARGIN / 2;
  return Math.max(0, first) >= shown.startLine && Math.min(editor.document.lineCount, last) <= shown.endLine;
}
