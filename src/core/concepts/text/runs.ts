import type { BinaryLabels, ConceptDocument } from '../concept.ts';
import { Painter } from '../painter.ts';

/** Labels from matches of a regular expression in the text; the first group's range where there is one. */
export function labelMatches(document: ConceptDocument, pattern: RegExp): BinaryLabels {
  const painter = new Painter(document);
  const { text } = document;
  let offset = 0;
  let index = 0;
  const indexAt = (target: number): number => {
    // Matches come in ascending order: count on from the last place.
    for (; offset < target; offset++, index++) if (text.codePointAt(offset)! > 0xffff) offset++;
    return index;
  };
  for (const match of text.matchAll(pattern)) {
    const [from, to] = match.indices?.[1] ?? [match.index, match.index + match[0].length];
    if (from === to || from < offset) continue;
    const start = indexAt(from);
    painter.region(start, indexAt(to), 0, 0);
  }
  return painter.labels();
}

/** Labels from a test of every character; a run ends with the first character after it. */
export function labelCharacters(
  document: ConceptDocument,
  test: (point: number, index: number) => boolean,
): BinaryLabels {
  const painter = new Painter(document);
  const { points } = document;
  for (let from = 0; from < points.length; from++) {
    if (!test(points[from]!, from)) continue;
    let to = from + 1;
    while (to < points.length && test(points[to]!, to)) to++;
    painter.region(from, to, 0, 0);
    from = to;
  }
  return painter.labels();
}

export const newline = 10;

const asciiWord = Uint8Array.from({ length: 128 }, (_, point) =>
  /[A-Za-z0-9_]/.test(String.fromCharCode(point)) ? 1 : 0,
);

/** Letters and digits of any script, and the underscore. */
export function isWordCharacter(point: number): boolean {
  return point < 128 ? asciiWord[point] === 1 : /[\p{L}\p{N}]/u.test(String.fromCodePoint(point));
}
