import { Random } from '../random.ts';
import { t } from '../words.ts';
import { decodeText } from './decode.ts';
import type { SourceFile } from './document.ts';
import { exclusionByPath, exclusionByText } from './exclusion.ts';
import type { FileSystem, FolderEntry } from './file-system.ts';
import { GitIgnore } from './git-ignore.ts';
import { globMatcher } from './glob.ts';
import { languageOf } from './language.ts';
import { type LeftOut, LeftOutCounter } from './left-out.ts';

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

/** Folders that no one means by "my code", besides what `.gitignore` and settings say. */
export const alwaysExcluded: readonly string[] = [
  '**/.git/**',
  '**/.hg/**',
  '**/.svn/**',
  '**/node_modules/**',
  '**/bower_components/**',
  '**/.venv/**',
  '**/__pycache__/**',
  '**/.DS_Store',
];

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

export class WalkCancelled extends Error {
  readonly code = 'cancelled';
  constructor() {
    super(t('Reading the workspace was cancelled.'));
    this.name = 'WalkCancelled';
  }
}

interface Candidate {
  root: WalkRoot;
  path: string;
  shown: string;
  size: number;
}

/** Files read, or measured, at the same time: hides the latency of remote file systems within bounded memory. */
const concurrency = 8;
/** Longest stretch in ms without giving other work a turn. */
const longestTurn = 5;
/** Folders deeper than this are left out: only a file system that invents folders has them. */
const deepest = 64;

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
  const walker = new Walker(options, hooks);
  for (const root of roots) await walker.start(root);
  return walker.read(onFile);
}

class Walker {
  private readonly options: WalkOptions;
  private readonly hooks: WalkHooks;
  private isIncluded: (path: string) => boolean = () => true;
  private isExcluded: (path: string) => boolean = () => false;
  private readonly leftOut = new LeftOutCounter();
  private readonly candidates: Candidate[] = [];
  private turnStart = performance.now();

  constructor(options: WalkOptions, hooks: WalkHooks) {
    this.options = options;
    this.hooks = hooks;
  }

  async start(root: WalkRoot): Promise<void> {
    const { include = [], exclude = [], start = '' } = root;
    this.isIncluded = include.length > 0 ? globMatcher(include) : () => true;
    this.isExcluded = globMatcher([...alwaysExcluded, ...exclude]);
    let rules = GitIgnore.none;
    const names = start.split('/').filter((name) => name !== '');
    for (let depth = 0; depth < names.length; depth++)
      rules = await this.gitIgnore(root, names.slice(0, depth).join('/'), rules);
    const folder = names.join('/');
    // Who asks for an ignored folder means it.
    await this.list(root, folder, rules.ignores(folder, 'folder') ? GitIgnore.none : rules, 0);
  }

  private async list(root: WalkRoot, folder: string, above: GitIgnore, depth: number): Promise<void> {
    await this.turn({ phase: 'listing', found: this.candidates.length, done: 0 });
    let entries: FolderEntry[];
    try {
      entries = await root.files.list(folder);
    } catch (error) {
      this.leftOut.add('unreadable', shownPath(root, folder) || '.', 'folder', messageOf(error));
      return;
    }
    const hasRules = entries.some((entry) => entry.name === '.gitignore' && entry.type === 'file');
    const rules = hasRules ? await this.gitIgnore(root, folder, above) : above;
    const files: { path: string; shown: string }[] = [];
    const folders: string[] = [];
    for (const { name, type, symbolicLink } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      await this.turn({ phase: 'listing', found: this.candidates.length, done: 0 });
      const path = folder === '' ? name : `${folder}/${name}`;
      const shown = shownPath(root, path);
      if (type === 'other' && !symbolicLink) continue; // sockets, devices
      const kind = type === 'folder' ? 'folder' : 'file';
      if (this.isExcluded(path) || (kind === 'folder' && this.isExcluded(`${path}/`)))
        this.leftOut.add('excluded', shown, kind);
      else if (rules.ignores(path, kind)) this.leftOut.add('ignored', shown, kind);
      else if (symbolicLink) this.leftOut.add('symbolic-link', shown, kind);
      else if (kind === 'folder') folders.push(path);
      else if (!this.isIncluded(path)) this.leftOut.add('not-included', shown, kind);
      else {
        const reason = exclusionByPath(path);
        if (reason) this.leftOut.add(reason, shown, kind);
        else files.push({ path, shown });
      }
    }
    await this.measure(root, files);
    for (const path of folders) {
      if (depth < deepest) await this.list(root, path, rules, depth + 1);
      else this.leftOut.add('unreadable', shownPath(root, path), 'folder', t('more than {0} folders deep', deepest));
    }
  }

