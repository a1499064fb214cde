/**
 * A typed request channel over anything with postMessage: results or errors, progress, cancellation, and rejection of
 * everything that waits when the other side dies. The same code serves node worker threads and browser workers.
 */
import { t } from '../core/words.ts';

/** One end of a message pipe. */
export interface Port {
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the other side is gone, with the reason. */
  onClose(listener: (reason: Error) => void): void;
}

export interface CallContext<Progress = never> {
  readonly signal: AbortSignal;
  progress(value: Progress, transfer?: readonly ArrayBuffer[]): void;
}

/** A service method: one request in, one result out, progress between. */
export type Method<Request = never, Result = unknown, Progress = unknown> = (
  request: Request,
  context: CallContext<Progress>,
) => Promise<Result>;

/** An interface all of whose members are methods. */
// biome-ignore lint/suspicious/noExplicitAny: a constraint over all methods, each typed by the interface itself
export type Service<S> = { [K in keyof S]: Method<any, any, any> };

export interface CallOptions<Progress> {
  signal?: AbortSignal;
  onProgress?: (value: Progress) => void;
  transfer?: readonly ArrayBuffer[];
}

export interface Remote<S extends Service<S>> {
  call<K extends keyof S & string>(
    method: K,
    request: Parameters<S[K]>[0],
    options?: CallOptions<S[K] extends (r: never, c: CallContext<infer P>) => unknown ? P : never>,
  ): Promise<Awaited<ReturnType<S[K]>>>;
  /** Rejects everything that waits and refuses further calls. */
  close(reason?: Error): void;
}

type Wire =
  | { kind: 'call'; id: number; method: string; request: unknown }
  | { kind: 'cancel'; id: number }
  | { kind: 'progress'; id: number; value: unknown }
  | { kind: 'result'; id: number; value: unknown }
  | { kind: 'error'; id: number; error: WireError };

interface WireError {
  name: string;
  message: string;
  code?: string;
  stack?: string;
}

/** An error that carries a stable code across the channel, for messages that the host words itself. */
export class CodedError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'CodedError';
    this.code = code;
  }
}

/** Result wrapper: `withTransfer(value, buffers)` moves the buffers instead of copying them. */
class Transferred {
  readonly value: unknown;
  readonly buffers: readonly ArrayBuffer[];
  constructor(value: unknown, buffers: readonly ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}
export function withTransfer<T>(value: T, buffers: readonly ArrayBuffer[]): T {
  return new Transferred(value, buffers) as unknown as T;
}

/** Whether a message is one of a channel: several may share a port with other messages. */
function isWire(message: unknown): message is Wire {
  if (typeof message !== 'object' || message === null) return false;
  const { kind, id, method, error } = message as Record<string, unknown>;
  if (typeof id !== 'number') return false;
  if (kind === 'call') return typeof method === 'string';
  if (kind === 'error') return isWireError(error);
  return kind === 'cancel' || kind === 'progress' || kind === 'result';
}

function isWireError(value: unknown): value is WireError {
  if (typeof value !== 'object' || value === null) return false;
  const { name, message, code, stack } = value as Record<string, unknown>;
  const optional = (text: unknown): boolean => text === undefined || typeof text === 'string';
  return typeof name === 'string' && typeof message === 'string' && optional(code) && optional(stack);
}

function toWireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack ? { stack: error.stack } : {}),
  };
}

function fromWireError(wire: WireError): Error {
  const error = wire.code === undefined ? new Error(wire.message) : new CodedError(wire.code, wire.message);
  error.name = wire.name;
  if (wire.stack) error.stack = wire.stack;
  return error;
}

/** All methods of a service by name: at run time an object's private methods cannot be told from those that others may call. */
export type MethodsOf<S> = Readonly<Record<keyof S, true>>;

/** Answers calls that arrive on `port` with the methods of `service`: those of the list, or its own where it is a plain object. */
export function serve<S extends Service<S>>(port: Port, service: S, methods?: MethodsOf<S>): void {
  const running = new Map<number, AbortController>();
  port.onClose((reason) => {
    for (const controller of running.values()) controller.abort(reason);
  });
  port.onMessage((message) => {
    if (!isWire(message)) return;
    if (message.kind === 'cancel') running.get(message.id)?.abort(cancelled());
    if (message.kind !== 'call') return;
    const { id, method, request } = message;
    const controller = new AbortController();
    running.set(id, controller);
    const context: CallContext<unknown> = {
      signal: controller.signal,
      progress: (value, transfer) => port.post({ kind: 'progress', id, value } satisfies Wire, transfer),
    };
    const reply = (wire: Wire, transfer?: readonly ArrayBuffer[]): void => {
      running.delete(id);
      port.post(wire, transfer);
    };
    const handler = Object.hasOwn(methods ?? service, method) ? service[method as keyof S] : undefined;
    if (typeof handler !== 'function') {
      reply({ kind: 'error', id, error: { name: 'Error', message: `No such method: ${method}` } });
      return;
    }
    Promise.resolve()
      .then(() => handler.call(service, request, context))
      .then((value: unknown) => {
        if (value instanceof Transferred) reply({ kind: 'result', id, value: value.value }, value.buffers);
        else reply({ kind: 'result', id, value });
      })
      // Also where the result cannot be posted (a function in it).
      .catch((error: unknown) => reply({ kind: 'error', id, error: toWireError(error) }));
  });
}

/** The calling end of `serve`. */
export function connect<S extends Service<S>>(port: Port): Remote<S> {
  interface Waiting {
    resolve: (value: never) => void;
    reject: (reason: Error) => void;
    onProgress: ((value: never) => void) | undefined;
  }
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let closed: Error | null = null;
  const close = (reason: Error): void => {
    closed ??= reason;
    for (const entry of waiting.values()) entry.reject(closed);
    waiting.clear();
  };
  port.onClose(close);
  port.onMessage((message) => {
    if (!isWire(message)) return;
    const entry = waiting.get(message.id);
    if (!entry) return;
    if (message.kind === 'progress') entry.onProgress?.(message.value as never);
    if (message.kind === 'result' || message.kind === 'error') {
      waiting.delete(message.id);
      if (message.kind === 'result') entry.resolve(message.value as never);
      else entry.reject(fromWireError(message.error));
    }
  });
  return {
    call(method, request, options = {}) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(closed);
        if (options.signal?.aborted) return reject(cancelled());
        const id = nextId++;
        waiting.set(id, { resolve, reject, onProgress: options.onProgress as Waiting['onProgress'] });
        options.signal?.addEventListener('abort', () => {
          if (waiting.has(id)) port.post({ kind: 'cancel', id } satisfies Wire);
        });
        try {
          port.post({ kind: 'call', id, method, request } satisfies Wire, options.transfer);
        } catch (error) {
          waiting.delete(id);
          reject(error);
        }
      });
    },
    close: (reason = new Error(t('The channel was closed.'))) => close(reason),
  };
}

/** The error of a call that was cancelled; `code` is `cancelled`. */
export function cancelled(): CodedError {
  return new CodedError('cancelled', t('Cancelled.'));
}
