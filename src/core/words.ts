/**
 * Words for people. English is the key: what was written is what is shown until a translation has been set. The host,
 * each worker and each webview set theirs once; the command line sets none.
 */

/** English text → its translation. */
export type Words = Readonly<Record<string, string>>;

let words: ReadonlyMap<string, string> = new Map();

/** Sets the translation, or English again without one. The bundle comes from a file: what is no text is left out. */
export function setWords(bundle: unknown): void {
  const entries = typeof bundle === 'object' && bundle !== null ? Object.entries(bundle) : [];
  words = new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/**
 * The template in the language that was set, with `{0}`, `{1}`, … replaced by the values. The template is a literal: the
 * bundle is checked against the sources. Called inside of functions: where a module begins, no language has been set yet.
 */
export function t(template: string, ...values: readonly (string | number)[]): string {
  return translated(template).replace(/\{(\d+)\}/g, (mark, index) => String(values[Number(index)] ?? mark));
}

/** A text that stands in a registry, such as a concept's name, in the language that was set. */
export function translated(text: string): string {
  return words.get(text) ?? text;
}
