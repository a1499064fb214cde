import { t } from '../words.ts';
import { type ExclusionReason, exclusionWords } from './exclusion.ts';

/** What was left out for one reason. */
export interface LeftOut {
  reason: ExclusionReason;
  files: number;
  /** Folders that were left out whole; their files are not counted. */
  folders: number;
  /** The first few paths, with the error's words where there was one. */
  examples: string[];
}

const exampleCount = 5;

/** Counts what is left out, by reason, in the order of first occurrence. */
export class LeftOutCounter {
  private readonly entries = new Map<ExclusionReason, LeftOut>();

  add(reason: ExclusionReason, path: string, kind: 'file' | 'folder', detail?: string): void {
    let entry = this.entries.get(reason);
    if (!entry) this.entries.set(reason, (entry = { reason, files: 0, folders: 0, examples: [] }));
    if (kind === 'file') entry.files++;
    else entry.folders++;
    const shown = kind === 'folder' ? `${path}/` : path;
    if (entry.examples.length < exampleCount) entry.examples.push(detail ? `${shown} (${detail})` : shown);
  }

  get list(): LeftOut[] {
    return [...this.entries.values()];
  }
}

/** One line for people: `12 files, 3 folders: ignored by .gitignore (build/, out.txt, …)`. */
export function describeLeftOut({ reason, files, folders, examples }: LeftOut): string {
  const more = files + folders > examples.length ? ', …' : '';
  return `${countLeftOut({ files, folders })}: ${exclusionWords(reason)} (${examples.join(', ')}${more})`;
}

/** `12 files, 3 folders`. */
export function countLeftOut({ files, folders }: Pick<LeftOut, 'files' | 'folders'>): string {
  return [fileCount(files), folderCount(folders)].filter((part) => part !== '').join(', ');
}

function fileCount(n: number): string {
  if (n === 0) return '';
  return n === 1 ? t('1 file') : t('{0} files', n);
}

function folderCount(n: number): string {
  if (n === 0) return '';
  return n === 1 ? t('1 folder') : t('{0} folders', n);
}
