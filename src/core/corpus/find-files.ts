import { t } from '../words.ts';
import { type Answer, messageOf, settled } from './answer.ts';
import { decodeText } from './decode.ts';
import { exclusionByPath } from './exclusion.ts';
import type { FileSystem, FolderEntry } from './file-system.ts';
import { GitIgnore } from './git-ignore.ts';
import { globMatcher } from './glob.ts';
import type { LeftOutCounter } from './left-out.ts';
import type { Turns } from './turns.ts';
import type { WalkOptions, WalkRoot } from './walk.ts';

/** A file that is read if there is room for it. */
export interface Candidate {
  root: WalkRoot;
  path: string;
  /** With the root's name in front where it has one. */
  shown: string;
  /** Bytes. */
  size: number;
}

/** Folders that no one means by "my code", besides what `.gitignore` and settings say. */
const alwaysExcluded: readonly string[] = [
  '**/.git/**',
  '**/.hg/**',
  '**/.svn/**',
  '**/node_modules/**',
  '**/bower_components/**',
  '**/.venv/**',
  '**/__pycache__/**',
  '**/.DS_Store',
];

/** What is asked for at the same time: hides the latency of file systems where every answer takes some milliseconds. */
const foldersAhead = 16;
const sizesTogether = 128;
/** Folders deeper than this are left out: only a file system that invents folders has them. */
const deepest = 64;

/** Finds the files of some folders that may be read, with their sizes; counts what is left out. */
export class FileFinder {
  readonly found: Candidate[] = [];
  private readonly options: WalkOptions;
  private readonly leftOut: LeftOutCounter;
  private readonly turns: Turns;
  private isIncluded: (path: string) => boolean = () => true;
  private isExcluded: (path: string) => boolean = () => false;
  private besides: { matches: (path: string) => boolean; when: string }[] = [];
  private readonly unmeasured: Omit<Candidate, 'size'>[] = [];

  constructor(options: WalkOptions, leftOut: LeftOutCounter, turns: Turns) {
    this.options = options;
    this.leftOut = leftOut;
    this.turns = turns;
  }

  async find(root: WalkRoot): Promise<void> {
    const { include = [], exclude = [], excludeBeside = [], start = '', repository } = root;
    this.isIncluded = include.length > 0 ? globMatcher(include) : () => true;
    this.isExcluded = globMatcher([...alwaysExcluded, ...exclude]);
    this.besides = excludeBeside.map(({ glob, when }) => ({ matches: globMatcher([glob]), when }));
    let rules = GitIgnore.none;
    for (const holding of repository ? foldersAbove(repository.path) : [])
      rules = await this.gitIgnore(repository!.files, holding, holding, rules);
    const folder = namesIn(start).join('/');
    for (const holding of foldersAbove(folder))
      rules = await this.gitIgnore(root.files, holding, inRepository(root, holding), rules);
    // Who asks for an ignored folder means it.
    const above = rules.ignores(inRepository(root, folder), 'folder') ? GitIgnore.none : rules;
    await this.list(root, folder, settled(root.files.list(folder)), above, 0);
    await this.measure();
  }

