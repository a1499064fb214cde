/** Keeps the inspector's copies of documents in step with the editor's. */
import * as vscode from 'vscode';
import { CodedError } from '../../worker/channel.ts';
import type { InspectorClient } from './inspector-client.ts';

/** Longest document that is inspected, in UTF-16 units: at a typical speed its end is reached after some minutes. */
const LONGEST_DOCUMENT = 16 * 2 ** 20;

export class DocumentSync implements vscode.Disposable {
  private readonly client: InspectorClient;
  private readonly log: vscode.LogOutputChannel;
  private readonly changed = new vscode.EventEmitter<vscode.TextDocument>();
  /** Fires after an edit was handed on. */
  readonly onDidChange = this.changed.event;
  /** Line end that each handed-on document had: its change moves every offset without a word. */
  private readonly held = new Map<string, vscode.EndOfLine>();
  private readonly subscriptions: vscode.Disposable;

  constructor(client: InspectorClient, log: vscode.LogOutputChannel) {
    this.client = client;
    this.log = log;
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => void this.change(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.close(document)),
      client.onDidDie(() => this.held.clear()),
    );
  }

  /** The inspector's name for a document. */
  static id(document: vscode.TextDocument): string {
    return document.uri.toString();
  }

  /** Hands the text on where the inspector does not hold it. Resolves once it was sent, not once it was read. */
  async ensure(document: vscode.TextDocument): Promise<void> {
    const remote = await this.client.remote();
    const id = DocumentSync.id(document);
    if (this.held.has(id)) return;
    const end = document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
    if (end > LONGEST_DOCUMENT)
      throw new CodedError(
        'document-too-long',
        vscode.l10n.t(
          'This document has {0} million characters; up to {1} million are inspected. Copy a part of it into a new document.',
          (end / 1e6).toFixed(0),
          Math.floor(LONGEST_DOCUMENT / 1e6),
        ),
      );
    this.held.set(id, document.eol);
    remote
      .call('openDocument', { document: id, version: document.version, text: document.getText() })
      .catch((error: unknown) => this.lose(id, error));
  }

  /** Forgets that the inspector holds a document, so that it is sent again. */
  forget(document: vscode.TextDocument): void {
    this.held.delete(DocumentSync.id(document));
  }

  dispose(): void {
    this.subscriptions.dispose();
    this.changed.dispose();
  }

  private async change({ document, contentChanges }: vscode.TextDocumentChangeEvent): Promise<void> {
    const id = DocumentSync.id(document);
    const eol = this.held.get(id);
    if (eol === undefined) {
      if (contentChanges.length > 0) this.changed.fire(document);
      return;
    }
    if (eol !== document.eol) {
      this.held.delete(id);
      this.changed.fire(document);
      return;
    }
    if (contentChanges.length === 0) return; // only its dirty state changed
    // The event's objects carry more than the contract: only these fields travel.
    const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({ rangeOffset, rangeLength, text }));
    const { version } = document;
    try {
      const remote = await this.client.remote();
      if (!this.held.has(id)) return;
      remote.call('changeDocument', { document: id, version, changes }).catch((error: unknown) => this.lose(id, error));
      this.changed.fire(document);
    } catch (error) {
      this.lose(id, error);
    }
  }

  private close(document: vscode.TextDocument): void {
    const id = DocumentSync.id(document);
    if (!this.held.delete(id)) return;
    this.client
      .remote()
      .then((remote) => remote.call('closeDocument', { document: id }))
      .catch((error: unknown) => this.log.debug(`Closing ${id} in the inspector failed.`, error));
  }

  private lose(id: string, error: unknown): void {
    this.log.debug(`The inspector lost ${id}; it is sent again when it is needed.`, error);
    this.held.delete(id);
  }
}
