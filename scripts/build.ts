/**
 * Builds everything that runs into dist/: host and workers as CommonJS, webviews as IIFE, the command line, the kernels.
 * `node scripts/build.ts [--watch] [--minify]`
 */
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type BuildOptions, build, context } from 'esbuild';
import { buildKernels } from './kernels.ts';

const root = path.dirname(import.meta.dirname);
const watch = process.argv.includes('--watch');
const minify = process.argv.includes('--minify');

const shared: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify,
  sourcemap: minify ? false : 'linked',
  logLevel: 'warning',
  legalComments: 'none',
  charset: 'utf8',
  treeShaking: true,
};
const node: BuildOptions = {
  ...shared,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
};
const browser: BuildOptions = { ...shared, platform: 'browser', target: 'es2022' };

/** Entry points that exist: a part that is not there yet is not an error while the house is being built. */
function entries(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([, file]) => existsSync(path.join(root, file))));
}

const webviews = readdirSync(path.join(root, 'webview'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(path.join(root, 'webview', entry.name, 'main.ts')))
  .map((entry) => [entry.name, `webview/${entry.name}/main.ts`] as const);

const bundles: BuildOptions[] = [
  { ...node, entryPoints: entries({ host: 'src/host/extension.node.ts' }), external: ['vscode'], outdir: 'dist' },
  {
    ...node,
    entryPoints: entries({
      'training-worker': 'src/worker/training.node.ts',
      'inspector-worker': 'src/worker/inspector.node.ts',
      'kernel-thread': 'src/worker/kernel-thread.node.ts',
    }),
    outdir: 'dist',
  },
  { ...node, entryPoints: entries({ cli: 'src/cli/main.ts' }), outdir: 'dist', banner: { js: '#!/usr/bin/env node' } },
  {
    ...browser,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    entryPoints: entries({ 'host.browser': 'src/host/extension.browser.ts' }),
    external: ['vscode'],
    outdir: 'dist',
  },
  {
    ...browser,
    format: 'iife',
    entryPoints: entries({
      'training-worker.browser': 'src/worker/training.browser.ts',
      'inspector-worker.browser': 'src/worker/inspector.browser.ts',
    }),
    outdir: 'dist',
  },
  { ...browser, format: 'iife', entryPoints: Object.fromEntries(webviews), outdir: 'dist/webview' },
];

await mkdir(path.join(root, 'dist'), { recursive: true });
await buildKernels(root);
for (const options of bundles) {
  if (Object.keys(options.entryPoints ?? {}).length === 0) continue;
  if (watch) await (await context(options)).watch();
  else await build(options);
}
if (existsSync(path.join(root, 'webview/ui/base.css'))) {
  for (const file of readdirSync(path.join(root, 'webview'), { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.css'))
      await cp(path.join(root, 'webview', file), path.join(root, 'dist/webview', path.basename(file)));
  }
}
