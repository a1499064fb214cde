import { t } from '../words.ts';
import type { BinaryConcept } from './concept.ts';
import { labelMatches } from './text/runs.ts';

/** A concept of the user's own, as it stands in the settings. */
export interface UserConcept {
  name: string;
  /** A JavaScript regular expression, read with the flags `g`, `m`, `u` and `d`. Its first group is labelled where it has one. */
  pattern: string;
  /** Letter case does not matter. */
  ignoreCase?: boolean;
  description?: string;
}

/**
 * The concept of a regular expression: every character of a match is positive, all others negative.
 * @throws Error that names the concept where the name is empty or the pattern is no regular expression.
 */
export function userConcept({ name, pattern, ignoreCase, description }: UserConcept): BinaryConcept {
  const id = `user:${name.trim()}`;
  if (name.trim() === '') throw new Error(t('A concept of your own needs a name.'));
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, ignoreCase ? 'gmudi' : 'gmud');
  } catch (error) {
    throw new Error(
      t(
        'The pattern of the concept “{0}” is not a regular expression: {1}. Correct it in the settings.',
        name,
        (error as Error).message,
      ),
    );
  }
  return {
    id,
    name: name.trim(),
    description: description ?? t('Matches of {0}.', pattern),
    scale: 'binary',
    grammars: null,
    label: (document) => labelMatches(document, expression),
  };
}
