import { bracketGrammars, walkBrackets } from '../brackets.ts';
import type { BinaryConcept } from '../concept.ts';
import { Painter } from '../painter.ts';

export const insideSquare: BinaryConcept = {
  id: 'inside-square',
  name: 'inside square brackets',
  description: 'At least one [ is open. Brackets of every kind are not scored.',
  scale: 'binary',
  grammars: bracketGrammars,
  label(document) {
    const painter = new Painter(document);
    let wasInside = false;
    let lastBracket = 0;
    walkBrackets(document, (from, to, open) => {
      if (open === null) {
        lastBracket = from;
        painter.delimiter(from, to);
        return;
      }
      const inside = open.some((bracket) => bracket.kind === 'square');
      if (inside) painter.inside(from, to);
      else if (wasInside) painter.endsAt(lastBracket);
      wasInside = inside;
    });
    return painter.labels();
  },
};
