import type { BinaryConcept } from '../concept.ts';
import { newline } from './runs.ts';

export const nextNewline: BinaryConcept = {
  id: 'next-newline',
  name: 'a newline comes next',
  description:
    'The character before a newline: a cell that is on here predicts the newline. The last character is not scored.',
  scale: 'binary',
  grammars: null,
  label({ points }) {
    const values = new Int8Array(points.length);
    const ends: number[] = [];
    for (let i = 0; i + 1 < points.length; i++) {
      if (points[i + 1] !== newline) continue;
      values[i] = 1;
      ends.push(i + 1);
    }
    if (points.length > 0) values[points.length - 1] = -1;
    return { values, ends: Int32Array.from(ends) };
  },
};