  /** Goes through a folder's entries by name, then through the folders below it. */
  private async list(
    root: WalkRoot,
    folder: string,
    listing: Answer<FolderEntry[]>,
    above: GitIgnore,
    depth: number,
  ): Promise<void> {
    await this.turn();
    const listed = await listing;
    if (listed.status === 'rejected') {
      this.leftOut.add('unreadable', shownPath(root, folder) || '.', 'folder', messageOf(listed.reason));
      return;
    }
    const entries = listed.value;
    const hasRules = entries.some((entry) => entry.name === '.gitignore' && entry.type === 'file');
    const rules = hasRules ? await this.gitIgnore(root.files, folder, inRepository(root, folder), above) : above;
    const names = new Set(entries.map(({ name }) => name));
    const folders: string[] = [];
    for (const { name, type, symbolicLink } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      await this.turn();
      const path = folder === '' ? name : `${folder}/${name}`;
      const shown = shownPath(root, path);
      if (type === 'other' && !symbolicLink) continue; // sockets, devices
      const kind = type === 'folder' ? 'folder' : 'file';
      if (
        this.isExcluded(path) ||
        (kind === 'folder' && this.isExcluded(`${path}/`)) ||
        this.isBeside(path, name, names)
      )
        this.leftOut.add('excluded', shown, kind);
      else if (rules.ignores(inRepository(root, path), kind)) this.leftOut.add('ignored', shown, kind);
      else if (symbolicLink) this.leftOut.add('symbolic-link', shown, kind);
      else if (kind === 'folder') folders.push(path);
      else if (!this.isIncluded(path)) this.leftOut.add('not-included', shown, kind);
      else {
        const reason = exclusionByPath(path);
        if (reason) this.leftOut.add(reason, shown, kind);
        else this.unmeasured.push({ root, path, shown });
      }
    }
    if (this.unmeasured.length >= sizesTogether) await this.measure();
    const below: Answer<FolderEntry[]>[] = [];
    for (const [k, path] of folders.entries()) {
      if (depth >= deepest) {
        this.leftOut.add('unreadable', shownPath(root, path), 'folder', t('more than {0} folders deep', deepest));
        continue;
      }
      for (const next of folders.slice(below.length, k + foldersAhead)) below.push(settled(root.files.list(next)));
      await this.list(root, path, below[k]!, rules, depth + 1);
    }
  }

  private isBeside(path: string, name: string, siblings: ReadonlySet<string>): boolean {
    const base = /^(.+)\.[^.]*$/.exec(name)?.[1] ?? name;
    return this.besides.some(
      ({ matches, when }) => siblings.has(when.replace('$(basename)', () => base)) && matches(path),
    );
  }

  /** The rules above with those of a folder of `files`; `ruled`: its path from the top of the repository. */
  private async gitIgnore(files: FileSystem, folder: string, ruled: string, above: GitIgnore): Promise<GitIgnore> {
    if (!this.options.respectGitIgnore) return above;
    try {
      const path = folder === '' ? '.gitignore' : `${folder}/.gitignore`;
      if ((await files.size(path)) > this.options.maxFileBytes) return above;
      const decoded = decodeText(await files.read(path));
      return decoded.kind === 'text' ? above.within(ruled, decoded.text) : above;
    } catch {
      return above; // missing, or told as unreadable when the walk comes to the file itself
    }
  }

  /** Asks for the sizes of the files that were found. */
  private async measure(): Promise<void> {
    const files = this.unmeasured.splice(0);
    for (let from = 0; from < files.length; from += sizesTogether) {
      const batch = files.slice(from, from + sizesTogether);
      const sizes = await Promise.allSettled(batch.map(({ root, path }) => root.files.size(path)));
      batch.forEach((file, k) => {
        const size = sizes[k]!;
        if (size.status === 'rejected') this.leftOut.add('unreadable', file.shown, 'file', messageOf(size.reason));
        else if (size.value > this.options.maxFileBytes)
          this.leftOut.add('too-large', file.shown, 'file', `${(size.value / 1e6).toFixed(1)} MB`);
        else this.found.push({ ...file, size: size.value });
      });
      await this.turn();
    }
  }

  private turn(): Promise<void> {
    return this.turns.pass({ phase: 'listing', found: this.found.length, done: 0 });
  }
}

function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

/** The folders above one, from the top: `['', 'a', 'a/b']` of `a/b/c`. */
function foldersAbove(folder: string): string[] {
  const names = namesIn(folder);
  return names.map((_, depth) => names.slice(0, depth).join('/'));
}

/** A path from the top of the repository that the root is a part of. */
function inRepository({ repository }: WalkRoot, path: string): string {
  return repository ? [repository.path, path].filter((part) => part !== '').join('/') : path;
}

function shownPath(root: WalkRoot, path: string): string {
  return root.name === null ? path : path === '' ? root.name : `${root.name}/${path}`;
}
