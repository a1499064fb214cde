import type { BinaryConcept } from '../concept.ts';
import { labelCharacters, newline } from './runs.ts';

export const lineStart: BinaryConcept = {
  id: 'line-start',
  name: 'line start',
  description: 'The first character of a line, whatever it is.',
  scale: 'binary',
  grammars: null,
  label(document) {
    const { points } = document;
    return labelCharacters(document, (_, index) => index === 0 || points[index - 1] === newline);
  },
};
