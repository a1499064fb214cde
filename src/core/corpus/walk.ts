import { Random } from '../random.ts';
import { t } from '../words.ts';
import { type Answer, messageOf, settled } from './answer.ts';
import { decodeText } from './decode.ts';
import type { SourceFile } from './document.ts';
import { exclusionByText } from './exclusion.ts';
import type { FileSystem } from './file-system.ts';
import { type Candidate, FileFinder } from './find-files.ts';
import { languageOf } from './language.ts';
import { type LeftOut, LeftOutCounter } from './left-out.ts';
import { Turns } from './turns.ts';

/** One folder of a workspace. */
export interface WalkRoot {
  /** Stands in front of its files' paths; null where it is the only folder. */
  name: string | null;
  files: FileSystem;
  /** A folder below it to read instead of all; `.gitignore` files above that folder hold too. */
  start?: string;
  /** Globs relative to the root; empty or not given: everything. */
  include?: readonly string[];
  exclude?: readonly string[];
  /** Files that are left out where another one lies beside them. */
  excludeBeside?: readonly SiblingRule[];
  /** The repository that this folder is a part of, from its top, and this folder's path there: `.gitignore` files between hold too. */
  repository?: { files: FileSystem; path: string };
}

/** As in VS Code: `{ glob: "*.js", when: "$(basename).ts" }`, where `$(basename)` is the file's name without its extension. */
export interface SiblingRule {
  glob: string;
  when: string;
}

export interface WalkOptions {
  respectGitIgnore: boolean;
  maxFileBytes: number;
  /** Where the files together are larger, a seeded sample by file stays below it. */
  maxTotalBytes: number;
  seed: number;
  /** Language id of a path; by file name and extension where it is not given. */
  languageOf?: (path: string) => string;
}

export const defaultWalkOptions: WalkOptions = {
  respectGitIgnore: true,
  maxFileBytes: 1_000_000,
  maxTotalBytes: 20_000_000,
  seed: 1,
};

export interface WalkReport {
  /** Files handed on, and their bytes. */
  files: number;
  bytes: number;
  leftOut: LeftOut[];
  /** True where the total limit made a sample necessary. */
  sampled: boolean;
  /** Files with bytes that are no valid text (U+FFFD stands there), and how many such places. */
  invalid: { files: number; places: number };
}

export interface WalkProgress {
  phase: 'listing' | 'reading';
  /** Files found so far, files looked at so far. */
  found: number;
  done: number;
}

export interface WalkHooks {
  /** Structural part of an AbortSignal. */
  signal?: { readonly aborted: boolean };
  onProgress?: (progress: WalkProgress) => void;
}

/** Files read at the same time, each of at most `maxFileBytes`: hides the latency of remote file systems. */
const filesAhead = 32;
/** Files whose place in a sample is decided together, by their sizes. */
const filesTogether = 8;

/**
 * Reads the texts of some folders and hands them to `onFile` one by one, waiting for it. Nothing that cannot be read stops
 * it: it is counted with its reason. Symbolic links are not followed. The order is by path, or, where a sample is needed,
 * the seeded order of the sample: the same folder gives the same files. A file's size is asked before it is read.
 */
export async function walk(
  roots: readonly WalkRoot[],
  options: WalkOptions,
  onFile: (file: SourceFile) => void | Promise<void>,
  hooks: WalkHooks = {},
): Promise<WalkReport> {
  const leftOut = new LeftOutCounter();
  const turns = new Turns(hooks);
  const finder = new FileFinder(options, leftOut, turns);
  for (const root of roots) await finder.find(root);
  const report = await new Reader(options, leftOut, turns).read(finder.found, onFile);
  hooks.onProgress?.({ phase: 'reading', found: finder.found.length, done: finder.found.length });
  return report;
}

class Reader {
  private readonly options: WalkOptions;
  private readonly leftOut: LeftOutCounter;
  private readonly turns: Turns;
  private readonly contents = new Map<Candidate, Answer<Uint8Array>>();

  constructor(options: WalkOptions, leftOut: LeftOutCounter, turns: Turns) {
    this.options = options;
    this.leftOut = leftOut;
    this.turns = turns;
  }

  async read(candidates: Candidate[], onFile: (file: SourceFile) => void | Promise<void>): Promise<WalkReport> {
    const { maxTotalBytes, maxFileBytes, seed } = this.options;
    const total = candidates.reduce((sum, candidate) => sum + candidate.size, 0);
    const order = candidates.sort((a, b) => (a.shown < b.shown ? -1 : 1));
    if (total > maxTotalBytes) Random.derive(seed, 'sample of files').shuffle(order);
    const report: WalkReport = {
      files: 0,
      bytes: 0,
      leftOut: [],
      sampled: total > maxTotalBytes,
      invalid: { files: 0, places: 0 },
    };
    for (let from = 0; from < order.length; from += filesTogether) {
      await this.turns.pass({ phase: 'reading', found: order.length, done: from });
      this.readAhead(order.slice(from, from + filesAhead), maxTotalBytes - report.bytes);
      const batch: Candidate[] = [];
      let planned = report.bytes;
      for (const candidate of order.slice(from, from + filesTogether)) {
        if (planned + candidate.size > maxTotalBytes) this.leftOut.add('over-total', candidate.shown, 'file');
        else {
          planned += candidate.size;
          batch.push(candidate);
        }
      }
      const contents = await Promise.all(batch.map((candidate) => this.contentOf(candidate)));
      for (const [k, candidate] of batch.entries()) {
        await this.turns.pass({ phase: 'reading', found: order.length, done: from + k });
        const content = contents[k]!;
        if (content.status === 'rejected') {
          this.leftOut.add('unreadable', candidate.shown, 'file', messageOf(content.reason));
        } else if (content.value.length > maxFileBytes)
          this.leftOut.add('too-large', candidate.shown, 'file', t('it grew'));
        else await this.accept(candidate, content.value, report, onFile);
      }
    }
    report.leftOut = this.leftOut.list;
    return report;
  }

  /** Begins to read files that have room whatever becomes of those before them. */
  private readAhead(files: readonly Candidate[], room: number): void {
    for (const file of files) {
      room -= file.size;
      if (room < 0) return;
      if (!this.contents.has(file)) this.contents.set(file, settled(file.root.files.read(file.path)));
    }
  }

  private contentOf(file: Candidate): Answer<Uint8Array> {
    const begun = this.contents.get(file);
    this.contents.delete(file);
    return begun ?? settled(file.root.files.read(file.path));
  }

  private async accept(
    { shown, path }: Candidate,
    bytes: Uint8Array,
    report: WalkReport,
    onFile: (file: SourceFile) => void | Promise<void>,
  ): Promise<void> {
    const decoded = decodeText(bytes);
    if (decoded.kind === 'binary') return this.leftOut.add('binary', shown, 'file');
    const language = (this.options.languageOf ?? languageOf)(path);
    const reason = exclusionByText(decoded.text, language);
    if (reason) return this.leftOut.add(reason, shown, 'file');
    report.files++;
    report.bytes += bytes.length;
    if (decoded.invalid > 0) {
      report.invalid.files++;
      report.invalid.places += decoded.invalid;
    }
    await onFile({ path: shown, language, text: decoded.text });
  }
}
