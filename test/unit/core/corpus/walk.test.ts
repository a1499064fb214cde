import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../../../../src/core/corpus/document.ts';
import { describeLeftOut } from '../../../../src/core/corpus/left-out.ts';
import {
  defaultWalkOptions,
  type WalkOptions,
  type WalkReport,
  type WalkRoot,
  walk,
} from '../../../../src/core/corpus/walk.ts';
import { type MemoryEntry, MemoryFiles } from './memory-files.ts';
import { codeLike } from './texts.ts';

async function read(
  entries: Record<string, MemoryEntry>,
  options: Partial<WalkOptions & Pick<WalkRoot, 'start' | 'include' | 'exclude'>> = {},
): Promise<{
  files: SourceFile[];
  paths: string[];
  report: WalkReport;
  reasons: Record<string, string[]>;
  log: string[];
}> {
  const files: SourceFile[] = [];
  const memory = new MemoryFiles(entries);
  const { start, include, exclude, ...walkOptions } = { start: '', include: [], exclude: [], ...options };
  const root = { name: null, files: memory, start, include, exclude };
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
});
