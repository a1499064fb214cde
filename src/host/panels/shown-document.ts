/** Which document the heatmap shows: the active editor's, one that was locked, or the scratch text. */
import * as vscode from 'vscode';
import { type LineSplice, spliceOf } from './edit-splice.ts';
import type { ScratchDocuments } from './scratch-documents.ts';

/** Schemes of editors that are no text of a person's own. */
const passedOver = new Set(['output', 'debug', 'vscode', 'vscode-settings', 'comment', 'search-editor', 'walkThrough']);

export interface ShownEdit extends LineSplice {
  document: vscode.TextDocument;
}

export class ShownDocument implements vscode.Disposable {
  document: vscode.TextDocument | null = null;
  following = true;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another document, or the same one opened anew: everything must be sent. */
  readonly onDidChange = this.changed.event;
  private readonly edited = new vscode.EventEmitter<ShownEdit>();
  readonly onDidEdit = this.edited.event;
  private readonly moved = new vscode.EventEmitter<vscode.Position>();
  /** The editor's cursor moved in the shown document while it is followed. */
  readonly onDidMoveCursor = this.moved.event;
  private readonly scratch: ScratchDocuments;
  private readonly subscriptions: vscode.Disposable[];
  private lineCount = 0;

  constructor(scratch: ScratchDocuments) {
    this.scratch = scratch;
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor && this.following && !this.isScratch) this.show(editor.document);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
        if (this.following && textEditor.document === this.document && selections[0])
          this.moved.fire(selections[0].active);
      }),
      vscode.workspace.onDidChangeTextDocument((event) => this.onEdit(event)),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document === this.document) void this.reopen(document.uri);
      }),
    ];
    this.show(activeDocument());
  }

  get isScratch(): boolean {
    return this.document !== null && this.scratch.owns(this.document);
  }

  setFollowing(following: boolean): void {
    this.following = following;
    const active = activeDocument();
    if (following && active && active !== this.document) this.show(active);
    else this.changed.fire();
  }

  /** Shows the scratch text; null goes back to the editor's. */
  async setScratch(text: string | null): Promise<void> {
    if (text !== null) this.show(await this.scratch.open(text));
    else if (this.isScratch) this.show(activeDocument(), true);
  }

  /** Shows a document by its URI: after a reload, before an editor of it is active. */
  async restore(uri: string, following: boolean): Promise<void> {
    this.following = following;
    if (this.document?.uri.toString() === uri || (following && this.document)) return;
    try {
      this.show(await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true)));
    } catch {
      // The file is gone: what is active now is shown.
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
    this.edited.dispose();
    this.moved.dispose();
  }

  /** `even`: also where it is the one that is shown. */
  show(document: vscode.TextDocument | null, even = false): void {
    if (document && passedOver.has(document.uri.scheme)) return;
    if (document === this.document && !even) return;
    this.document = document;
    this.lineCount = document?.lineCount ?? 0;
    this.changed.fire();
  }

  private onEdit(event: vscode.TextDocumentChangeEvent): void {
    const { document } = event;
    if (document !== this.document) return;
    const splice = spliceOf(event.contentChanges, this.lineCount, document.lineCount);
    this.lineCount = document.lineCount;
    if (splice) this.edited.fire({ ...splice, document });
  }

  /** A document closes when its editor does, and for a moment when its language changes: the text stays shown. */
  private async reopen(uri: vscode.Uri): Promise<void> {
    if (uri.scheme === 'untitled') {
      this.show(activeDocument(), true);
      return;
    }
    try {
      this.show(await vscode.workspace.openTextDocument(uri));
    } catch {
      this.show(activeDocument(), true);
    }
  }
}

function activeDocument(): vscode.TextDocument | null {
  const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
  return editors.find((editor) => editor && !passedOver.has(editor.document.uri.scheme))?.document ?? null;
}
