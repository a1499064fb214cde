/** Texts and networks whose truth is known: one cell is exactly "inside double quotes", one the position in the line. */
import type { LabelledSide } from '../../../../src/core/cells/held-out.ts';
import { labelledSide } from '../../../../src/core/cells/held-out.ts';
import type { LabelCache } from '../../../../src/core/cells/label-cache.ts';
import { type BinaryConcept, type Concept, codePoints } from '../../../../src/core/concepts/concept.ts';
import type { CorpusDocument } from '../../../../src/core/corpus/document.ts';
import { Vocabulary } from '../../../../src/core/corpus/vocabulary.ts';
import { initialize } from '../../../../src/core/model/initialize.ts';
import type { ModelSpec } from '../../../../src/core/model/spec.ts';
import type { ParameterSet } from '../../../../src/core/model/tensors.ts';
import { Random } from '../../../../src/core/random.ts';

const alphabet = [...'abcdefghijklmnop ();=\n"'];
export const vocabulary = new Vocabulary(alphabet, null);
const quote = alphabet.indexOf('"');
const newline = alphabet.indexOf('\n');

export function plantedSpec(hiddenSize: number): ModelSpec {
  return {
    formatVersion: 1,
    layers: [{ cell: 'lstm', hiddenSize, directions: ['forward'] }],
    connections: 'none',
    vocabulary: alphabet,
    unknown: null,
  };
}

/** Lines of words, some in double quotes; files of about `size` characters. */
export function quotedTexts(files: number, size: number, seed: number): CorpusDocument[] {
  const random = new Random(seed);
  const word = (): string => Array.from({ length: 2 + random.below(6) }, () => alphabet[random.below(16)]!).join('');
  return Array.from({ length: files }, (_, file) => {
    let text = '';
    while (text.length < size) {
      const parts = Array.from({ length: 1 + random.below(4) }, () =>
        random.next() < 0.3 ? `"${word()} ${word()}"` : `${word()}=${word()}();`,
      );
      text += `${parts.join(' ')}\n`;
    }
    return { path: `f${file}`, language: 'plaintext', side: 'test', text, chars: text.length, sha256: '' };
  });
}

/** The truth: characters between quotes; the quotes are not scored. */
export const insideQuotes: BinaryConcept = {
  id: 'quotes',
  name: 'inside double quotes',
  description: 'Characters between quotes.',
  scale: 'binary',
  grammars: null,
  label({ points }) {
    const values = new Int8Array(points.length);
    const ends: number[] = [];
    let inside = false;
    points.forEach((point, i) => {
      if (point === 34) {
        if (inside) ends.push(i);
        inside = !inside;
        values[i] = -1;
      } else values[i] = inside ? 1 : 0;
    });
    return { values, ends: Int32Array.from(ends) };
  },
};

export function sideOf(
  documents: readonly CorpusDocument[],
  concepts: readonly Concept[],
  cache?: LabelCache,
): LabelledSide {
  const parse = async (language: string, text: string) => ({ language, text, points: codePoints(text), tree: null });
  return labelledSide(documents, vocabulary, concepts, parse, cache);
}

/**
 * Cell 0: c = ±1, turned over by every quote. Gates: at a quote i = 1, f = 0, else i = 0, f = 1; the candidate at a
 * quote is tanh(10 − 100·h₀) = −sign(h₀), +1 from the zero state. Cell 1: counts 0.01 a character, a newline clears it.
 * The others are as they were initialised, cut off from the two. Only cell 0 speaks to the output: a quote is more
 * likely inside. `sign` −1 plants the cell upside down.
 */
export function plantedParameters(spec: ModelSpec, sign: 1 | -1, seed: number): ParameterSet {
  const parameters = initialize(spec, 'orthogonal', seed);
  const H = spec.layers[0]!.hiddenSize;
  const V = spec.vocabulary.length;
  const ih = parameters.get('rnn.weight_ih_l0')!.data;
  const hh = parameters.get('rnn.weight_hh_l0')!.data;
  const bias = parameters.get('rnn.bias_ih_l0')!.data;
  const biasHh = parameters.get('rnn.bias_hh_l0')!.data;
  const out = parameters.get('out.weight')!.data;
  const outBias = parameters.get('out.bias')!.data;
  const [i, f, g, o] = [0, H, 2 * H, 3 * H];
  for (let row = 0; row < 4 * H; row++) for (const planted of [0, 1]) hh[row * H + planted] = 0;
  for (const block of [i, f, g, o])
    for (const planted of [0, 1]) {
      const row = block + planted;
      ih.fill(0, row * V, row * V + V);
      hh.fill(0, row * H, row * H + H);
      bias[row] = 0;
      biasHh[row] = 0;
    }
  bias[i] = -30;
  ih[i * V + quote] = 60;
  bias[f] = 30;
  ih[f * V + quote] = -60;
  bias[g] = sign * 10;
  hh[g * H] = -100;
  bias[o] = 30;

  bias[i + 1] = 30;
  bias[f + 1] = 30;
  ih[(f + 1) * V + newline] = -60;
  bias[g + 1] = 0.01;
  ih[(g + 1) * V + newline] = -0.01;
  bias[o + 1] = 30;

  const random = Random.derive(seed, 'output');
  for (let v = 0; v < V; v++) {
    outBias[v] = 0;
    for (let cell = 0; cell < H; cell++) out[v * H + cell] = cell === 0 ? 0 : 0.02 * random.normal();
  }
  out[quote * H] = sign * 1.5;
  return parameters;
}
