import type { LabelledDocument, LabelledSide } from './held-out.ts';

/**
 * A side whose documents are kept once they are labelled, up to a number of bytes; those beyond are labelled anew each
 * time. For questions that follow each other about the same texts.
 */
export function keptSide(side: LabelledSide, mostBytes: number): LabelledSide {
  const kept = new Map<number, LabelledDocument>();
  let bytes = 0;
  return {
    concepts: side.concepts,
    size: side.size,
    chars: side.chars,
    lengthOf: (index) => side.lengthOf(index),
    async document(index) {
      const known = kept.get(index);
      if (known) return known;
      const document = await side.document(index);
      const size = sizeOf(document);
      if (!kept.has(index) && bytes + size <= mostBytes) {
        kept.set(index, document);
        bytes += size;
      }
      return document;
    },
  };
}

function sizeOf({ inputs, targets, points, labels }: LabelledDocument): number {
  return labels.reduce(
    (sum, of) => sum + (of ? of.values.byteLength + (of.scale === 'binary' ? of.ends.byteLength : 0) : 0),
    inputs.byteLength + targets.byteLength + points.byteLength,
  );
}
