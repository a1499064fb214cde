import type { CorpusDocument } from '../corpus/document.ts';

/** Labels of one concept in one document; null where the concept does not apply to its language. */
export type DocumentLabels =
  | { scale: 'binary'; values: Int8Array; ends: Int32Array }
  | { scale: 'graded'; values: Float32Array }
  | null;

/** What parsing and labelling a text gives. */
export interface LabelledText {
  /** Its N characters. */
  points: Uint32Array;
  /** In the order of the concepts. */
  labels: DocumentLabels[];
}

/** Labelled text that is kept, bytes: about 60 a character. */
const mostKept = 80_000_000;

/**
 * Labelled texts by the digest of what they were labelled from, up to a number of bytes; texts beyond are labelled anew
 * each time. Samples and later questions about the same texts find them here, whatever the model.
 */
export class LabelCache {
  private readonly mostBytes: number;
  private readonly kept = new Map<string, LabelledText>();
  private bytes = 0;
  private concepts = '';

  constructor(mostBytes = mostKept) {
    this.mostBytes = mostBytes;
  }

  /** From now on only these texts are asked for; `concepts`: what they are labelled with. All else is forgotten. */
  keepTo(concepts: string, texts: Iterable<CorpusDocument>): void {
    const keys = new Set<string>();
    if (concepts === this.concepts) for (const text of texts) keys.add(keyOf(text));
    this.concepts = concepts;
    for (const [key, labelled] of this.kept) {
      if (keys.has(key)) continue;
      this.kept.delete(key);
      this.bytes -= sizeOf(labelled);
    }
  }

  get(text: CorpusDocument): LabelledText | null {
    return this.kept.get(keyOf(text)) ?? null;
  }

  keep(text: CorpusDocument, labelled: LabelledText): void {
    const key = keyOf(text);
    const size = sizeOf(labelled);
    // Without a digest nothing says which text it is.
    if (text.sha256 === '' || this.kept.has(key) || this.bytes + size > this.mostBytes) return;
    this.kept.set(key, labelled);
    this.bytes += size;
  }
}

/** The digest is the whole file's; a part of it is told by where it begins and ends. */
function keyOf({ sha256, language, range, chars }: CorpusDocument): string {
  return `${sha256} ${language} ${range?.start ?? 0} ${chars}`;
}

function sizeOf({ points, labels }: LabelledText): number {
  return labels.reduce(
    (sum, of) => sum + (of ? of.values.byteLength + (of.scale === 'binary' ? of.ends.byteLength : 0) : 0),
    points.byteLength,
  );
}
