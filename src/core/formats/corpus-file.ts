/**
 * `corpus.jsonl`: the texts that a run trains on, kept in the run so that a resume is exact although the workspace's files
 * have changed. First line: what belongs to the corpus as a whole; then one document a line.
 */
import * as v from 'valibot';
import type { CorpusSnapshot } from '../corpus/corpus.ts';
import { t } from '../words.ts';
import { describeIssues } from './checkpoint.ts';
import { parseInertJson } from './json.ts';
import { RunFileError } from './manifest-file.ts';

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));

const headSchema = v.object({
  formatVersion: v.literal(1),
  seed: v.number(),
  splitInsideFiles: v.boolean(),
  vocabulary: v.array(v.string()),
  unknown: v.nullable(natural),
  /** Number of lines that follow: a truncated file is noticed. */
  documents: natural,
});

const documentSchema = v.object({
  path: v.string(),
  language: v.string(),
  side: v.picklist(['train', 'validation', 'test']),
  text: v.string(),
  chars: natural,
  sha256: v.string(),
  range: v.exactOptional(v.object({ start: natural, end: natural })),
});

/** The file in pieces of a few megabytes, so that no single string holds the corpus. */
export function* encodeCorpus(snapshot: CorpusSnapshot): Generator<Uint8Array> {
  const { documents, ...head } = snapshot;
  let piece = `${JSON.stringify({ ...head, documents: documents.length })}\n`;
  for (const document of documents) {
    piece += `${JSON.stringify(document)}\n`;
    if (piece.length < 4_000_000) continue;
    yield new TextEncoder().encode(piece);
    piece = '';
  }
  yield new TextEncoder().encode(piece);
}

/** Throws RunFileError `invalid` where the file is not whole. */
export function parseCorpus(bytes: Uint8Array): CorpusSnapshot {
  let head: v.InferOutput<typeof headSchema> | null = null;
  const documents: CorpusSnapshot['documents'] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = parseLine(bytes.subarray(start, end));
    if (head) documents.push(check(documentSchema, line));
    else head = check(headSchema, line);
    start = end + 1;
  }
  if (!head || documents.length !== head.documents)
    throw new RunFileError(
      'invalid',
      t(
        "The run's corpus.jsonl is truncated: {0} of {1} documents. The run can be looked at but not resumed: train anew on the same folder.",
        documents.length,
        head?.documents ?? '?',
      ),
    );
  return { ...head, documents };
}

function parseLine(line: Uint8Array): unknown {
  try {
    return parseInertJson(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch {
    throw new RunFileError(
      'invalid',
      t("The run's corpus.jsonl is damaged: the run can be looked at but not resumed. Train anew on the same folder."),
    );
  }
}

function check<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw new RunFileError('invalid', t("The run's corpus.jsonl is damaged: {0}.", describeIssues(parsed.issues)));
}
