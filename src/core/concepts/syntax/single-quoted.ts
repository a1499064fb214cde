import type { BinaryConcept } from '../concept.ts';
import type { NodeTable } from '../regions.ts';
import { grammarsOf } from '../regions.ts';
import { characterNodes, labelStrings, stringNodes } from '../strings.ts';

const { bash, css, html, javascript, php, python, ruby, tsx, typescript } = stringNodes;
const nodes: NodeTable = { bash, css, html, javascript, php, python, ruby, tsx, typescript, ...characterNodes };

export const singleQuoted: BinaryConcept = {
  id: 'single-quoted',
  name: 'inside single quotes',
  description: "The text of string and character literals whose quotes are ', between the quotes.",
  scale: 'binary',
  grammars: grammarsOf(nodes),
  label: (document) => labelStrings(document, nodes, ({ quotes }) => quotes.quote === "'"),
};
