/** Small seeded models and texts, and what they do by one reading from the first character on. */
import { type InspectedModel, InspectedText } from '../../../../src/core/activations/inspected-text.ts';
import { Vocabulary } from '../../../../src/core/corpus/vocabulary.ts';
import type { ColumnRequest } from '../../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import type { CellKind } from '../../../../src/core/model/spec.ts';
import type { Random } from '../../../../src/core/random.ts';

/** Characters of random texts: letters, code, a newline, and two that take two UTF-16 units. */
const alphabet = ['a', 'b', 'c', ' ', '"', '{', '}', '\n', '\r\n', '🐙', 'é'];
const entries = ['a', 'b', 'c', ' ', '"', '{', '}', '\n', '🐙'];

export async function tinyModel(
  cells: CellKind[],
  hiddenSize: number,
  init: 'orthogonal' | 'uniform' = 'uniform',
): Promise<InspectedModel> {
  const session = await referenceEngine().open(
    {
      formatVersion: 1,
      layers: cells.map((cell) => ({ cell, hiddenSize, directions: ['forward'] })),
      connections: 'none',
      vocabulary: entries,
      unknown: null,
    },
    { kind: 'fresh', seed: 7, init },
    { maxTime: 0, maxBatch: 1 },
  );
  return { session, vocabulary: new Vocabulary(entries, null) };
}

export function randomText(random: Random, characters: number): string {
  return Array.from({ length: characters }, () => alphabet[random.below(alphabet.length)]!).join('');
}

/** Values of whole columns from a fresh reading of the text as it is now. */
export async function fromScratch(model: InspectedModel, source: string, columns: ColumnRequest[]) {
  const inputs = model.vocabulary.encode(source.replaceAll('\r\n', '\n'));
  const all = Int32Array.from({ length: inputs.length }, (_, t) => t);
  return model.session.run({ inputs, start: null, targets: null }, { columns, logitsAt: all });
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

export function textOf(source: string): InspectedText {
  return new InspectedText(1, source);
}
