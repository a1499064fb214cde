import type { BinaryConcept } from '../concept.ts';
import { grammarsOf } from '../regions.ts';
import { labelStrings, stringNodes } from '../strings.ts';

export const string: BinaryConcept = {
  id: 'string',
  name: 'inside a string',
  description: 'The text of string literals of every kind between their quotes; code inside a template is outside.',
  scale: 'binary',
  grammars: grammarsOf(stringNodes),
  label: (document) => labelStrings(document, stringNodes, () => true),
};
