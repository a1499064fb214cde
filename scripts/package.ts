/** `npm run package [-- --built] [--to <folder>]`: one VSIX that holds only what runs (.vscodeignore is an allow-list; everything is bundled). */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { buildAll } from './build.ts';
import { packedReadme } from './packed-readme.ts';
import { withPalette } from './walkthrough/palette-png.ts';

const root = path.dirname(import.meta.dirname);

/**
 * Lays out what the package holds in a folder of its own: the README with the links that lead somewhere there, its pictures with a
 * palette of 256 colours, a third of their size.
 */
async function layOut(folder: string): Promise<void> {
  const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
  // vsce gives the licence another name.
  const linked = new Set(files.filter((file) => file !== 'LICENSE'));
  for (const file of [...files, '.vscodeignore']) {
    const [from, to] = [path.join(root, file), path.join(folder, file)];
    mkdirSync(path.dirname(to), { recursive: true });
    if (file === 'README.md') writeFileSync(to, packedReadme(readFileSync(from, 'utf8'), linked));
    else if (/^media\/docs\/.*\.png$/.test(file)) writeFileSync(to, withPalette(readFileSync(from)));
    else cpSync(from, to);
  }
}

/** Packs what is built in dist/ and gives the path of the VSIX. */
async function packageExtension(folder: string): Promise<string> {
  const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const file = path.join(folder, `${name}-${version}.vsix`);
  mkdirSync(folder, { recursive: true });
  const laidOut = mkdtempSync(path.join(tmpdir(), 'cellscope-vsix-'));
  try {
    await layOut(laidOut);
    // There is no public repository to rewrite relative links to: `layOut` takes care of them, test/package holds it to that.
    const options = { dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false };
    await createVSIX({ cwd: laidOut, packagePath: file, ...options });
  } finally {
    rmSync(laidOut, { recursive: true, force: true });
  }
  return file;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { built: { type: 'boolean' }, to: { type: 'string', default: root } } });
  if (!values.built) await buildAll({ minify: true });
  const file = await packageExtension(path.resolve(values.to));
  console.log(`${file} (${Math.round(statSync(file).size / 1024)} KB)`);
}
