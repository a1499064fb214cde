import type { Window } from '../engine/engine.ts';
import { Random } from '../random.ts';
import { t } from '../words.ts';
import type { CorpusDocument } from './document.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Where a sampler stands: all it needs to continue identically over the same documents. JSON-able. */
export interface SamplerCursor {
  epoch: number;
  /** Characters that every lane has read in this epoch. */
  position: number;
}

export interface SamplerOptions {
  /** Window length T. */
  time: number;
  /** Lanes B. */
  batch: number;
  seed: number;
}

/** What one lane holds: the document it reads, encoded, and where the document starts in the epoch's stream. */
interface Lane {
  place: number;
  indices: Int32Array;
  start: number;
}

/**
 * Truncated-BPTT windows over the training documents. Every epoch joins the documents in a new seeded order to one stream of
 * N characters and cuts it into B lanes of S = max(⌈N/B⌉, min(N, T)) characters each, so that every character is read
 * once an epoch, also where there is a single file. The state is carried along a lane; a document's first character and a
 * lane's first character start from the zero state (reset). A document's last character has no target.
 * Where the text is too short for B lanes of at least T characters, the last lanes stay empty (inputs and targets −1).
 */
export class WindowSampler {
  private readonly documents: readonly CorpusDocument[];
  private readonly vocabulary: Vocabulary;
  private readonly options: SamplerOptions;
  private readonly total: number;
  private readonly laneLength: number;
  private epoch = 0;
  private position = 0;
  private order: number[] = [];
  /** [documents + 1] start of the document at each place of the order; the last entry is the total. */
  private starts = new Float64Array(0);
  private lanes: (Lane | null)[] = [];

  /** @throws where no document has two characters: there is nothing to predict. */
  constructor(documents: readonly CorpusDocument[], vocabulary: Vocabulary, options: SamplerOptions) {
    this.documents = documents.filter((document) => document.chars >= 2);
    if (this.documents.length === 0) throw new Error(t('There is no text to train on: every training file is empty.'));
    this.vocabulary = vocabulary;
    this.options = options;
    this.total = this.documents.reduce((sum, document) => sum + document.chars, 0);
    this.laneLength = Math.max(Math.ceil(this.total / options.batch), Math.min(this.total, options.time));
    this.beginEpoch(0);
  }

  /** Characters of one pass over the training documents. */
  get charsPerEpoch(): number {
    return this.total;
  }

  /** The next window; a window runs on into the next epoch where one ends inside it. */
  next(): Window {
    const { time, batch } = this.options;
    const inputs = new Int32Array(time * batch).fill(-1);
    const targets = new Int32Array(time * batch).fill(-1);
    const reset = new Uint8Array(time * batch);
    for (let t = 0; t < time; t++) {
      if (this.position === this.laneLength) this.beginEpoch(this.epoch + 1);
      for (let b = 0; b < batch; b++) {
        const at = b * this.laneLength + this.position;
        if (at >= this.total) {
          if (this.position === 0) reset[t * batch + b] = 1;
          continue;
        }
        const lane = this.laneAt(b, at);
        const within = at - lane.start;
        const slot = t * batch + b;
        inputs[slot] = lane.indices[within]!;
        if (within + 1 < lane.indices.length) targets[slot] = lane.indices[within + 1]!;
        if (within === 0 || this.position === 0) reset[slot] = 1;
      }
      this.position++;
    }
    return { time, batch, inputs, targets, reset };
  }

  save(): SamplerCursor {
    return { epoch: this.epoch, position: this.position };
  }

  /** Continues as the sampler that saved the cursor would have, given the same documents, vocabulary and options. */
  restore(cursor: SamplerCursor): void {
    if (!Number.isInteger(cursor.position) || cursor.position < 0 || cursor.position > this.laneLength)
      throw new Error(
        t('The saved reading position {0} lies outside the text ({1} a lane).', cursor.position, this.laneLength),
      );
    this.beginEpoch(cursor.epoch);
    this.position = cursor.position;
  }

  private beginEpoch(epoch: number): void {
    this.epoch = epoch;
    this.position = 0;
    this.order = Random.derive(this.options.seed, `epoch ${epoch}`).shuffle(this.documents.map((_, k) => k));
    this.starts = new Float64Array(this.order.length + 1);
    this.order.forEach((document, place) => {
      this.starts[place + 1] = this.starts[place]! + this.documents[document]!.chars;
    });
    this.lanes = new Array<Lane | null>(this.options.batch).fill(null);
  }

  /** The lane with its document loaded that holds stream position `at`. Documents are encoded as a lane reaches them. */
  private laneAt(b: number, at: number): Lane {
    const current = this.lanes[b];
    if (current && at < current.start + current.indices.length) return current;
    const place = current ? current.place + 1 : this.placeOf(at);
    const document = this.documents[this.order[place]!]!;
    const lane = { place, indices: this.vocabulary.encode(document.text), start: this.starts[place]! };
    this.lanes[b] = lane;
    return lane;
  }

  /** Last place whose start is at most `at`. */
  private placeOf(at: number): number {
    let low = 0;
    let high = this.order.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
