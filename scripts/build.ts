/**
 * Builds everything that runs into dist/: host and workers as CommonJS, webviews as IIFE, the command line, the kernels.
 * `node scripts/build.ts [--watch] [--minify]`
 */
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, context } from 'esbuild';
import { writeRegistry } from './concepts.ts';
import { buildGrammars } from './grammars.ts';
import { buildKernels } from './kernels.ts';

const root = path.dirname(import.meta.dirname);

/** Entry points that exist: a part that is not there yet is not an error while the house is being built. */
function entries(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([, file]) => existsSync(path.join(root, file))));
}

/** What is bundled, and how. */
export function bundles(minify: boolean): BuildOptions[] {
  const shared: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    minify,
    // Beside the bundles for whoever debugs them; the package leaves the maps out.
    sourcemap: 'linked',
    logLevel: 'warning',
    legalComments: 'none',
    charset: 'utf8',
    treeShaking: true,
    outdir: 'dist',
    // Its ES module asks for import.meta, which a CommonJS bundle has not.
    alias: { 'web-tree-sitter': path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') },
  };
  const node: BuildOptions = {
    ...shared,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  };
  // The parser asks for node's file system where it runs in node: never here.
  const browser: BuildOptions = { ...shared, platform: 'browser', target: 'es2022', external: ['fs', 'fs/promises'] };
  const webviews = readdirSync(path.join(root, 'webview'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(root, 'webview', entry.name, 'main.ts')))
    .map((entry) => [entry.name, `webview/${entry.name}/main.ts`] as const);
  return [
    { ...node, entryPoints: entries({ host: 'src/host/extension.node.ts' }), external: ['vscode'] },
    {
      ...node,
      entryPoints: entries({
        'training-worker': 'src/worker/training.node.ts',
        'inspector-worker': 'src/worker/inspector.node.ts',
        'file-worker': 'src/worker/file.node.ts',
        'kernel-thread': 'src/worker/kernel-thread.node.ts',
      }),
    },
    { ...node, entryPoints: entries({ cli: 'src/cli/main.ts' }), banner: { js: '#!/usr/bin/env node' } },
    {
      ...browser,
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      entryPoints: entries({ 'host.browser': 'src/host/extension.browser.ts' }),
      external: ['vscode'],
    },
    {
      ...browser,
      format: 'iife',
      entryPoints: entries({
        'training-worker.browser': 'src/worker/training.browser.ts',
        'inspector-worker.browser': 'src/worker/inspector.browser.ts',
        'file-worker.browser': 'src/worker/file.browser.ts',
      }),
    },
    { ...browser, format: 'iife', entryPoints: Object.fromEntries(webviews), outdir: 'dist/webview' },
  ].filter((options) => Object.keys(options.entryPoints ?? {}).length > 0) as BuildOptions[];
}

async function copyStyles(): Promise<void> {
  const folder = path.join(root, 'webview');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.css')) await cp(path.join(folder, file), path.join(root, 'dist/webview', path.basename(file)));
}

/** Everything once. Throws on the first error, which esbuild or the compiler has printed. */
export async function buildAll({ minify = false } = {}): Promise<void> {
  await mkdir(path.join(root, 'dist/webview'), { recursive: true });
  writeRegistry();
  await buildGrammars(root);
  await buildKernels(root);
  await Promise.all(bundles(minify).map((options) => build(options)));
  await copyStyles();
}

async function watchAll(): Promise<void> {
  await buildAll();
  for (const options of bundles(false)) await (await context(options)).watch();
}

if (import.meta.main) {
  if (process.argv.includes('--watch')) await watchAll();
  else await buildAll({ minify: process.argv.includes('--minify') });
}
