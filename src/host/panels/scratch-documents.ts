/** The scratch text as a document that is never saved and never dirty, so that everything works on it as on a file. */
import * as vscode from 'vscode';

const scheme = 'cellscope-scratch';

export class ScratchDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration: vscode.Disposable;
  private readonly uri = vscode.Uri.from({ scheme, path: '/Scratch' });
  private text = '';

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(): string {
    return this.text;
  }

  /** The document with this text. An open one is updated (its change event follows), a closed one opened again. */
  async open(text: string): Promise<vscode.TextDocument> {
    this.text = text;
    const document = await vscode.workspace.openTextDocument(this.uri);
    if (document.getText() !== text) this.changed.fire(this.uri);
    return document;
  }

  owns(document: vscode.TextDocument): boolean {
    return document.uri.scheme === scheme;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
