import type { BinaryConcept } from '../concept.ts';
import { labelMatches } from './runs.ts';

export const capitalRun: BinaryConcept = {
  id: 'capital-run',
  name: 'run of capitals',
  description: 'Two or more capital letters in a row; underscores and digits between and after them belong to the run.',
  scale: 'binary',
  grammars: null,
  label: (document) => labelMatches(document, /\p{Lu}[\p{Lu}\p{N}_]*\p{Lu}[\p{Lu}\p{N}_]*/gu),
};
