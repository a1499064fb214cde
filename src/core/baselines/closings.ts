/** Closing brackets and quotes of a document, with what stood between them and their opening. */
import { type BracketKind, bracketsOf } from '../concepts/brackets.ts';
import type { ConceptDocument } from '../concepts/concept.ts';
import { string } from '../concepts/syntax/string.ts';

export interface Closing {
  /** The closing character. */
  index: number;
  kind: BracketKind | 'quote';
  /** Characters from the opening one to this. */
  distance: number;
  /** Brackets of another kind that were opened and closed in between; 0 for quotes. */
  others: number;
}

/** In order; none where the document has no syntax tree. A closing bracket without its opening is left out. */
export function closingsOf(document: ConceptDocument): Closing[] {
  if (!document.tree) return [];
  const closings: Closing[] = [];
  const open: { kind: BracketKind; start: number; others: Record<BracketKind, number> }[] = [];
  for (const bracket of bracketsOf(document)) {
    if (bracket.opens) {
      open.push({ kind: bracket.kind, start: bracket.start, others: { parenthesis: 0, square: 0, brace: 0 } });
      continue;
    }
    const match = open.findLastIndex(({ kind }) => kind === bracket.kind);
    if (match < 0) continue;
    const { start, others } = open[match]!;
    open.length = match;
    const different = Object.entries(others).reduce(
      (sum, [kind, count]) => sum + (kind === bracket.kind ? 0 : count),
      0,
    );
    closings.push({ index: bracket.start, kind: bracket.kind, distance: bracket.start - start, others: different });
    const around = open.at(-1);
    if (!around) continue;
    around.others[bracket.kind]++;
    for (const kind of ['parenthesis', 'square', 'brace'] as const) around.others[kind] += others[kind];
  }
  if (string.grammars?.includes(document.tree.grammar)) closings.push(...closingQuotes(document));
  return closings.sort((a, b) => a.index - b.index);
}

const quotes = new Set([34, 39, 96]);

function closingQuotes(document: ConceptDocument): Closing[] {
  const { values, ends } = (string as Extract<typeof string, { scale: 'binary' }>).label(document);
  const closings: Closing[] = [];
  for (const end of ends) {
    if (!quotes.has(document.points[end]!)) continue;
    let start = end;
    while (start > 0 && values[start - 1] !== 0) start--;
    closings.push({ index: end, kind: 'quote', distance: end - start, others: 0 });
  }
  return closings;
}
