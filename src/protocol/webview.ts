/**
 * Messages between host and webviews: one descriptor per message. A descriptor makes messages, and is the guard that
 * validates what arrives, on both sides.
 */
import * as v from 'valibot';

export interface Message<T extends string, P> {
  readonly type: T;
  readonly payload: P;
}

export interface MessageKind<T extends string, P> {
  readonly type: T;
  (payload: P): Message<T, P>;
  /** True where `message` is of this kind and its payload is valid. */
  is(message: unknown): message is Message<T, P>;
  /** What validates the payload. */
  readonly schema: v.GenericSchema;
}

/** Defines a message. `payload` validates; its inferred type is the message's. */
export function messageKind<const T extends string, S extends v.GenericSchema>(
  type: T,
  payload: S,
): MessageKind<T, v.InferOutput<S>> {
  type P = v.InferOutput<S>;
  const create = (value: P): Message<T, P> => ({ type, payload: value });
  const is = (message: unknown): message is Message<T, P> =>
    typeof message === 'object' &&
    message !== null &&
    (message as { type?: unknown }).type === type &&
    v.is(payload, (message as { payload?: unknown }).payload);
  return Object.assign(create, { type, is, schema: payload });
}

type Handler = (message: unknown) => boolean;

/** Pairs a kind with what to do when such a message arrives. */
export function on<T extends string, P>(kind: MessageKind<T, P>, handle: (payload: P) => void): Handler {
  return (message) => {
    if (!kind.is(message)) return false;
    handle(message.payload);
    return true;
  };
}

/** Gives a message to the first handler whose kind it is; false where none takes it (unknown type or invalid payload). */
export function receive(message: unknown, handlers: readonly Handler[]): boolean {
  return handlers.some((handler) => handler(message));
}

/** A non-negative integer that is exact: lines, columns, versions, indices. */
export const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A number that may not be NaN or infinite. */
export const finite = v.pipe(v.number(), v.finite());
