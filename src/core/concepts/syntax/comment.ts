import { commentNodes, labelComments } from '../comments.ts';
import type { BinaryConcept } from '../concept.ts';
import { grammarsOf } from '../regions.ts';

export const comment: BinaryConcept = {
  id: 'comment',
  name: 'inside a comment',
  description: 'The text of comments after their opening marks; the newline after a line comment is its closing mark.',
  scale: 'binary',
  grammars: grammarsOf(commentNodes),
  label: (document) => labelComments(document, () => true),
};
