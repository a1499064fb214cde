import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../../../../src/core/corpus/document.ts';
import type { FileSystem } from '../../../../src/core/corpus/file-system.ts';
import { describeLeftOut } from '../../../../src/core/corpus/left-out.ts';
import {
  defaultWalkOptions,
  type WalkOptions,
  type WalkReport,
  type WalkRoot,
  walk,
} from '../../../../src/core/corpus/walk.ts';
import { Random } from '../../../../src/core/random.ts';
import { type MemoryEntry, MemoryFiles } from './memory-files.ts';
import { codeLike } from './texts.ts';

async function read(
  entries: Record<string, MemoryEntry>,
  options: Partial<WalkOptions & Omit<WalkRoot, 'name' | 'files'>> = {},
): Promise<{
  files: SourceFile[];
  paths: string[];
  report: WalkReport;
  reasons: Record<string, string[]>;
  log: string[];
}> {
  const files: SourceFile[] = [];
  const memory = new MemoryFiles(entries);
  const {
    start,
    include,
    exclude,
    excludeBeside = [],
    repository,
    ...walkOptions
  } = { start: '', include: [], exclude: [], ...options };
  const around = repository ? { repository } : {};
  const root: WalkRoot = { name: null, files: memory, start, include, exclude, excludeBeside, ...around };
  const report = await walk([root], { ...defaultWalkOptions, ...walkOptions }, (file) => {
    files.push(file);
  });
  const reasons = Object.fromEntries(report.leftOut.map((entry) => [entry.reason, entry.examples]));
  return { files, paths: files.map((file) => file.path), report, reasons, log: memory.log };
}

