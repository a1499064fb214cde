import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeFiles } from '../../../src/cli/node-files.ts';
import type { SourceFile } from '../../../src/core/corpus/document.ts';
import { defaultWalkOptions, type WalkReport, walk } from '../../../src/core/corpus/walk.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cellscope-workspace-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(file: string, content: string | Uint8Array): string {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
  return target;
}

async function read(
  files = new NodeFiles(folder),
): Promise<{ files: SourceFile[]; report: WalkReport; reasons: object }> {
  const found: SourceFile[] = [];
  const report = await walk([{ name: null, files }], defaultWalkOptions, (file) => void found.push(file));
  return { files: found, report, reasons: Object.fromEntries(report.leftOut.map((e) => [e.reason, e.examples])) };
}

describe('reading a folder on disk', () => {
  it('does not follow a symlink loop or links out of the folder', async () => {
    write('a/b.ts', 'let b;\n');
    symlinkSync('..', path.join(folder, 'a/up'));
    symlinkSync(path.join(folder, 'a/self'), path.join(folder, 'a/self'));
    symlinkSync('/etc', path.join(folder, 'etc'));
    symlinkSync('b.ts', path.join(folder, 'a/c.ts'));
    const { files, reasons } = await read();
    expect(files.map((file) => file.path)).toEqual(['a/b.ts']);
    expect(reasons).toEqual({ 'symbolic-link': ['etc/', 'a/c.ts', 'a/self', 'a/up/'] });
  });

  it('leaves a sparse file of 200 MB unread, and a binary file named .ts', async () => {
    truncateSync(write('huge.ts', ''), 200_000_000);
    write(
      'blob.ts',
      Uint8Array.from({ length: 3000 }, (_, k) => (k * k + 3 * k) % 256),
    );
    write('good.ts', 'let a;\n');
    const files = new NodeFiles(folder);
    const asked: string[] = [];
    const readOne = files.read.bind(files);
    files.read = (file) => {
      asked.push(file);
      return readOne(file);
    };
    const { files: found, reasons } = await read(files);
    expect(found.map((file) => file.path)).toEqual(['good.ts']);
    expect(reasons).toEqual({ 'too-large': ['huge.ts (200.0 MB)'], binary: ['blob.ts'] });
    expect(asked).not.toContain('huge.ts');
  });

  // root reads everything, whatever the permissions
  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('tells what it may not read', async () => {
    chmodSync(write('locked.ts', 'let a;\n'), 0o000);
    mkdirSync(path.join(folder, 'closed'), { mode: 0o000 });
    const { files, reasons } = await read();
    expect(files).toEqual([]);
    expect(reasons).toEqual({ unreadable: ['closed/ (no permission)', 'locked.ts (no permission)'] });
    chmodSync(path.join(folder, 'closed'), 0o700);
  });

  it('goes on where a file vanishes, becomes a folder, or grows between listing and reading', async () => {
    for (const name of ['gone.ts', 'grown.ts', 'other.ts', 'kept.ts']) write(name, 'let a;\n');
    const files = new NodeFiles(folder);
    const sizeOf = files.size.bind(files);
    files.size = async (file) => {
      const size = await sizeOf(file);
      if (file === 'gone.ts') rmSync(path.join(folder, file));
      if (file === 'grown.ts') writeFileSync(path.join(folder, file), 'x\n'.repeat(600_000));
      if (file === 'other.ts') {
        rmSync(path.join(folder, file));
        mkdirSync(path.join(folder, file));
      }
      return size;
    };
    const { files: found, reasons } = await read(files);
    expect(found.map((file) => file.path)).toEqual(['kept.ts']);
    expect(reasons).toEqual({
      unreadable: ['gone.ts (vanished)', 'other.ts (a folder now)'],
      'too-large': ['grown.ts (it grew)'],
    });
  });

  it('reads UTF-16 and a BOM as text, without the BOM', async () => {
    write('wide.cs', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('class Größe {}\r\n', 'utf16le')]));
    write('bom.cs', '\ufeffclass A {}\n');
    expect((await read()).files).toEqual([
      { path: 'bom.cs', language: 'csharp', text: 'class A {}\n' },
      { path: 'wide.cs', language: 'csharp', text: 'class Größe {}\r\n' },
    ]);
  });

  it('an empty folder gives nothing and no error', async () => {
    expect((await read()).report).toMatchObject({ files: 0, leftOut: [] });
  });
});
