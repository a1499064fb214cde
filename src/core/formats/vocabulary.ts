/** The vocabulary as a checkpoint stores it: a JSON array of characters. */
import { unknownEntry } from '../corpus/vocabulary.ts';
import { t } from '../words.ts';
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
    throw invalid(t('it is not valid JSON'));
  }
  if (!Array.isArray(value)) throw invalid(t('it is not an array'));
  return checkVocabulary(value);
}

/** The same for an array that is already there (asked from a person). */
export function checkVocabulary(characters: readonly unknown[]): string[] {
  const seen = new Set<string>();
  for (const [index, character] of characters.entries()) {
    if (typeof character !== 'string') throw invalid(t('entry {0} is not a text', index));
    if (character !== unknownEntry && [...character].length !== 1)
      throw invalid(t('entry {0} is {1}, not one character', index, JSON.stringify(character).slice(0, 40)));
    if (seen.has(character)) throw invalid(t('{0} occurs twice', JSON.stringify(character)));
    seen.add(character);
  }
  return [...seen];
}

function invalid(what: string): ModelFileError {
  return new ModelFileError(
    'vocabulary-invalid',
    t("The model's vocabulary is not a list of single characters: {0}.", what),
  );
}
