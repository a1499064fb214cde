/** Text from a model, one character at a time, by sampling with a temperature. */
import { Vocabulary } from '../corpus/vocabulary.ts';
import type { LayerState, Session } from '../engine/engine.ts';
import { Random } from '../random.ts';
import { t } from '../words.ts';
import { chooseIndex } from './temperature.ts';

export interface SampleOptions {
  /** Text to continue, read from the zero state. Line ends are \n. Unknown characters are read as training read them. */
  prime: string;
  /** Characters to generate. */
  length: number;
  /** 1: the model's own distribution; below: bolder towards the likely; 0: always the most likely character. */
  temperature: number;
  seed: number;
  /** Asked before every character; true ends the sample. */
  aborted?: () => boolean;
}

/** How long the generator keeps its thread before it lets messages (a cancellation) in, in milliseconds. */
const slice = 12;
/** Characters of the prime that are read between two looks at `aborted`. */
const primeChunk = 4096;

/**
 * Yields the characters after the prime. `<unk>` is never generated. The same session weights, options and seed give the
 * same text. An empty prime is one zero input: the model says what it expects of nothing.
 *
 * @throws where the temperature or length is negative or not a number
 */
export async function* sampleCharacters(
  session: Pick<Session, 'spec' | 'run'>,
  options: SampleOptions,
): AsyncGenerator<string, void> {
  const { prime, length, temperature, seed, aborted = () => false } = options;
  if (!(temperature >= 0) || !Number.isFinite(temperature))
    throw new Error(t('The temperature must be 0 or more, not {0}. Usual values lie between 0.5 and 1.', temperature));
  if (!Number.isInteger(length) || length < 0)
    throw new Error(t('The length must be a whole number of characters, not {0}.', length));
  const { vocabulary, unknown } = session.spec;
  const random = Random.derive(seed, 'sample');
  let sliceEnd = performance.now() + slice;
  const pause = async (): Promise<void> => {
    if (performance.now() < sliceEnd) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    sliceEnd = performance.now() + slice;
  };

  const read = prime === '' ? Int32Array.of(-1) : new Vocabulary(vocabulary, unknown).encode(prime);
  let state: LayerState[] | null = null;
  let logits: Float32Array | null = null;
  for (let from = 0; from < read.length; from += primeChunk) {
    if (aborted()) return;
    const inputs = read.slice(from, from + primeChunk);
    const logitsAt = Int32Array.of(inputs.length - 1);
    const captured = await session.run({ inputs, start: state, targets: null }, { logitsAt });
    logits = captured.logits;
    state = captured.end;
    await pause();
  }
  for (let n = 0; n < length && logits; n++) {
    if (aborted()) return;
    const index = chooseIndex(logits, temperature, random, unknown);
    if (index < 0) return;
    yield vocabulary[index]!;
    if (n === length - 1) return;
    const captured = await session.run(
      { inputs: Int32Array.of(index), start: state, targets: null },
      { logitsAt: Int32Array.of(0) },
    );
    logits = captured.logits;
    state = captured.end;
    await pause();
  }
}

/** The whole sample as one text; `onText` gets every character as it comes. */
export async function sampleText(
  session: Session,
  options: SampleOptions,
  onText: (text: string) => void = () => {},
): Promise<string> {
  let text = '';
  for await (const character of sampleCharacters(session, options)) {
    text += character;
    onText(character);
  }
  return text;
}
