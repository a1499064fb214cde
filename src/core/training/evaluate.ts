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

/** Characters between two looks at `tick`. */
const chunk = 2048;

/**
 * Loss of one stream. `tick` runs between chunks and may let messages in; where it resolves with false the evaluation ends
 * there and the result is null.
 */
export async function evaluateStream(
  session: Session,
  { inputs, targets }: EvaluationStream,
  tick: () => Promise<boolean> = async () => true,
): Promise<Evaluation | null> {
  let start: LayerState[] | null = null;
  let totalNats = 0;
  let predictions = 0;
  for (let from = 0; from < inputs.length; from += chunk) {
    if (!(await tick())) return null;
    const to = Math.min(inputs.length, from + chunk);
    const part = { inputs: inputs.slice(from, to), start, targets: targets.slice(from, to) };
    const { losses, end } = await session.run(part, { losses: true });
    for (let t = from; t < to; t++) {
      if (targets[t]! < 0) continue;
      totalNats += losses![t - from]!;
      predictions++;
    }
    start = end;
  }
  return { totalNats, predictions };
}

/** Total over streams, in their order; null where `tick` ended it. */
export async function evaluateStreams(
  session: Session,
  streams: Iterable<EvaluationStream>,
  tick?: () => Promise<boolean>,
): Promise<Evaluation | null> {
  const total: Evaluation = { totalNats: 0, predictions: 0 };
  for (const stream of streams) {
    const one = await evaluateStream(session, stream, tick);
    if (!one) return null;
    total.totalNats += one.totalNats;
    total.predictions += one.predictions;
  }
  return total;
}

/** The same for weights, in a session of their own. */
export async function evaluateModel(
  engine: Engine,
  { spec, parameters }: { spec: ModelSpec; parameters: ParameterSet },
  streams: Iterable<EvaluationStream>,
  tick?: () => Promise<boolean>,
): Promise<Evaluation | null> {
  const session = await engine.open(spec, { kind: 'parameters', parameters }, { maxTime: 0, maxBatch: 0 });
  try {
    return await evaluateStreams(session, streams, tick);
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
