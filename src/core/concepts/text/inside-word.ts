import type { BinaryConcept } from '../concept.ts';
import { isWordCharacter, labelCharacters } from './runs.ts';

export const insideWord: BinaryConcept = {
  id: 'inside-word',
  name: 'inside a word',
  description: 'Letters, digits and underscores.',
  scale: 'binary',
  grammars: null,
  label: (document) => labelCharacters(document, isWordCharacter),
};
