/** Bundles the tests that run inside VS Code into .cache/tests: the extension host loads JavaScript. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { cache, root } from './paths.ts';

const shared: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  sourcemap: 'inline',
  logLevel: 'warning',
  logOverride: { 'empty-import-meta': 'silent' },
  external: ['vscode', 'mocha'],
};

const inTests = (folder: string): string[] =>
  readdirSync(path.join(root, 'test', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => path.join('test', folder, file))
    .sort();

/** test/host for the node extension host. Gives the path of its entry point. */
export async function bundleHostTests(): Promise<string> {
  const outdir = path.join(cache, 'tests/host');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    ...shared,
    platform: 'node',
    target: 'node22',
    entryPoints: ['test/host/index.ts', ...inTests('host')],
    outbase: 'test/host',
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    outdir,
  });
  return path.join(outdir, 'index.cjs');
}

/** Swaps what a web worker has not: vitest for a small runner, kernels read from disk for kernels in the bundle. */
function forWebWorker(files: string[]): Plugin {
  const shim = path.join(import.meta.dirname, 'web-worker/vitest.ts');
  return {
    name: 'web-worker',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^vitest$/ }, ({ importer }) => (importer === shim ? null : { path: shim }));
      onResolve({ filter: /\/kernel-source\.ts$/ }, ({ resolveDir, path: file }) => ({
        path: path.resolve(resolveDir, file.replace(/\.ts$/, '.browser.ts')),
      }));
      onLoad({ filter: /web-worker\/files\.ts$/ }, () => ({
        contents: `export const files = {${files
          .map((file) => `${JSON.stringify(file)}: () => import(${JSON.stringify(`./${file}`)}),`)
          .join('\n')}};`,
        resolveDir: root,
        loader: 'ts',
      }));
    },
  };
}

/** CELLSCOPE_TEST_FILES: only files whose path contains it, for whoever works on one of them. */
const isChosen = (file: string): boolean => file.includes(process.env.CELLSCOPE_TEST_FILES ?? '');

/** Core's unit tests and test/web as a web extension, with the fixture's files for its workspace. Gives the extension's folder. */
export async function bundleWebWorkerTests(): Promise<string> {
  const outdir = path.join(cache, 'tests/web-worker');
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const manifest = {
    name: 'web-worker-tests',
    publisher: 'cellscope',
    version: '0.0.1',
    engines: { vscode: '^1.101.0' },
    browser: './extension.js',
    activationEvents: ['onStartupFinished', 'onFileSystem:cellscope-memory'],
    capabilities: { untrustedWorkspaces: { supported: true }, virtualWorkspaces: true },
  };
  writeFileSync(path.join(outdir, 'package.json'), JSON.stringify(manifest));
  const fixture = path.join(root, 'test/fixtures/workspace');
  const files = readdirSync(fixture, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const encoded = files.map(({ parentPath, name }) => {
    const file = path.join(parentPath, name);
    return [path.relative(fixture, file).replaceAll(path.sep, '/'), readFileSync(file, 'base64')];
  });
  writeFileSync(path.join(outdir, 'fixture.json'), JSON.stringify(Object.fromEntries(encoded)));
  await build({
    ...shared,
    platform: 'browser',
    target: 'es2024',
    entryPoints: { extension: 'test/harness/web-worker/extension.ts' },
    loader: { '.wasm': 'binary' },
    plugins: [forWebWorker([...inTests('unit/core'), ...inTests('web')].filter(isChosen))],
    outdir,
  });
  return outdir;
}

/** The built extension as a web VS Code has it: its browser entry only. Gives its folder. */
export function webExtension(): string {
  const folder = path.join(cache, 'tests/web-extension');
  rmSync(folder, { recursive: true, force: true });
  const { main: _, extensionKind: __, ...manifest } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  for (const part of ['dist', 'media', 'l10n', 'package.nls.json', 'package.nls.de.json'])
    cpSync(path.join(root, part), path.join(folder, part), {
      recursive: true,
      filter: (file) => !/\.map$|sample-workspace/.test(file),
    });
  return folder;
}
