import type { GradedConcept } from '../concept.ts';
import { newline } from './runs.ts';

export const positionInLine: GradedConcept = {
  id: 'position-in-line',
  name: 'position in line',
  description: 'How many characters of the line stand before this one. A newline belongs to the line that it ends.',
  scale: 'graded',
  grammars: null,
  label({ points }) {
    const values = new Float32Array(points.length);
    let column = 0;
    for (let i = 0; i < points.length; i++) {
      values[i] = column;
      column = points[i] === newline ? 0 : column + 1;
    }
    return { values };
  },
};
