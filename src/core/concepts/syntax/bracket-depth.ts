import { bracketGrammars, walkBrackets } from '../brackets.ts';
import type { GradedConcept } from '../concept.ts';

export const bracketDepth: GradedConcept = {
  id: 'bracket-depth',
  name: 'nesting depth of brackets',
  description: 'How many (, [ and { are open. The brackets themselves are not scored.',
  scale: 'graded',
  grammars: bracketGrammars,
  label(document) {
    const values = new Float32Array(document.points.length);
    walkBrackets(document, (from, to, open) => values.fill(open ? open.length : Number.NaN, from, to));
    return { values };
  },
};
