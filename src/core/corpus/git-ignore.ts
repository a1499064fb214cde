import ignore, { type Ignore } from 'ignore';

interface Level {
  /** Folder of the `.gitignore`, '' or ending in `/`. */
  prefix: string;
  rules: Ignore;
}

/** The `.gitignore` files that hold for one folder: its own and those above it, the nearest deciding first. */
export class GitIgnore {
  private readonly levels: readonly Level[];

  private constructor(levels: readonly Level[]) {
    this.levels = levels;
  }

  static readonly none = new GitIgnore([]);

  /** With a folder's own `.gitignore` on top. */
  within(folder: string, text: string): GitIgnore {
    const prefix = folder === '' ? '' : `${folder}/`;
    return new GitIgnore([{ prefix, rules: ignore({ ignorecase: false }).add(text) }, ...this.levels]);
  }

  /** Folders above are taken as not ignored: a walk never enters those. */
  ignores(path: string, kind: 'file' | 'folder'): boolean {
    if (path === '') return false;
    for (const { prefix, rules } of this.levels) {
      const verdict = rules.test(path.slice(prefix.length) + (kind === 'folder' ? '/' : ''));
      if (verdict.ignored) return true;
      if (verdict.unignored) return false;
    }
    return false;
  }
}
