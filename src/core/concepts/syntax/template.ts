import type { BinaryConcept } from '../concept.ts';
import { grammarsOf, type NodeTable } from '../regions.ts';
import { interpolationsOf, labelStrings, stringNodes } from '../strings.ts';

const { bash, csharp, javascript, php, python, ruby, tsx, typescript } = stringNodes;
const nodes: NodeTable = { bash, csharp, javascript, php, python, ruby, tsx, typescript };

export const template: BinaryConcept = {
  id: 'template',
  name: 'inside a template string',
  description:
    'The text of template and formatted strings (`…`, f"…", $"…", any string that has code in it) between quotes and code.',
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) =>
    labelStrings(document, nodes, ({ tree, node, quotes, prefix }) => {
      const marked = quotes.quote === '`' || (tree.grammar === 'python' && /f/i.test(prefix)) || prefix.includes('$');
      return (marked && tree.grammar !== 'bash') || interpolationsOf(tree, node).length > 0;
    }),
};
