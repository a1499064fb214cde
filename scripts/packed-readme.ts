/** The README as the package holds it: links lead to what is in the package, or are plain words. */

/** `[words](target)` and `![words](target)`, the words of a link without brackets. */
const links = /(!?)\[([^\][]*)\]\(([^)\s]+)\)/g;

/** The file that a relative link names; null for an address and for a place in the text itself. */
export function fileOf(target: string): string | null {
  return /^(\w+:|#)/.test(target) ? null : decodeURI(target.replace(/[#?].*/, '')).replace(/^\.\//, '');
}

/** Files that a text in Markdown links to or shows. */
export function filesLinked(markdown: string): string[] {
  return [...markdown.matchAll(links)].flatMap(([, , , target]) => fileOf(target!) ?? []);
}

/**
 * Makes plain words of the links to files that are not in the package. A picture has no words to stand for it: it must be there.
 *
 * @param files paths of the package, from its root
 * @throws an error that names a picture that is left out
 */
export function packedReadme(markdown: string, files: ReadonlySet<string>): string {
  return markdown.replace(links, (whole, picture: string, words: string, target: string) => {
    const file = fileOf(target);
    if (file === null || files.has(file)) return whole;
    if (picture) throw new Error(`The README shows ${file}, which is not in the package. List it in .vscodeignore.`);
    return words;
  });
}
