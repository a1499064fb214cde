import type { BinaryConcept } from '../concept.ts';
import { labelMatches } from './runs.ts';

export const blankLine: BinaryConcept = {
  id: 'blank-line',
  name: 'blank line',
  description: 'All characters of a line that holds nothing but white space, with its newline.',
  scale: 'binary',
  grammars: null,
  label: (document) => labelMatches(document, /^[^\S\n]*\n/gm),
};