describe('reading a workspace', () => {
  it('gives every text with its language, by path', async () => {
    const { files, report } = await read({
      'b/x.py': 'x = 1\n',
      'a.ts': 'let a;\n',
      'b/a.c': 'int a;\n',
      Makefile: 'all:\n',
    });
    expect(files).toEqual([
      { path: 'Makefile', language: 'makefile', text: 'all:\n' },
      { path: 'a.ts', language: 'typescript', text: 'let a;\n' },
      { path: 'b/a.c', language: 'c', text: 'int a;\n' },
      { path: 'b/x.py', language: 'python', text: 'x = 1\n' },
    ]);
    expect(report).toMatchObject({ files: 4, bytes: 25, sampled: false, leftOut: [] });
  });

  it('puts the folder name in front where there are several', async () => {
    const paths: string[] = [];
    const roots = ['one', 'two'].map((name) => ({ name, files: new MemoryFiles({ 'a.ts': 'let a;\n' }) }));
    await walk(roots, defaultWalkOptions, (file) => void paths.push(file.path));
    expect(paths).toEqual(['one/a.ts', 'two/a.ts']);
  });

  it('leaves out files that VS Code hides where another lies beside them', async () => {
    const { paths, reasons } = await read(
      { 'a.js': 'x\n', 'a.ts': 'x\n', 'b.js': 'x\n', 'src/a.b.js': 'x\n', 'src/a.b.ts': 'x\n', 'src/b.ts': 'x\n' },
      { excludeBeside: [{ glob: '**/*.js', when: '$(basename).ts' }] },
    );
    expect(paths).toEqual(['a.ts', 'b.js', 'src/a.b.ts', 'src/b.ts']);
    expect(reasons).toEqual({ excluded: ['a.js', 'src/a.b.js'] });
  });

  it('follows .gitignore above the folder, up to the top of its repository; not where that ignores the folder itself', async () => {
    const files = new MemoryFiles({
      '.gitignore': '*.gen.ts\n/parts/one/secret.ts\n',
      'parts/.gitignore': '!kept.gen.ts\n/one/local\n',
    });
    const own = { 'a.gen.ts': 'x\n', 'kept.gen.ts': 'x\n', 'secret.ts': 'x\n', 'sub/secret.ts': 'x\n', local: 'x\n' };
    const { paths, reasons } = await read(own, { repository: { files, path: 'parts/one' } });
    expect(paths).toEqual(['kept.gen.ts', 'sub/secret.ts']);
    expect(reasons).toEqual({ ignored: ['a.gen.ts', 'local', 'secret.ts'] });
    const below = await read(
      { ...own, '.gitignore': 'local\n' },
      { repository: { files, path: 'parts/two' }, start: 'sub' },
    );
    expect(below.paths).toEqual(['sub/secret.ts']);
    const whole = new MemoryFiles({ '.gitignore': 'out/\n*.ts\n' });
    const asked = await read(own, { repository: { files: whole, path: 'out/one' } });
    expect(asked.paths).toHaveLength(5);
  });

  it('follows .gitignore at every level: the nearest decides, ignored folders are not entered', async () => {
    const { paths, reasons, log } = await read({
      '.gitignore': 'build/\n*.gen.ts\n/top.ts\n',
      'top.ts': 'x\n',
      'a/top.ts': 'x\n',
      'a/one.gen.ts': 'x\n',
      'a/.gitignore': '!two.gen.ts\nlocal\n',
      'a/two.gen.ts': 'x\n',
      'a/local': 'x\n',
      local: 'x\n',
      'build/.gitignore': '!deep.ts\n',
      'build/deep.ts': 'x\n',
      'a/Build/kept.ts': 'x\n',
    });
    expect(paths).toEqual(['.gitignore', 'a/.gitignore', 'a/Build/kept.ts', 'a/top.ts', 'a/two.gen.ts', 'local']);
    expect(reasons).toEqual({ ignored: ['build/', 'top.ts', 'a/local', 'a/one.gen.ts'] });
    expect(log.filter((path) => path.startsWith('build'))).toEqual([]);
    const all = await read({ '.gitignore': 'x.ts\n', 'x.ts': 'x\n' }, { respectGitIgnore: false });
    expect(all.paths).toContain('x.ts');
  });

  it('reads one folder below the root, with the rules of the folders above it', async () => {
    const entries = {
      '.gitignore': '*.log.ts\nout/\n',
      'a/b/x.ts': 'x\n',
      'a/b/y.log.ts': 'y\n',
      'a/z.ts': 'z\n',
      'out/o.ts': 'o\n',
    };
    expect((await read(entries, { start: 'a/b' })).paths).toEqual(['a/b/x.ts']);
    expect((await read(entries, { start: 'out' })).paths).toEqual(['out/o.ts']);
    expect((await read(entries, { start: 'a', exclude: ['a/b/**'] })).paths).toEqual(['a/z.ts']);
  });

  it('follows include and exclude globs', async () => {
    const entries = {
      'src/a.ts': 'a\n',
      'src/a.py': 'a\n',
      'src/deep/b.ts': 'b\n',
      'docs/x.md': 'x\n',
      'node_modules/m/i.ts': 'm\n',
    };
    const all = await read(entries);
    expect(all.paths).toEqual(['docs/x.md', 'src/a.py', 'src/a.ts', 'src/deep/b.ts']);
    expect(all.reasons).toEqual({ excluded: ['node_modules/'] });
    expect((await read(entries, { include: ['**/*.{ts,md}'] })).paths).toEqual([
      'docs/x.md',
      'src/a.ts',
      'src/deep/b.ts',
    ]);
    expect((await read(entries, { include: ['*.py'] })).paths).toEqual(['src/a.py']);
    expect((await read(entries, { include: ['src/*'] })).paths).toEqual(['src/a.py', 'src/a.ts', 'src/deep/b.ts']);
    expect((await read(entries, { exclude: ['docs', '**/deep/**'] })).paths).toEqual(['src/a.py', 'src/a.ts']);
  });

  it('leaves out what is no source, each with its reason, and reads only what it must', async () => {
    const { paths, reasons, log, report } = await read({
      'package-lock.json': '{}\n',
      'logo.png': 'x',
      'lib.min.js': 'x',
      'page.js': `${'var a=1;'.repeat(400)}\n`,
      'api.pb.go': 'package x\n',
      'made.py': '# This file was automatically generated\nx = 1\n',
      'table.csv': '1,2\n',
      'blob.ts': Uint8Array.from({ length: 600 }, (_, k) => (k * 7) % 256),
      'empty.ts': '',
      'blank.ts': ' \n\n',
      'good.ts': 'let a;\n',
      'readme.md': `${'A long paragraph without a line end. '.repeat(100)}\n`,
    });
    expect(paths).toEqual(['good.ts', 'readme.md']);
    expect(reasons).toEqual({
      'lock-file': ['package-lock.json'],
      binary: ['logo.png', 'blob.ts'],
      minified: ['lib.min.js', 'page.js'],
      generated: ['api.pb.go', 'made.py'],
      data: ['table.csv'],
      empty: ['blank.ts', 'empty.ts'],
    });
    expect(log).not.toContain('logo.png');
    expect(describeLeftOut(report.leftOut.find((entry) => entry.reason === 'minified')!)).toBe(
      '2 files: minified (lib.min.js, page.js)',
    );
  });

  it('never reads a file above the limit, and leaves unreadable and vanished ones out', async () => {
    const { paths, reasons, log } = await read({
      'huge.ts': { fails: 'must not be read', size: 200_000_000 },
      'locked.ts': { fails: 'permission denied' },
      'good.ts': 'let a;\n',
      'grown.ts': new Uint8Array(1_000_001).fill(97),
    });
    expect(paths).toEqual(['good.ts']);
    expect(reasons['too-large']).toEqual(['grown.ts (1.0 MB)', 'huge.ts (200.0 MB)']);
    expect(reasons.unreadable).toEqual(['locked.ts (permission denied)']);
    expect(log).not.toContain('huge.ts');
  });

  it('does not follow symbolic links', async () => {
    const { paths, reasons } = await read({
      'a.ts': 'let a;\n',
      loop: { link: 'folder' },
      'again.ts': { link: 'file' },
      broken: { link: 'other' },
    });
    expect(paths).toEqual(['a.ts']);
    expect(reasons).toEqual({ 'symbolic-link': ['again.ts', 'broken', 'loop/'] });
  });

  it('stays under the total limit with a seeded sample of files', async () => {
    const entries: Record<string, string> = {};
    for (let k = 0; k < 100; k++) entries[`f${k}.ts`] = codeLike(k, 1000 + 10 * k);
    const options = { maxTotalBytes: 50_000 };
    const one = await read(entries, { ...options, seed: 1 });
    expect(one.report.sampled).toBe(true);
    expect(one.report.bytes).toBeLessThanOrEqual(50_000);
    expect(one.report.bytes).toBeGreaterThan(45_000);
    expect(one.report.files + one.report.leftOut.find((entry) => entry.reason === 'over-total')!.files).toBe(100);
    const reversed = Object.fromEntries(Object.entries(entries).reverse());
    expect((await read(reversed, { ...options, seed: 1 })).paths).toEqual(one.paths);
    expect((await read(entries, { ...options, seed: 2 })).paths).not.toEqual(one.paths);
  });

  it('an empty folder is no error; a folder that cannot be listed is told', async () => {
    expect((await read({})).report).toMatchObject({ files: 0, leftOut: [] });
    const files = new MemoryFiles({});
    files.list = async () => {
      throw new Error('not reachable');
    };
    const report = await walk([{ name: null, files }], defaultWalkOptions, () => {});
    expect(report.leftOut).toEqual([{ reason: 'unreadable', files: 0, folders: 1, examples: ['./ (not reachable)'] }]);
  });

  it('stops where it is cancelled', async () => {
    const entries: Record<string, string> = {};
    for (let k = 0; k < 100; k++) entries[`f${k}.ts`] = 'let a;\n';
    const signal = { aborted: false };
    let seen = 0;
    const walking = walk(
      [{ name: null, files: new MemoryFiles(entries) }],
      defaultWalkOptions,
      () => {
        if (++seen === 10) signal.aborted = true;
      },
      { signal },
    );
    await expect(walking).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toBe(10);
  });

  it('stops where it is cancelled when the sample is full', async () => {
    const entries: Record<string, string> = {};
    for (let k = 0; k < 100; k++) entries[`f${k}.ts`] = 'let a;\n';
    const signal = { aborted: false };
    const walking = walk(
      [{ name: null, files: new MemoryFiles(entries) }],
      { ...defaultWalkOptions, maxTotalBytes: 7 },
      () => {
        signal.aborted = true;
      },
      { signal },
    );
    await expect(walking).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('goes through one folder of very many files', async () => {
    const names = Array.from({ length: 150_000 }, (_, k) => ({
      name: `f${k}.ts`,
      type: 'file' as const,
      symbolicLink: false,
    }));
    const files = { list: async () => [...names], size: async () => 7, read: async () => new Uint8Array(7).fill(97) };
    const report = await walk([{ name: null, files }], { ...defaultWalkOptions, maxTotalBytes: 70 }, () => {});
    expect(report.files).toBe(10);
    expect(report.leftOut).toMatchObject([{ reason: 'over-total', files: 149_990 }]);
  });
});

describe('a file system that answers late', () => {
  /** 40 folders of 20 files each; answers come late, in an order of their own, and in one of ten cases as errors. */
  function lateFiles(): { files: FileSystem; most: Record<string, number>; asked: Record<string, number> } {
    const entries: Record<string, MemoryEntry> = {};
    for (let k = 0; k < 800; k++)
      entries[`d${k % 40}/f${k}.ts`] = k % 10 === 0 ? { fails: `no ${k}` } : codeLike(k, 300);
    const memory = new MemoryFiles(entries);
    const random = new Random(3);
    const open: Record<string, number> = { list: 0, size: 0, read: 0 };
    const most: Record<string, number> = { list: 0, size: 0, read: 0 };
    const asked: Record<string, number> = { list: 0, size: 0, read: 0 };
    const late =
      <T>(kind: string, ask: (path: string) => Promise<T>) =>
      async (path: string): Promise<T> => {
        asked[kind]!++;
        most[kind] = Math.max(most[kind]!, ++open[kind]!);
        for (let left = random.below(6); left > 0; left--) await new Promise((resolve) => setTimeout(resolve));
        open[kind]!--;
        return ask(path);
      };
    const files = {
      list: late('list', (path) => memory.list(path)),
      size: late('size', (path) => memory.size(path)),
      read: late('read', (path) => memory.read(path)),
    };
    return { files, most, asked };
  }

  it('is asked for several things at a time, not for many, and the files come by path all the same', async () => {
    const { files, most } = lateFiles();
    const paths: string[] = [];
    const report = await walk([{ name: null, files }], defaultWalkOptions, ({ path }) => void paths.push(path));
    expect(paths).toEqual([...paths].sort());
    expect(report.files).toBe(720);
    expect(report.leftOut).toMatchObject([{ reason: 'unreadable', files: 80 }]);
    for (const [kind, limit] of Object.entries({ list: 16, size: 128, read: 32 })) {
      expect(most[kind]).toBeGreaterThan(4);
      expect(most[kind]).toBeLessThanOrEqual(limit);
    }
  });

  it('is not asked for contents that there is no room for', async () => {
    const { files, asked } = lateFiles();
    const report = await walk([{ name: null, files }], { ...defaultWalkOptions, maxTotalBytes: 20_000 }, () => {});
    const unreadable = report.leftOut.find(({ reason }) => reason === 'unreadable')!;
    expect(report.sampled).toBe(true);
    expect(asked.read).toBe(report.files + unreadable.files);
  });

  it('may fail after the walk was cancelled', async () => {
    const { files, asked } = lateFiles();
    const signal = { aborted: false };
    const walking = walk([{ name: null, files }], defaultWalkOptions, () => void (signal.aborted = true), { signal });
    await expect(walking).rejects.toMatchObject({ code: 'cancelled' });
    const before = asked.read;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked.read).toBe(before);
  });
});
