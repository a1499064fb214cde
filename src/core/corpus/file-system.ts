export type EntryType = 'file' | 'folder' | 'other';

export interface FolderEntry {
  name: string;
  /** Of a symbolic link: its target's type, `other` where it leads nowhere. */
  type: EntryType;
  symbolicLink: boolean;
}

/**
 * A folder to read, handed to the core by its host. Paths are relative to it, `/` separated, '' for the folder itself.
 * Every method rejects with an error whose message says what happened.
 */
export interface FileSystem {
  /** Size in bytes; called for files only. */
  size(path: string): Promise<number>;
  list(path: string): Promise<FolderEntry[]>;
  read(path: string): Promise<Uint8Array>;
}
