/** The vocabulary as a checkpoint stores it: a JSON array of characters. */
import { unknownEntry } from '../corpus/vocabulary.ts';
import { parseInertJson } from './json.ts';
import { ModelFileError } from './model-file-error.ts';

/** Index of `<unk>`, or null where the vocabulary has none. */
export function unknownIndex(vocabulary: readonly string[]): number | null {
  const index = vocabulary.indexOf(unknownEntry);
  return index < 0 ? null : index;
}

/** Throws ModelFileError `vocabulary-invalid` unless the text is a JSON array of distinct single characters (or `<unk>`). */
export function readVocabulary(json: string): string[] {
  let value: unknown;
  try {
    value = parseInertJson(json);
  } catch {
    throw invalid('it is not valid JSON');
  }
  if (!Array.isArray(value)) throw invalid('it is not an array');
  return checkVocabulary(value);
}

/** The same for an array that is already there (asked from a person). */
export function checkVocabulary(characters: readonly unknown[]): string[] {
  const seen = new Set<string>();
  for (const [index, character] of characters.entries()) {
    if (typeof character !== 'string') throw invalid(`entry ${index} is not a text`);
    if (character !== unknownEntry && [...character].length !== 1)
      throw invalid(`entry ${index} is ${JSON.stringify(character).slice(0, 40)}, not one character`);
    if (seen.has(character)) throw invalid(`${JSON.stringify(character)} occurs twice`);
    seen.add(character);
  }
  return [...seen];
}

function invalid(what: string): ModelFileError {
  return new ModelFileError(
    'vocabulary-invalid',
    `The model's vocabulary is not a list of single characters: ${what}.`,
  );
}
