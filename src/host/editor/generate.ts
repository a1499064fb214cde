/** *Generate from Cursor*: the model continues the text, streamed into the editor as one step of undo. */
import * as vscode from 'vscode';
import { normaliseLineEnds } from '../../core/corpus/document.ts';
import { CodedError } from '../../worker/channel.ts';
import type { Inspection } from '../contracts.ts';
import { numberSetting } from '../settings.ts';

/** Characters before the cursor that the model reads first: further back its state has long forgotten. */
const LONGEST_PRIME = 50_000;
/** Between two insertions, milliseconds. */
const INTERVAL = 60;
/** An edit is refused where the text has changed since it was made (somebody types): then it is made again, so often at most. */
const TRIES = 5;

export async function generateFromCursor(inspection: Inspection): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open a text editor and place the cursor where the model should go on.'),
    );
    return;
  }
  if (!inspection.model) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No model is open. Train on the workspace, or open a run first.'),
    );
    return;
  }
  const temperature = numberSetting('cellscope.generate.temperature');
  const length = numberSetting('cellscope.generate.length');
  const offset = editor.document.offsetAt(editor.selection.active);
  const request = {
    prime: primeBefore(editor.document, offset),
    length,
    temperature,
    seed: crypto.getRandomValues(new Uint32Array(1))[0]!,
  };
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Generating from the cursor'),
      cancellable: true,
    },
    async (progress, token) => {
      const controller = new AbortController();
      const writer = new StreamedInsertion(editor, offset, () => controller.abort());
      token.onCancellationRequested(() => controller.abort());
      let written = 0;
      try {
        await inspection.sample(request, {
          signal: controller.signal,
          onProgress: ({ text }) => {
            written++;
            progress.report({
              increment: 100 / length,
              message: vscode.l10n.t('{0} of {1} characters', written, length),
            });
            writer.push(text);
          },
        });
      } catch (error) {
        if (!(error instanceof CodedError && error.code === 'cancelled'))
          void vscode.window.showErrorMessage(
            vscode.l10n.t('Cellscope could not generate: {0}', error instanceof Error ? error.message : String(error)),
          );
      } finally {
        await writer.finish();
      }
      if (writer.failure) void vscode.window.showWarningMessage(writer.failure);
    },
  );
}

function primeBefore(document: vscode.TextDocument, offset: number): string {
  const text = document.getText(
    new vscode.Range(document.positionAt(Math.max(0, offset - LONGEST_PRIME)), document.positionAt(offset)),
  );
  return normaliseLineEnds(text);
}

/** Inserts pieces of text one after the other at a place that moves along with other edits, all in one step of undo. */
export class StreamedInsertion {
  failure: string | null = null;
  private readonly editor: vscode.TextEditor;
  private readonly onFailure: () => void;
  private readonly subscription: vscode.Disposable;
  private offset: number;
  private waiting = '';
  private started = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private work: Promise<void> = Promise.resolve();

  constructor(editor: vscode.TextEditor, offset: number, onFailure: () => void) {
    this.editor = editor;
    this.offset = offset;
    this.onFailure = onFailure;
    this.subscription = vscode.workspace.onDidChangeTextDocument((event) => this.follow(event));
  }

  push(text: string): void {
    this.waiting += text;
    this.timer ??= setTimeout(() => this.flush(), INTERVAL);
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    this.flush();
    await this.work;
    this.subscription.dispose();
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.work = this.work.then(() => this.insert());
  }

  private async insert(): Promise<void> {
    const text = this.waiting;
    if (text === '' || this.failure) return;
    this.waiting = '';
    const { document } = this.editor;
    // Written as the document writes its line ends, so that offsets keep counting right.
    const lines = document.eol === vscode.EndOfLine.CRLF ? text.replaceAll('\n', '\r\n') : text;
    const undo = { undoStopBefore: !this.started, undoStopAfter: false };
    let done = false;
    for (let tries = 0; !done && tries < TRIES && !document.isClosed; tries++)
      done = await this.editor
        .edit((edit) => edit.insert(document.positionAt(this.offset), lines), undo)
        .then(
          (applied) => applied,
          () => false,
        );
    this.started = true;
    if (done) {
      this.offset += lines.length;
      return;
    }
    this.failure = document.isClosed
      ? vscode.l10n.t('The editor was closed: generating has stopped.')
      : vscode.l10n.t('The text could not be inserted: is the editor read-only? Generating has stopped.');
    this.onFailure();
  }

  /** Somebody else's edits before the place move it. */
  private follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (document !== this.editor.document) return;
    for (const { rangeOffset, rangeLength, text } of contentChanges) {
      if (rangeOffset >= this.offset) continue; // what is inserted here too
      const removed = Math.min(rangeLength, this.offset - rangeOffset);
      this.offset += text.length - removed;
    }
  }
}
