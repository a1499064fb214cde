/** `npm run package [-- --built] [--to <folder>]`: one VSIX that holds only what runs (.vscodeignore is an allow-list; everything is bundled). */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { buildAll } from './build.ts';

const root = path.dirname(import.meta.dirname);

/** Packs what is built in dist/ and gives the path of the VSIX. */
async function packageExtension(folder: string): Promise<string> {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const file = path.join(folder, `${name}-${version}.vsix`);
  mkdirSync(folder, { recursive: true });
  const options = { dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false };
  await createVSIX({ cwd: root, packagePath: file, ...options });
  return file;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { built: { type: 'boolean' }, to: { type: 'string', default: root } } });
  if (!values.built) await buildAll({ minify: true });
  const file = await packageExtension(path.resolve(values.to));
  console.log(`${file} (${Math.round(statSync(file).size / 1024)} KB)`);
}
