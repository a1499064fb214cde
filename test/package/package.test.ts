import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { listFiles, PackageManager } from '@vscode/vsce';
import { filesLinked } from '../../scripts/packed-readme.ts';
import { grammarFiles, parserFile } from '../../src/core/concepts/languages.ts';
import type { InspectorService } from '../../src/protocol/inspector-service.ts';
import { connect } from '../../src/worker/channel.ts';
import { nodeStorage } from '../../src/worker/node-storage.ts';
import { startNodeWorker } from '../../src/worker/ports.node.ts';
import { root } from '../harness/paths.ts';
import { writePlantedRun } from '../unit/core/cells/planted-run.ts';

/** What may be in the package: bundles, kernels, grammars, styles, pictures, translations and the papers. */
const allowed = [
  /^(package(\.nls(\.\w+)?)?\.json|README\.md|CHANGELOG\.md|LICENSE|THIRD_PARTY_NOTICES\.md)$/,
  /^l10n\/bundle\.l10n\.\w+\.json$/,
  /^dist\/(host|host\.browser|training-worker|inspector-worker|file-worker|kernel-thread)\.cjs$/,
  /^dist\/[\w.-]+\.browser\.js$/,
  /^dist\/webview\/[\w.-]+\.(js|css)$/,
  /^dist\/(kernels|grammars)\/[\w.-]+\.wasm$/,
  /^media\/base\/(lstm-1x(128|256)\.safetensors|SOURCES\.md)$/,
  /^media\/sample\/sample\.(cellscope-run|json)$/,
  /^media\/([\w-]+|docs\/[\w-]+|walkthrough\/[\w-]+)\.(svg|png|md|css)$/,
];

interface Packed {
  name: string;
  bytes(): Buffer;
}

/**
 * Files of a zip by its central directory (APPNOTE 4.3.12: method at 10, sizes at 20, name length at 28, extra at 30,
 * comment at 32, place at 42, name at 46; the data follow a local header of 30 bytes, name and extra).
 */
function filesInZip(zip: Buffer): Packed[] {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    const [method, size, place] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 42)];
    const text = zip.toString('utf8', at + 46, at + 46 + name!);
    at += 46 + name! + extra! + comment!;
    const bytes = (): Buffer => {
      const start = place + 30 + zip.readUInt16LE(place + 26) + zip.readUInt16LE(place + 28);
      const data = zip.subarray(start, start + size);
      return method === 0 ? data : inflateRawSync(data);
    };
    return { name: text, bytes };
  });
}

/** Bytes that the package may have, all grammars included. */
const largest = 8 * 2 ** 20;

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
    const translations = ['package.nls.json', 'package.nls.de.json', 'l10n/bundle.l10n.de.json'];
    assert.deepEqual(
      [...named, ...translations].filter((file) => !files.has(file)),
      [],
    );
  });

  it('is one file of a few megabytes that holds the same list', async () => {
    const vsix = process.env.CELLSCOPE_VSIX!;
    assert.ok(statSync(vsix).size < largest, `${statSync(vsix).size} bytes`);
    const listed = await listFiles({ cwd: root, packageManager: PackageManager.None });
    // VS Code's own two files of the container, and vsce's lower-case names of the papers.
    const packed = filesInZip(readFileSync(vsix)).flatMap(({ name }) => (name.startsWith('extension/') ? name : []));
    const lower = (names: string[]) => names.map((name) => name.replace(/^extension\//, '').toLowerCase()).sort();
    assert.deepEqual(lower(packed), lower(listed.map((name) => (name === 'LICENSE' ? 'LICENSE.txt' : name))));
  });

  it('has a README and a changelog whose links and pictures lead to files that are in it', () => {
    const files = filesInZip(readFileSync(process.env.CELLSCOPE_VSIX!));
    const names = new Set(files.map(({ name }) => name.replace(/^extension\//, '')));
    const text = (file: string): string => {
      const found = files.find(({ name }) => name === `extension/${file}`);
      return found!.bytes().toString('utf8');
    };
    assert.ok(filesLinked(text('readme.md')).filter((file) => file.endsWith('.png')).length >= 8);
    for (const paper of ['readme.md', 'changelog.md'])
      assert.deepEqual(
        filesLinked(text(paper)).filter((file) => !names.has(file)),
        [],
        paper,
      );
  });

  it('holds the grammars that concepts use and no others, and labels with them', async () => {
    const files = filesInZip(readFileSync(process.env.CELLSCOPE_VSIX!)).filter(({ name }) => name.includes('/dist/'));
    const grammars = files.flatMap(({ name }) => /\/grammars\/(.*)$/.exec(name)?.[1] ?? []);
    assert.deepEqual(grammars.sort(), [parserFile, ...Object.values(grammarFiles)].sort());

    const folder = mkdtempSync(path.join(tmpdir(), 'cellscope-package-'));
    const at = (...names: string[]): string => path.join(folder, ...names);
    for (const { name, bytes } of files) {
      if (!/dist\/(inspector-worker\.cjs|kernels\/.*|grammars\/.*)$/.test(name)) continue;
      mkdirSync(path.dirname(at(name)), { recursive: true });
      writeFileSync(at(name), bytes());
    }
    await writePlantedRun(nodeStorage(at('run')));
    const worker = startNodeWorker(at('extension/dist/inspector-worker.cjs'));
    try {
      const model = { key: 'planted', kind: 'run', folder: at('run'), generation: null } as const;
      const request = { model, userConcepts: [], quantities: [], seed: 1, evidence: false };
      const { report } = await connect<InspectorService>(worker.port).call('findCells', request);
      const [best] = report.concepts.find(({ concept }) => concept === 'double-quoted')!.best;
      assert.equal(best!.cell, 0);
      assert.ok(best!.ap > 0.99);
    } finally {
      await worker.terminate();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
