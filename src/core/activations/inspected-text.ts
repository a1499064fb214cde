/** A document as the inspector holds it: the text, its version, and what the open models know along it. */
import { normaliseLineEnds } from '../corpus/document.ts';
import { DocumentText, type TextEdit } from '../corpus/text.ts';
import type { Vocabulary } from '../corpus/vocabulary.ts';
import type { Session } from '../engine/engine.ts';
import { Track } from './track.ts';

/** An open model as far as texts are concerned. */
export interface InspectedModel {
  readonly session: Session;
  readonly vocabulary: Vocabulary;
}

/** From this many changes in one step on (a formatter, replace all), they are joined before they are applied. */
const MANY_CHANGES = 8;

export class InspectedText {
  version: number;
  private readonly text: DocumentText;
  private readonly tracks = new Map<InspectedModel, Track>();

  constructor(version: number, source: string) {
    this.version = version;
    this.text = new DocumentText(source);
  }

  /** Number of characters (code points after CRLF→LF). */
  get length(): number {
    return this.text.length;
  }

  get lineCount(): number {
    return this.text.lineCount;
  }

  /** The text after CRLF→LF. */
  get normalised(): string {
    return normaliseLineEnds(this.text.raw);
  }

  /** First character of a line; the length for `lineCount`. */
  lineStart(line: number): number {
    return this.text.lineStart(line);
  }

  /** 0-based line of a character. */
  lineAt(index: number): number {
    return this.text.lineAt(index);
  }

  /** The character at a UTF-16 offset; the length at the text's end and beyond. */
  indexAt(offset: number): number {
    return this.text.indexAt(Math.max(0, offset));
  }

  /** Line and column (UTF-16 units) of a character; of the text's end for its length. */
  placeOf(index: number): { line: number; column: number } {
    const line = this.text.lineAt(index);
    return { line, column: this.text.offsetAt(index) - this.text.offsetAt(this.text.lineStart(line)) };
  }

  /** Where the character at a UTF-16 offset stands; the column counts UTF-16 units. Null in an empty text; the last character at its end. */
  locate(offset: number): { index: number; line: number; column: number; character: string } | null {
    if (this.text.length === 0) return null;
    const index = Math.min(this.text.indexAt(Math.max(0, offset)), this.text.length - 1);
    return { index, ...this.placeOf(index), character: this.text.slice(index, index + 1) };
  }

  /** What a model knows along this text; made when first asked for. */
  track(model: InspectedModel): Track {
    const known = this.tracks.get(model);
    if (known) return known;
    const track = new Track(model.session, encode(model.vocabulary, this.text.codePoints()));
    this.tracks.set(model, track);
    return track;
  }

  has(model: InspectedModel): boolean {
    return this.tracks.has(model);
  }

  forget(model: InspectedModel): void {
    this.tracks.delete(model);
  }

  /**
   * Applies changes one after the other (each in offsets of the text after those before it) and passes them on to every
   * model's track.
   * @throws RangeError where a change lies outside the text.
   */
  edit(version: number, changes: readonly TextEdit[]): void {
    const joined = changes.length >= MANY_CHANGES ? joinChanges(this.text.raw, changes) : null;
    for (const change of joined ? [joined] : changes) {
      const { start, removed, inserted } = this.text.edit(change);
      if (removed === 0 && inserted === 0) continue;
      const points = this.text.codePoints(start, start + inserted);
      for (const [model, track] of this.tracks) track.edit(start, removed, encode(model.vocabulary, points));
    }
    this.version = version;
  }
}

function encode(vocabulary: Vocabulary, codePoints: Uint32Array): Int32Array {
  const indices = new Int32Array(codePoints.length);
  for (let i = 0; i < codePoints.length; i++) indices[i] = vocabulary.indexOf(codePoints[i]!);
  return indices;
}

/**
 * Changes that stand in descending order without overlap (as editors report them) as one change from the first to the
 * last place, so that ten thousand replacements cost one pass over the text. Null where they stand otherwise.
 */
export function joinChanges(source: string, changes: readonly TextEdit[]): TextEdit | null {
  const parts: string[] = [];
  let end = Number.POSITIVE_INFINITY;
  for (const { rangeOffset, rangeLength, text } of changes) {
    const rangeEnd = rangeOffset + rangeLength;
    if (rangeEnd > Math.min(end, source.length)) return null;
    if (Number.isFinite(end)) parts.push(source.slice(rangeEnd, end));
    parts.push(text);
    end = rangeOffset;
  }
  const first = changes[0];
  if (!first) return null;
  return { rangeOffset: end, rangeLength: first.rangeOffset + first.rangeLength - end, text: parts.reverse().join('') };
}
