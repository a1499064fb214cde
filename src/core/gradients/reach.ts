/** One prediction's reach: how much every earlier character and state moves it. */
import { atOnce, type Turn } from '../activations/turns.ts';
import type { LayerState, Session } from '../engine/engine.ts';
import { t } from '../words.ts';
import type { TextStream } from './positions.ts';

export interface ReachRequest {
  /** The prediction from the state after this character. */
  at: number;
  /** Characters to look back on before it. */
  lags: number;
  /** Start from the logit of this next character instead of the loss: then signs say for and against it. */
  logit?: number;
  /** A state kept on the way, after character `index` − 1, so that the text need not be read from its beginning. */
  kept?: { index: number; state: LayerState[] };
  turn?: Turn;
}

/** By character from `first` to `at`, both included. */
export interface StateReach {
  /** ‖∂J/∂h‖₂, ‖∂J/∂c‖₂ */
  h: Float32Array;
  c: Float32Array | null;
}

export interface Reach {
  first: number;
  at: number;
  layers: StateReach[];
  /** ‖∂J/∂x‖₂, x the one-hot character, over the vocabulary. */
  x: Float32Array;
  /** Gradient × value: ⟨∂J/∂h, h⟩, ⟨∂J/∂c, c⟩, and ∂J/∂x at the character that stands there. Positive: it raises J. */
  signed: { layers: StateReach[]; x: Float32Array };
}

/** Characters read in one turn. */
const chunk = 2048;

/** @throws where nothing is predicted at `at`: it is the last character, or the next one is unknown. */
export async function reachOf(session: Session, text: TextStream, request: ReachRequest): Promise<Reach> {
  const { at, lags, logit, kept, turn = atOnce } = request;
  const { inputs, targets } = text;
  if (!(at >= 0 && at < inputs.length))
    throw new Error(t('There is no character {0} in a text of {1} characters.', at, inputs.length));
  if (logit === undefined && targets[at] < 0)
    throw new Error(
      t(
        "Character {0} predicts nothing that can be scored: it is the last one, or the next one is not in the model's vocabulary. Choose another character.",
        at,
      ),
    );
  const first = Math.max(0, at - lags);
  const near = kept && kept.index <= first ? kept : null;
  let state = near?.state ?? null;
  for (let read = near?.index ?? 0; read < first; read += chunk) {
    const part = { inputs: inputs.slice(read, Math.min(first, read + chunk)), targets: null, start: state };
    state = (await turn(() => session.run(part, {}))).end;
  }
  const stream = { inputs: inputs.slice(first, at + 1), targets: targets.slice(first, at + 1), start: state };
  const seeds = { stream, positions: Int32Array.of(at - first), signed: true };
  const { layers, x, signed } = await turn(() =>
    session.backward(logit === undefined ? seeds : { ...seeds, logit: Int32Array.of(logit) }, at - first),
  );
  return {
    first,
    at,
    layers: layers.map(byCharacter),
    x: x.toReversed(),
    signed: { layers: signed!.layers.map(byCharacter), x: signed!.x.toReversed() },
  };
}

/** From the order of lags to the order of characters. */
function byCharacter({ h, c }: StateReach): StateReach {
  return { h: h.toReversed(), c: c?.toReversed() ?? null };
}

/** Indices of the characters with the largest ‖∂J/∂x‖ (or |signed| values), largest first. */
export function largestContributors(reach: Reach, count: number, by: 'norm' | 'signed' = 'norm'): number[] {
  const values = by === 'norm' ? reach.x : reach.signed.x.map(Math.abs);
  return [...values.keys()]
    .sort((a, b) => values[b]! - values[a]! || b - a)
    .slice(0, count)
    .map((index) => reach.first + index);
}