  private async gitIgnore(root: WalkRoot, folder: string, above: GitIgnore): Promise<GitIgnore> {
    if (!this.options.respectGitIgnore) return above;
    try {
      const path = folder === '' ? '.gitignore' : `${folder}/.gitignore`;
      if ((await root.files.size(path)) > this.options.maxFileBytes) return above;
      const decoded = decodeText(await root.files.read(path));
      return decoded.kind === 'text' ? above.within(folder, decoded.text) : above;
    } catch {
      return above; // missing, or told as unreadable when the walk comes to the file itself
    }
  }

  private async measure(root: WalkRoot, files: readonly { path: string; shown: string }[]): Promise<void> {
    for (let from = 0; from < files.length; from += concurrency) {
      const batch = files.slice(from, from + concurrency);
      const sizes = await Promise.allSettled(batch.map(({ path }) => root.files.size(path)));
      batch.forEach(({ path, shown }, k) => {
        const size = sizes[k]!;
        if (size.status === 'rejected') this.leftOut.add('unreadable', shown, 'file', messageOf(size.reason));
        else if (size.value > this.options.maxFileBytes)
          this.leftOut.add('too-large', shown, 'file', `${(size.value / 1e6).toFixed(1)} MB`);
        else this.candidates.push({ root, path, shown, size: size.value });
      });
      await this.turn({ phase: 'listing', found: this.candidates.length, done: 0 });
    }
  }

  async read(onFile: (file: SourceFile) => void | Promise<void>): Promise<WalkReport> {
    const { maxTotalBytes, maxFileBytes, seed } = this.options;
    const total = this.candidates.reduce((sum, candidate) => sum + candidate.size, 0);
    const order = this.candidates.sort((a, b) => (a.shown < b.shown ? -1 : 1));
    if (total > maxTotalBytes) Random.derive(seed, 'sample of files').shuffle(order);
    const report: WalkReport = {
      files: 0,
      bytes: 0,
      leftOut: [],
      sampled: total > maxTotalBytes,
      invalid: { files: 0, places: 0 },
    };
    for (let from = 0; from < order.length; from += concurrency) {
      const batch: Candidate[] = [];
      let planned = report.bytes;
      for (const candidate of order.slice(from, from + concurrency)) {
        if (planned + candidate.size > maxTotalBytes) this.leftOut.add('over-total', candidate.shown, 'file');
        else {
          planned += candidate.size;
          batch.push(candidate);
        }
      }
      const contents = await Promise.allSettled(batch.map(({ root, path }) => root.files.read(path)));
      for (const [k, candidate] of batch.entries()) {
        await this.turn({ phase: 'reading', found: order.length, done: from + k });
        const content = contents[k]!;
        if (content.status === 'rejected') {
          this.leftOut.add('unreadable', candidate.shown, 'file', messageOf(content.reason));
        } else if (content.value.length > maxFileBytes)
          this.leftOut.add('too-large', candidate.shown, 'file', t('it grew'));
        else await this.accept(candidate, content.value, report, onFile);
      }
    }
    report.leftOut = this.leftOut.list;
    this.hooks.onProgress?.({ phase: 'reading', found: order.length, done: order.length });
    return report;
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

  /** Gives other work a turn now and then, reports, and stops where that was asked for. */
  private async turn(progress: WalkProgress): Promise<void> {
    if (performance.now() - this.turnStart > longestTurn) {
      this.hooks.onProgress?.(progress);
      await new Promise<void>((resolve) => setTimeout(resolve));
      this.turnStart = performance.now();
    }
    if (this.hooks.signal?.aborted) throw new WalkCancelled();
  }
}

function shownPath(root: WalkRoot, path: string): string {
  return root.name === null ? path : path === '' ? root.name : `${root.name}/${path}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
