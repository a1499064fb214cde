/** Cross-entropy of a model on texts: each from the zero state, N − 1 predictions for N characters. */
import type { Engine, LayerState, Session } from '../engine/engine.ts';
import type { ModelSpec } from '../model/spec.ts';
import type { ParameterSet } from '../model/tensors.ts';

export interface EvaluationStream {
  /** [N] indices. */
  inputs: Int32Array;
  /** [N] the next character, −1: not scored. */
  targets: Int32Array;
}

export interface Evaluation {
  /** Sum of −ln p over all predictions. */
  totalNats: number;
  predictions: number;
}

/** How far an evaluation has come: `totalNats` and `predictions` are of what was read so far. */
export interface EvaluationPlace extends Evaluation {
  /** Index of the stream, and of the character in it that is read next. */
  stream: number;
  at: number;
  /** State before that character; null: the zero state. */
  state: LayerState[] | null;
}

/** Runs between chunks and may let messages in; where it resolves with false the evaluation ends there. */
export type EvaluationTick = (place: EvaluationPlace) => Promise<boolean>;

/** Characters between two looks at `tick`: a second or two of LSTM 3×1024 on one core. */
const chunk = 512;

/** Loss of one stream; null where `tick` ended it. */
export function evaluateStream(
  session: Session,
  stream: EvaluationStream,
  tick?: EvaluationTick,
): Promise<Evaluation | null> {
  return evaluateStreams(session, [stream], tick);
}

/** Total over streams, in their order, from `place` on; null where `tick` ended it. */
export async function evaluateStreams(
  session: Session,
  streams: Iterable<EvaluationStream>,
  tick: EvaluationTick = async () => true,
  place: EvaluationPlace = { stream: 0, at: 0, state: null, totalNats: 0, predictions: 0 },
): Promise<Evaluation | null> {
  let { at, state, totalNats, predictions } = place;
  let index = 0;
  for (const { inputs, targets } of streams) {
    const stream = index++;
    if (stream < place.stream) continue;
    for (; at < inputs.length; at += chunk) {
      if (!(await tick({ stream, at, state, totalNats, predictions }))) return null;
      const part = { inputs: inputs.slice(at, at + chunk), start: state, targets: targets.slice(at, at + chunk) };
      const { losses, end } = await session.run(part, { losses: true });
      for (const [t, loss] of losses!.entries()) {
        if (part.targets[t]! < 0) continue;
        totalNats += loss;
        predictions++;
      }
      state = end;
    }
    at = 0;
    state = null;
  }
  return { totalNats, predictions };
}

/** The same for weights, in a session of their own. */
export async function evaluateModel(
  engine: Engine,
  { spec, parameters }: { spec: ModelSpec; parameters: ParameterSet },
  streams: Iterable<EvaluationStream>,
  tick?: EvaluationTick,
  place?: EvaluationPlace,
): Promise<Evaluation | null> {
  const session = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
  try {
    return await evaluateStreams(session, streams, tick, place);
  } finally {
    await session.close();
  }
}

/** Nats a character with bits and perplexity, or null where there was nothing to predict. */
export function heldOutOf({
  totalNats,
  predictions,
}: Evaluation): { nats: number; bits: number; perplexity: number } | null {
  const nats = totalNats / predictions;
  if (!Number.isFinite(nats)) return null;
  return { nats, bits: nats / Math.LN2, perplexity: Math.exp(nats) };
}
