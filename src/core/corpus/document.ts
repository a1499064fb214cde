/** A file's side of the split. Decided per file, seeded. */
export type Side = 'train' | 'validation' | 'test';

/** A text as read from the workspace: decoded, before CRLF→LF. */
export interface SourceFile {
  /** Path relative to its workspace folder, with the folder's name in front in a multi-root workspace, `/` separated. */
  path: string;
  /** VS Code language id, `plaintext` where unknown. */
  language: string;
  text: string;
}
