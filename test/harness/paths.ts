/** Where things are: the repository, its cache, and where a run of the tests leaves pictures and reports. */
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
export const cache = path.join(root, '.cache');
export const shots = path.join(root, 'shots');

/** A fresh folder under the system's temporary folder; the caller removes it. */
export const temporaryFolder = (name: string): string => mkdtempSync(path.join(os.tmpdir(), `cellscope-${name}-`));
