/**
 * The npm packages that the base model reads (packages.json: exact versions, with the digest of what the registry served), fetched once
 * into .cache/base/packages. They are no dependencies: nothing of them is installed, linked or run.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PackageText {
  name: string;
  version: string;
  /** Subresource integrity of the archive, as in a lock file. */
  integrity: string;
  /** Folder inside the package; empty for all of it. */
  folder: string;
  /** Globs below the folder; empty for all texts. */
  include: string[];
}

export const packageTexts: readonly PackageText[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'packages.json'), 'utf8'),
);

/**
 * The folder of a package below `cache`, fetched where it is not there yet. Throws where the registry serves something else than the
 * package whose digest is written down.
 */
export async function packageFolder({ name, version, integrity }: PackageText, cache: string): Promise<string> {
  const folder = path.join(cache, `${name.replace('/', '+')}@${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(path.join(cache, 'fetching-'));
  try {
    const { stdout } = await run('npm', ['pack', `${name}@${version}`, '--json', '--pack-destination', temporary]);
    const archive = path.join(temporary, JSON.parse(stdout)[0].filename);
    const digest = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64');
    if (`sha512-${digest}` !== integrity)
      throw new Error(`${name}@${version} is not the package that packages.json names: sha512-${digest}.`);
    const unpacked = path.join(temporary, 'package');
    await mkdir(unpacked);
    await run('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=1']);
    await rename(unpacked, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}
