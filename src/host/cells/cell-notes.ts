/** The user's own notes on single cells: `notes.json` of the run's folder, so that they go with the run. */
import * as v from 'valibot';
import type * as vscode from 'vscode';
import { parseInertJson } from '../../core/formats/json.ts';
import { StorageError } from '../../core/formats/storage.ts';
import { t } from '../../core/words.ts';
import { CodedError } from '../../worker/channel.ts';
import { FolderStorage } from '../runs/folder-storage.ts';

const notesFile = 'notes.json';
const notesSchema = v.looseObject({ formatVersion: v.literal(1), notes: v.record(v.string(), v.string()) });

/** By cell, `layer:cell`. */
export type CellNotes = Record<string, string>;

/** @throws CodedError `bad-notes` where the file is there and cannot be read: it is never written over then. */
export async function readNotes(folder: vscode.Uri): Promise<CellNotes> {
  let bytes: Uint8Array;
  try {
    bytes = await new FolderStorage(folder).read(notesFile);
  } catch (error) {
    if (error instanceof StorageError && error.fault === 'not-found') return {};
    throw error;
  }
  try {
    return v.parse(notesSchema, parseInertJson(new TextDecoder().decode(bytes))).notes;
  } catch {
    throw new CodedError(
      'bad-notes',
      t(
        'The notes of this run cannot be read: {0} in its folder is damaged. Mend or delete that file; until then no note is kept.',
        notesFile,
      ),
    );
  }
}

/** Keeps a note; an empty one is taken away. */
export async function writeNote(
  folder: vscode.Uri,
  { layer, cell }: { layer: number; cell: number },
  text: string,
): Promise<CellNotes> {
  const { [`${layer}:${cell}`]: _, ...others } = await readNotes(folder);
  const notes = text.trim() === '' ? others : { ...others, [`${layer}:${cell}`]: text };
  const storage = new FolderStorage(folder);
  const bytes = new TextEncoder().encode(`${JSON.stringify({ formatVersion: 1, notes }, null, 2)}\n`);
  await storage.write(`${notesFile}.tmp`, bytes);
  await storage.rename(`${notesFile}.tmp`, notesFile);
  return notes;
}
