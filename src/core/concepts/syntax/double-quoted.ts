import type { BinaryConcept } from '../concept.ts';
import { grammarsOf } from '../regions.ts';
import { labelStrings, stringNodes } from '../strings.ts';

export const doubleQuoted: BinaryConcept = {
  id: 'double-quoted',
  name: 'inside double quotes',
  description: 'The text of string literals whose quotes are ", between the quotes.',
  scale: 'binary',
  grammars: grammarsOf(stringNodes),
  label: (document) => labelStrings(document, stringNodes, ({ quotes }) => quotes.quote === '"'),
};
