/** Which side of a run's split a document stands on: trained on, or held out. */
import type * as vscode from 'vscode';
import { normaliseLineEnds, type Side } from '../../core/corpus/document.ts';
import { sha256 } from '../../core/corpus/sha256.ts';
import type { CorpusFileEntry } from '../../core/formats/manifest.ts';
import { t } from '../../core/words.ts';

/** Longer texts are matched by path alone, UTF-16 units. */
const LONGEST_HASHED = 4_000_000;

export interface SideOfSplit {
  /** `partly`: the split was made inside this file, and parts of it are held out. */
  side: Side | 'partly';
  /** The same path, other text than was split. */
  changed: boolean;
}

/** `held out`, `trained on, changed since`; null: `not part of the run`. */
export function sideWords(side: SideOfSplit | null): string {
  if (!side) return t('not part of the run');
  const words = {
    train: t('trained on'),
    validation: t('held out (validation)'),
    test: t('held out'),
    partly: t('partly held out'),
  }[side.side];
  return side.changed ? t('{0}, changed since', words) : words;
}

type KnownFile = Pick<CorpusFileEntry, 'sha256'> & { side: SideOfSplit['side'] };

/** Parts of one file come together; of files that are alike the one that was trained on counts. */
function keep(files: Map<string, KnownFile>, key: string, { side, sha256: hash, range }: CorpusFileEntry): void {
  const known = files.get(key);
  if (known && range && known.sha256 === hash && known.side !== side) files.set(key, { sha256: hash, side: 'partly' });
  else if (!known || (side === 'train' && known.side !== 'partly')) files.set(key, { sha256: hash, side });
}

export class SplitSides {
  private readonly relativePath: (document: vscode.TextDocument) => string;
  private readonly onKnown: (document: vscode.TextDocument) => void;
  private files: readonly CorpusFileEntry[] | null = null;
  private byPath = new Map<string, KnownFile>();
  private byHash = new Map<string, KnownFile>();
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
   * file that was split inside is partly held out. Until the text was compared, unsaved changes count as a change.
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
      keep(this.byPath, entry.path, entry);
      keep(this.byHash, entry.sha256, entry);
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
