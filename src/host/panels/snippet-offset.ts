/** Finds a snippet in a text that may have changed since. Pure. */

/**
 * UTF-16 offset of the character that a snippet is shown for, in a text with LF line ends: where its text stands now,
 * nearest to where it stood; null where it stands nowhere any more.
 * @param start characters before the snippet's first one, as it was read
 */
export function offsetOfSnippet(text: string, snippet: string, start: number, index: number): number | null {
  if (snippet === '') return null;
  const expected = unitsOf(text, start);
  let nearest = -1;
  for (let at = text.indexOf(snippet); at >= 0; at = text.indexOf(snippet, at + 1))
    if (nearest < 0 || Math.abs(at - expected) < Math.abs(nearest - expected)) nearest = at;
  return nearest < 0 ? null : nearest + unitsOf(snippet, index - start);
}

/** UTF-16 units of the first characters of a text. */
function unitsOf(text: string, characters: number): number {
  let units = 0;
  for (let k = 0; k < characters && units < text.length; k++) units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  return units;
}
