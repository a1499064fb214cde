/**
 * *Show What This Prediction Reaches Back To*: the characters before the cursor by how strongly the loss of the character
 * at it depends on them (‖∂J/∂x‖; Simonyan, Vedaldi, Zisserman 2014), in a colour of their own, until an edit or Escape.
 */
import * as vscode from 'vscode';
import type { DocumentReach } from '../../protocol/gradients-service.ts';
import type { Inspection } from '../contracts.ts';
import { characterLabel } from './labels.ts';
import { REACH_STEPS, type ReachRun, reachRuns } from './reach-runs.ts';

/** Characters that are looked back on. */
const LAGS = 500;
/** Opacity of the strongest step: syntax stays readable. */
const STRONGEST = 0.7;

interface Shown {
  document: vscode.TextDocument;
  runs: ReachRun[];
  predicted: vscode.Range;
}

export class EditorReach implements vscode.Disposable {
  private readonly inspection: Inspection;
  private readonly subscriptions: vscode.Disposable;
  private readonly status = vscode.window.createStatusBarItem('cellscope.reach', vscode.StatusBarAlignment.Right, 89);
  /** One a strength, then the outline of the character that is predicted; made when first needed. */
  private types: vscode.TextEditorDecorationType[] = [];
  private shown: Shown | null = null;
  private asking: AbortController | null = null;

  constructor(inspection: Inspection) {
    this.inspection = inspection;
    this.status.name = vscode.l10n.t('Cellscope Reach');
    this.status.command = 'cellscope.clearReach';
    this.subscriptions = vscode.Disposable.from(
      this.status,
      inspection.onDidChangeModel(() => this.clear()),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document === this.shown?.document && contentChanges.length > 0) this.clear();
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document === this.shown?.document) this.clear();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.decorate()),
      vscode.commands.registerCommand('cellscope.showReach', () => this.show()),
      vscode.commands.registerCommand('cellscope.clearReach', () => this.clear()),
    );
  }

  /** Of the character at the cursor. Gives what is coloured, for whoever runs the command; null where nothing is. */
  async show(): Promise<readonly ReachRun[] | null> {
    const editor = vscode.window.activeTextEditor;
    if (!editor) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          'Open a text editor and place the cursor before the character whose prediction you want to look into.',
        ),
      );
      return null;
    }
    if (!this.inspection.model) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('No model is open. Train on the workspace, or open a run first.'),
      );
      return null;
    }
    const { document } = editor;
    const offset = document.offsetAt(editor.selection.active);
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    try {
      const reach = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking back from this prediction') },
        () => this.inspection.reach(document, { offset, lags: LAGS, logit: null }, signal),
      );
      if (!signal.aborted && reach.version === document.version) this.display(document, reach);
    } catch (error) {
      if (signal.aborted) return null;
      this.clear();
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showWarningMessage(
        vscode.l10n.t('Cellscope cannot show what this prediction reaches back to: {0}', reason),
      );
    }
    return this.shown?.runs ?? null;
  }

  clear(): void {
    this.asking?.abort();
    if (!this.shown) return;
    this.shown = null;
    for (const type of this.types) type.dispose();
    this.types = [];
    this.status.hide();
    void vscode.commands.executeCommand('setContext', 'cellscope.reachShown', false);
  }

  dispose(): void {
    this.clear();
    this.subscriptions.dispose();
  }

  private display(document: vscode.TextDocument, { reach, start, predicted }: DocumentReach): void {
    const lineText = (line: number): string | undefined =>
      line < document.lineCount ? document.lineAt(line).text : undefined;
    const runs = reachRuns(reach.x, start, lineText);
    const points = [...(lineText(predicted.line) ?? '')];
    if (!runs) return;
    this.clear();
    const column = points.slice(0, predicted.character).join('').length;
    const character = points[predicted.character] ?? '\n';
    const end = character === '\n' ? column : column + character.length;
    this.shown = { document, runs, predicted: new vscode.Range(predicted.line, column, predicted.line, end) };
    this.types = [
      ...Array.from({ length: REACH_STEPS }, (_, k) => strengthType(((k + 1) / REACH_STEPS) * STRONGEST)),
      onText('outline: 1.5px solid var(--vscode-editorCursor-foreground); outline-offset: -1px'),
    ];
    this.decorate();
    this.status.text = `$(arrow-left) ${vscode.l10n.t('reach of {0}', characterLabel(character))}`;
    this.status.tooltip = vscode.l10n.t(
      'Coloured: how strongly the loss of this character depends on each of the {0} before it, logarithmically over three decades. Select to clear.',
      reach.x.length,
    );
    this.status.show();
    void vscode.commands.executeCommand('setContext', 'cellscope.reachShown', true);
  }

  /** In every editor of the document: one that comes back to the screen has lost its decorations. */
  private decorate(): void {
    const { shown } = this;
    if (!shown) return;
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document !== shown.document) continue;
      this.types.forEach((type, k) => {
        const ranges =
          k === REACH_STEPS
            ? [shown.predicted]
            : shown.runs
                .filter(({ step }) => step === k + 1)
                .map(({ line, start, end }) => new vscode.Range(line, start, line, end));
        editor.setDecorations(type, ranges);
      });
    }
  }
}

/** A background at a given opacity, mixed by the style sheet so that it follows the theme. */
function strengthType(opacity: number): vscode.TextEditorDecorationType {
  const share = (opacity * 100).toFixed(1);
  return onText(`background-color: color-mix(in srgb, var(--vscode-cellscope-reach) ${share}%, transparent)`);
}

/**
 * A style of the text itself. A decoration's own background lies under the highlight of the word at the cursor, which would cover
 * the strongest characters: those before the cursor.
 */
function onText(style: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    textDecoration: `none; ${style}`,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
