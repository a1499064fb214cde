/** What a stretch of text is, in the words of the concepts. */
import { applies, type Concept, type ConceptDocument } from './concept.ts';
import type { Breathe } from './parser.ts';

export interface SpanConcept {
  id: string;
  name: string;
  /** Shares of the scored characters that are inside the concept, in the stretch and around it. */
  inside: number;
  around: number;
}

/** A stretch is what nearly all of its characters are and most of those around it are not. */
const leastInside = 0.9;
const mostAround = 0.5;

/**
 * Binary concepts that tell the characters [start, end) of a document from the others in [from, to), the ones that tell
 * them best first.
 */
export async function conceptsOfSpan(
  document: ConceptDocument,
  concepts: readonly Concept[],
  { start, end, from, to }: { start: number; end: number; from: number; to: number },
  breathe: Breathe,
): Promise<SpanConcept[]> {
  const found: SpanConcept[] = [];
  for (const concept of concepts) {
    if (concept.scale !== 'binary' || !applies(concept, document)) continue;
    await breathe();
    const { values } = concept.label(document);
    const inside = shareOf(values.subarray(start, end));
    const before = values.subarray(from, start);
    const around = shareOf(values.subarray(end, to), before);
    if (inside >= leastInside && around <= mostAround)
      found.push({ id: concept.id, name: concept.name, inside, around });
  }
  return found.sort((a, b) => b.inside - b.around - (a.inside - a.around));
}

/** Of the scored labels; 0 where there is none. */
function shareOf(...parts: Int8Array[]): number {
  let positives = 0;
  let scored = 0;
  for (const values of parts)
    for (const label of values) {
      if (label < 0) continue;
      scored++;
      positives += label;
    }
  return scored > 0 ? positives / scored : 0;
}
