import { docCommentMarks, docstrings, labelComments } from '../comments.ts';
import type { BinaryConcept } from '../concept.ts';
import { Painter } from '../painter.ts';
import { quotesOf } from '../strings.ts';

export const docComment: BinaryConcept = {
  id: 'doc-comment',
  name: 'inside a documentation comment',
  description: 'The text of /** … */, ///, //! and the like, and of docstrings in Python.',
  scale: 'binary',
  grammars: ['c', 'cpp', 'csharp', 'java', 'javascript', 'php', 'python', 'rust', 'tsx', 'typescript'],
  label(document) {
    const { tree } = document;
    if (tree?.grammar !== 'python')
      return labelComments(document, (opening) => docCommentMarks[document.tree!.grammar]!.includes(opening));
    const painter = new Painter(document);
    for (const node of docstrings(tree)) {
      const { opening, closing } = quotesOf(painter.slice(tree.start(node), tree.end(node)));
      painter.region(tree.start(node), tree.end(node), opening, closing);
    }
    return painter.labels();
  },
};
