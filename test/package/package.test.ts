import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { root } from '../harness/paths.ts';

/** What may be in the package: bundles, kernels, grammars, styles, pictures, walkthrough pages and the papers. */
const allowed = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/(host|host\.browser|training-worker|inspector-worker|file-worker|kernel-thread)\.cjs$/,
  /^dist\/[\w.-]+\.browser\.js$/,
  /^dist\/webview\/[\w.-]+\.(js|css)$/,
  /^dist\/(kernels|grammars)\/[\w.-]+\.wasm$/,
  /^media\/([\w-]+|walkthrough\/[\w-]+)\.(svg|png|md|css)$/,
];

/** File names in a zip's central directory (APPNOTE 4.3.12: name length at 28, extra at 30, comment at 32, name at 46). */
function namesInZip(zip: Buffer): string[] {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const text = zip.toString('utf8', at + 46, at + 46 + name!);
    at += 46 + name! + extra! + comment!;
    return text;
  });
}

describe('the package', () => {
  it('holds only what runs', async () => {
    const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
    assert.deepEqual(
      files.filter((file) => !allowed.some((pattern) => pattern.test(file))),
      [],
    );
  });

  it('holds everything that package.json names', async () => {
    const files = new Set(await listFiles({ cwd: root, packageManager: PackageManager.None }));
    // The command line (`bin`) is the repository's: VS Code has no use for it.
    const { bin: _, ...used } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    const named = [...JSON.stringify(used).matchAll(/"(?:\.\/)?((?:dist|media)\/[^"]+)"/g)].map(([, file]) => file!);
    assert.ok(named.length >= 3);
    assert.deepEqual(
      named.filter((file) => !files.has(file)),
      [],
    );
  });

  it('is one file of a few megabytes that holds the same list', async () => {
    const vsix = process.env.CELLSCOPE_VSIX!;
    assert.ok(statSync(vsix).size < 20 * 2 ** 20);
    const listed = await listFiles({ cwd: root, packageManager: PackageManager.None });
    // VS Code's own two files of the container, and vsce's lower-case names of the papers.
    const packed = namesInZip(readFileSync(vsix)).filter((name) => name.startsWith('extension/'));
    const lower = (names: string[]) => names.map((name) => name.replace(/^extension\//, '').toLowerCase()).sort();
    assert.deepEqual(lower(packed), lower(listed.map((name) => (name === 'LICENSE' ? 'LICENSE.txt' : name))));
  });
});
