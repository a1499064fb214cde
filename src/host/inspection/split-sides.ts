/** Which side of a run's split a document stands on: trained on, or held out. */
import type * as vscode from 'vscode';
import { normaliseLineEnds, type Side } from '../../core/corpus/document.ts';
import { sha256 } from '../../core/corpus/sha256.ts';
import type { CorpusFileEntry } from '../../core/formats/manifest.ts';

/** Longer texts are matched by path alone, UTF-16 units. */
const LONGEST_HASHED = 4_000_000;

export interface SideOfSplit {
  side: Side;
  /** The same path, other text than was split. */
  changed: boolean;
}

export class SplitSides {
  private readonly relativePath: (document: vscode.TextDocument) => string;
  private readonly onKnown: (document: vscode.TextDocument) => void;
  private files: readonly CorpusFileEntry[] | null = null;
  private byPath = new Map<string, CorpusFileEntry>();
  private byHash = new Map<string, CorpusFileEntry>();
  private readonly hashes = new WeakMap<vscode.TextDocument, { version: number; hash: string | null }>();

  /** `onKnown` hears when a document's text was compared, which takes a moment: the answer may be another now. */
  constructor(
    relativePath: (document: vscode.TextDocument) => string,
    onKnown: (document: vscode.TextDocument) => void,
  ) {
    this.relativePath = relativePath;
    this.onKnown = onKnown;
  }

  /**
   * The document's side among a run's files, by path; a moved or copied file by its text. Null: not part of the run. A
   * file that was split inside counts as trained on. Until the text was compared, unsaved changes count as a change.
   */
  of(document: vscode.TextDocument, files: readonly CorpusFileEntry[]): SideOfSplit | null {
    this.index(files);
    const hash = this.hashOf(document);
    const entry = this.byPath.get(this.relativePath(document)) ?? (hash ? this.byHash.get(hash) : undefined);
    if (!entry) return null;
    return { side: entry.side, changed: hash === null ? document.isDirty : hash !== entry.sha256 };
  }

  private index(files: readonly CorpusFileEntry[]): void {
    if (this.files === files) return;
    this.files = files;
    this.byPath = new Map();
    this.byHash = new Map();
    for (const entry of files) {
      if (entry.side === 'train' || !this.byPath.has(entry.path)) this.byPath.set(entry.path, entry);
      if (entry.side === 'train' || !this.byHash.has(entry.sha256)) this.byHash.set(entry.sha256, entry);
    }
  }

  /** Hash of the text as it is, null while it is not known. */
  private hashOf(document: vscode.TextDocument): string | null {
    const known = this.hashes.get(document);
    if (known?.version === document.version) return known.hash;
    const pending = { version: document.version, hash: null as string | null };
    this.hashes.set(document, pending);
    void this.compute(document, pending);
    return null;
  }

  private async compute(document: vscode.TextDocument, pending: { hash: string | null }): Promise<void> {
    const text = document.getText();
    if (text.length === 0 || text.length > LONGEST_HASHED) return;
    const hash = await sha256(normaliseLineEnds(text));
    if (this.hashes.get(document) !== pending) return;
    pending.hash = hash;
    if (this.byPath.has(this.relativePath(document)) || this.byHash.has(hash)) this.onKnown(document);
  }
}
