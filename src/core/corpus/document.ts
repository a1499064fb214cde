/** A file's side of the split. Decided per file, seeded. */
export type Side = 'train' | 'validation' | 'test';

export const sides: readonly Side[] = ['train', 'validation', 'test'];

/** A text as read from the workspace: decoded, before CRLF→LF. */
export interface SourceFile {
  /** Path relative to its workspace folder, with the folder's name in front in a multi-root workspace, `/` separated. */
  path: string;
  /** VS Code language id, `plaintext` where unknown. */
  language: string;
  text: string;
}

/** A text of the corpus: a whole file, or a part of one where the split had to be made inside files. JSON-able. */
export interface CorpusDocument {
  path: string;
  language: string;
  side: Side;
  /** After CRLF→LF. It is never normalised again: `\r\r\n` leaves a `\r\n` that is two characters. */
  text: string;
  /** Characters (code points) of `text`. */
  chars: number;
  /** SHA-256 of the whole file's normalised text, hex. */
  sha256: string;
  /** Where `text` lies in its file, in characters; only where the split was made inside files. */
  range?: { start: number; end: number };
}

/** CRLF→LF: the text whose code points are the characters of the project. A lone CR stays a character. */
export function normaliseLineEnds(text: string): string {
  return text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
}

/** Number of code points; a lone surrogate counts as one. */
export function countCharacters(text: string): number {
  let count = text.length;
  for (let k = 0; k + 1 < text.length; k++) {
    if ((text.charCodeAt(k) & 0xfc00) === 0xd800 && (text.charCodeAt(k + 1) & 0xfc00) === 0xdc00) {
      count--;
      k++;
    }
  }
  return count;
}
