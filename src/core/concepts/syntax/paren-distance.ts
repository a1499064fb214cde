import { bracketGrammars, walkBrackets } from '../brackets.ts';
import type { GradedConcept } from '../concept.ts';

export const parenDistance: GradedConcept = {
  id: 'paren-distance',
  name: 'distance from the open (',
  description:
    'How many characters ago the innermost ( that is still open was read; not scored where none is open. The brackets themselves are not scored.',
  scale: 'graded',
  grammars: bracketGrammars,
  label(document) {
    const values = new Float32Array(document.points.length).fill(Number.NaN);
    walkBrackets(document, (from, to, open) => {
      const bracket = open?.findLast(({ kind }) => kind === 'parenthesis');
      if (bracket) for (let i = from; i < to; i++) values[i] = i - bracket.end + 1;
    });
    return { values };
  },
};
