import type { GradedConcept } from '../concept.ts';
import { newline } from './runs.ts';

export const indentWidth: GradedConcept = {
  id: 'indent-width',
  name: 'width of the indentation',
  description: 'How many spaces and tabs lead the line that the character stands in, as far as they have been read.',
  scale: 'graded',
  grammars: null,
  label({ points }) {
    const values = new Float32Array(points.length);
    let width = 0;
    let leading = true;
    for (let i = 0; i < points.length; i++) {
      leading &&= points[i] === 32 || points[i] === 9;
      if (leading) width++;
      values[i] = width;
      if (points[i] === newline) {
        width = 0;
        leading = true;
      }
    }
    return { values };
  },
};
