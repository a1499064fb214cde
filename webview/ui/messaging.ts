/** The webview's end of the message pipe: what arrives is validated by its kind; state outlives a reload of the window. */
import { type Message, receive } from '../../src/protocol/webview.ts';

export interface HostLink<State> {
  post<T extends string, P>(message: Message<T, P>): void;
  /** The state kept before a reload, if it is still of the shape `isState` asks for. */
  readonly restored: State | null;
  /** Keeps a part of the state; writes are gathered. */
  remember(part: Partial<State>): void;
}

/** Milliseconds without a change after which the state is written, and those after which nothing puts it off. */
const rest = 250;
const longestWait = 2000;

export function connectHost<State extends object>(
  isState: (value: unknown) => value is State,
  handlers: Parameters<typeof receive>[1],
): HostLink<State> {
  const api = acquireVsCodeApi();
  const stored: unknown = api.getState();
  const restored = isState(stored) ? stored : null;
  let state: Partial<State> = restored ?? {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let firstChange = 0;
  const write = (): void => {
    clearTimeout(timer);
    timer = undefined;
    api.setState(state);
  };
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (!receive(event.data, handlers)) console.warn('Cellscope: a message was not understood.', event.data);
  });
  window.addEventListener('pagehide', write);
  return {
    post: (message) => api.postMessage(message),
    restored,
    remember(part) {
      state = { ...state, ...part };
      const now = performance.now();
      if (timer === undefined) firstChange = now;
      // Every write goes through the workbench: while somebody scrolls they wait for a rest, but not for ever.
      else if (now - firstChange > longestWait) return;
      clearTimeout(timer);
      timer = setTimeout(write, rest);
    },
  };
}
