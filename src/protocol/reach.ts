/** Messages about what one prediction goes back to. A number that is not finite travels as null. */
import * as v from 'valibot';
import { finite, index, messageKind } from './webview.ts';

const values = v.array(v.nullable(finite));

/** By character from the first that was looked back on to the last before the prediction. */
export const reachValues = v.object({
  /** ‖∂J/∂h‖, ‖∂J/∂c‖ per layer. */
  layers: v.array(v.object({ h: values, c: v.nullable(values) })),
  /** ‖∂J/∂x‖ */
  x: values,
  /** Gradient × value: ∂J/∂x at the character that stands there. Positive: it raises J. */
  signedX: values,
});
export type ReachValues = v.InferOutput<typeof reachValues>;

/** A character: 0-based line, code points into it. */
const place = v.object({ line: index, character: index });

/** One character, or a pair of surrogates. */
export const logit = v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(2)));

/** Host → heatmap. */
export const toReach = {
  /** A person asked for it outside the webview: begin where they pointed. */
  begin: messageKind('reach/begin', v.object({})),
  result: messageKind(
    'reach/result',
    v.object({
      request: index,
      id: v.string(),
      model: v.string(),
      version: index,
      predicted: place,
      /** The character of the first value. */
      start: place,
      values: reachValues,
    }),
  ),
  failed: messageKind('reach/failed', v.object({ request: index, message: v.string() })),
};

/** Heatmap → host. */
export const fromReach = {
  /** The prediction of the character at a line and UTF-16 column; from its loss, or from the logit of a character in its place. */
  ask: messageKind('reach/ask', v.object({ request: index, version: index, line: index, column: index, logit })),
};
