import type { Random } from '../random.ts';

/** A place in a text with the values of one column around it. */
export interface Snippet {
  path: string;
  /** Character of the value that the snippet is shown for. */
  index: number;
  /** First character of the text. */
  start: number;
  text: string;
  /** [characters of the text] */
  values: Float32Array;
}

export interface Snippets {
  /** Highest values first; middle: nearest to the median; random: any. */
  top: Snippet[];
  middle: Snippet[];
  random: Snippet[];
}

/** Characters on either side of a snippet's place. */
const reach = 40;

interface Place {
  rank: number;
  snippet: Snippet;
}

/**
 * Top, middle and random snippets of one column, document by document; only what may still be shown is kept. Places of
 * one kind are at least `reach` characters apart.
 */
export class SnippetCollector {
  private readonly count: number;
  private readonly sign: 1 | -1;
  private readonly median: number;
  private readonly random: Random;
  private readonly kept: Record<keyof Snippets, Place[]> = { top: [], middle: [], random: [] };

  /** `median` of the column, e.g. of a sample; `sign` −1 takes the lowest values for the top. */
  constructor(count: number, sign: 1 | -1, median: number, random: Random) {
    this.count = count;
    this.sign = sign;
    this.median = median;
    this.random = random;
  }

  /** `values` [N] of the document's N characters. */
  add(path: string, points: Uint32Array, values: Float32Array): void {
    const { sign, median, random } = this;
    const draws = Array.from(values, () => random.next());
    this.collect('top', path, points, values, (i) => sign * values[i]!);
    this.collect('middle', path, points, values, (i) => -Math.abs(values[i]! - median));
    this.collect('random', path, points, values, (i) => draws[i]!);
  }

  result(): Snippets {
    const of = (kind: keyof Snippets): Snippet[] => this.kept[kind].map(({ snippet }) => snippet);
    return { top: of('top'), middle: of('middle'), random: of('random') };
  }

  private collect(
    kind: keyof Snippets,
    path: string,
    points: Uint32Array,
    values: Float32Array,
    rankOf: (index: number) => number,
  ): void {
    const kept = this.kept[kind];
    for (let index = 0; index < values.length; index++) {
      const rank = rankOf(index);
      if (kept.length === this.count && rank <= kept.at(-1)!.rank) continue;
      const near = kept.findIndex(({ snippet }) => snippet.path === path && Math.abs(snippet.index - index) < reach);
      if (near >= 0) {
        if (rank <= kept[near]!.rank) continue;
        kept.splice(near, 1);
      }
      const at = kept.findIndex((other) => other.rank < rank);
      kept.splice(at < 0 ? kept.length : at, 0, { rank, snippet: snippetAt(path, points, values, index) });
      if (kept.length > this.count) kept.pop();
    }
  }
}

function snippetAt(path: string, points: Uint32Array, values: Float32Array, index: number): Snippet {
  const start = Math.max(0, index - reach);
  const end = Math.min(points.length, index + reach + 1);
  const text = Array.from(points.subarray(start, end), (point) => String.fromCodePoint(point)).join('');
  return { path, index, start, text, values: values.slice(start, end) };
}
