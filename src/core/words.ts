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
  return filled(translated(template), values);
}

const inGroups = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/**
 * A whole number in groups of three digits: by commas in English, by narrow spaces in every other language, where a comma
 * or a point may be the decimal sign (ISO 80000-1).
 */
export function whole(value: number): string {
  const text = inGroups.format(value);
  return words.size === 0 ? text : text.replaceAll(',', '\u202f');
}

/** A text that stands in a registry, such as a concept's name, in the language that was set. */
export function translated(text: string): string {
  return words.get(text) ?? text;
}

/** A sentence that is kept: what it is made of, so that a file holds it in English and people read it in their language later. */
export interface Sentence {
  template: string;
  values: readonly (string | number)[];
}

/** As `t`, with a literal, but nothing is worded yet. */
export function sentence(template: string, ...values: readonly (string | number)[]): Sentence {
  return { template, values };
}

/** Sentences in the language that was set. */
export function say(sentences: readonly Sentence[]): string {
  return sentences.map(({ template, values }) => filled(translated(template), values)).join(' ');
}

/** The same for files. */
export function sayInEnglish(sentences: readonly Sentence[]): string {
  return sentences.map(({ template, values }) => filled(template, values)).join(' ');
}

/** An error whose words may be kept in a file. */
export class ToldError extends Error {
  readonly told: readonly Sentence[];
  constructor(...told: Sentence[]) {
    super(say(told));
    this.told = told;
  }
}

/** What an error says, to be kept; of errors that are not made of sentences the message as it is. */
export function toldBy(error: unknown): readonly Sentence[] {
  if (error instanceof ToldError) return error.told;
  return [verbatim(error instanceof Error ? error.message : String(error))];
}

/** Words that nobody translates. */
export function verbatim(text: string): Sentence {
  return { template: '{0}', values: [text] };
}

function filled(template: string, values: readonly (string | number)[]): string {
  return template.replace(/\{(\d+)\}/g, (mark, index) => String(values[Number(index)] ?? mark));
}
