import type { BinaryConcept } from '../concept.ts';
import { labelCharacters, newline } from './runs.ts';

export const indentation: BinaryConcept = {
  id: 'indentation',
  name: 'indentation',
  description: 'Spaces and tabs that lead a line.',
  scale: 'binary',
  grammars: null,
  label(document) {
    let leading = true;
    let seen = -1;
    const { points } = document;
    return labelCharacters(document, (point, index) => {
      if (index > seen) {
        if (index === 0 || points[index - 1] === newline) leading = true;
        leading &&= point === 32 || point === 9;
        seen = index;
      }
      return leading;
    });
  },
};
