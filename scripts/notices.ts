/**
 * Writes THIRD_PARTY_NOTICES.md: every package that is in what ships (by esbuild's own account of the bundles), the grammars,
 * and the compiler whose library is in the kernels, with their licences. `node scripts/notices.ts`
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { grammarFiles, parserFile } from '../src/core/concepts/languages.ts';
import { bundles } from './build.ts';
import { grammarSource } from './grammars.ts';
import copyrights from './notices/copyrights.json' with { type: 'json' };

const root = path.dirname(import.meta.dirname);
export const noticesFile = path.join(root, 'THIRD_PARTY_NOTICES.md');

const builtPackage = '@vscode/tree-sitter-wasm';

export interface Notice {
  name: string;
  version: string;
  license: string;
  text: string;
}

/** The package that a path lies in: its name and folder. Null: none. */
export function packageOf(file: string): { name: string; folder: string } | null {
  const match = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(file.replaceAll('\\', '/'));
  return match ? { name: match[2]!, folder: match[1]! } : null;
}

/** Folders of the packages of which something is in a shipped bundle. The command line does not ship. */
async function bundledFolders(): Promise<string[]> {
  const shipped = bundles(true).filter(({ entryPoints }) => !Object.hasOwn(entryPoints as object, 'cli'));
  const folders = new Set<string>();
  for (const options of shipped) {
    const { metafile } = await build({ ...options, write: false, metafile: true });
    for (const { inputs } of Object.values(metafile.outputs))
      for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
        const found = bytesInOutput > 0 && packageOf(input);
        if (found) folders.add(path.resolve(root, found.folder));
      }
  }
  return [...folders];
}

/** Folders of the packages whose files ship as they are, or are compiled in. */
function copiedFolders(): string[] {
  const files = [parserFile, ...Object.values(grammarFiles)].map((file) => grammarSource(root, file));
  return [...files.map((file) => packageOf(file)!.folder), path.join(root, 'node_modules/assemblyscript')];
}

function noticeOf(folder: string): Notice {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  if (files.length === 0) return { name, version, license, text: mitLicence(name, license) };
  const text = files.sort().map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  return { name, version, license, text: text.join('\n\n') };
}

/** For works that say MIT and come without the text of it: who holds their copyright was read at their source. */
function mitLicence(name: string, license: unknown): string {
  const holders = (copyrights as Record<string, string[]>)[name];
  if (license !== 'MIT' || !holders)
    throw new Error(
      `${name} is in what ships and comes without a licence. Where it is MIT, name its copyright in scripts/notices/copyrights.json; else do not ship it.`,
    );
  const file = readFileSync(path.join(root, 'node_modules', builtPackage, 'LICENSE'), 'utf8');
  const terms = file.replace(/^ {4}/gm, '').replace(/^[\s\S]*?(?=Permission is)/, '');
  return `MIT License\n\n${holders.map((holder) => `Copyright (c) ${holder}`).join('\n')}\n\n${terms.trim()}`;
}

/** Grammars that come built in one package, without their licences. */
function builtGrammars(): Notice[] {
  const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules', builtPackage, 'package.json'), 'utf8'));
  return Object.values(grammarFiles)
    .filter((file) => grammarSource(root, file).includes(builtPackage))
    .map((file) => {
      const name = path.basename(file, '.wasm');
      return { name, version: `as built in ${builtPackage} ${version}`, license: 'MIT', text: mitLicence(name, 'MIT') };
    });
}

/** Each once, by name. */
export async function collectNotices(): Promise<Notice[]> {
  const folders = new Set([...(await bundledFolders()), ...copiedFolders()].map((folder) => path.resolve(folder)));
  const notices = [...[...folders].map(noticeOf), ...builtGrammars()];
  return notices.sort((a, b) => (a.name === b.name ? (a.version < b.version ? -1 : 1) : a.name < b.name ? -1 : 1));
}

export function renderNotices(notices: readonly Notice[]): string {
  const list = notices.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
  const texts = notices.map(({ name, version, text }) => `## ${name} ${version}\n\n${fenced(text)}`);
  return [
    '# Third-party notices',
    'Cellscope ships with parts of these works. Written by `node scripts/notices.ts` from what is bundled.',
    `| work | version | licence |\n| --- | --- | --- |\n${list.join('\n')}`,
    ...texts,
    '',
  ].join('\n\n');
}

/** Text as it is, whatever it holds. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text.replace(/\r\n/g, '\n').replace(/[ \t]+$/gm, '')}\n${fence}`;
}

if (import.meta.main) {
  const notices = await collectNotices();
  writeFileSync(noticesFile, renderNotices(notices));
  console.log(`${path.basename(noticesFile)}: ${notices.length} works`);
}
