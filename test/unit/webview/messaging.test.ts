import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectHost } from '../../../webview/ui/messaging.ts';

interface State {
  scrollTop: number;
  line?: number;
}

let stored: unknown;
let written: unknown[];
let listeners: Map<string, () => void>;

function connect() {
  return connectHost<State>((value): value is State => typeof value === 'object' && value !== null, []);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  stored = undefined;
  written = [];
  listeners = new Map();
  vi.stubGlobal('acquireVsCodeApi', () => ({
    getState: () => stored,
    setState: (state: unknown) => void written.push(state),
    postMessage() {},
  }));
  vi.stubGlobal('window', { addEventListener: (type: string, listen: () => void) => listeners.set(type, listen) });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the state a webview keeps', () => {
  it('is written once a quarter of a second has passed without a change', () => {
    const { remember } = connect();
    remember({ scrollTop: 10 });
    vi.advanceTimersByTime(200);
    remember({ scrollTop: 20 });
    remember({ line: 3 });
    vi.advanceTimersByTime(249);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(written).toEqual([{ scrollTop: 20, line: 3 }]);
    vi.advanceTimersByTime(10_000);
    expect(written).toHaveLength(1);
  });

  it('waits for a rest two seconds at most, and holds the latest change then', () => {
    const { remember } = connect();
    const begun = performance.now();
    const at: number[] = [];
    for (let change = 0; change < 60; change++) {
      remember({ scrollTop: change });
      vi.advanceTimersByTime(100);
      if (written.length > at.length) at.push(performance.now() - begun);
    }
    expect(at.length).toBeGreaterThanOrEqual(2);
    expect(at[0]).toBeLessThanOrEqual(2000 + 250 + 100);
    expect(at[0]).toBeGreaterThanOrEqual(2000);
    expect(at[1]! - at[0]!).toBeLessThanOrEqual(2000 + 250 + 200);
    // What came in while the write was due is in it.
    const { scrollTop } = written[0] as State;
    expect(at[0]! - 100 * (scrollTop + 1)).toBeLessThanOrEqual(100);
  });

  it('is written at once when the page goes', () => {
    const { remember } = connect();
    remember({ scrollTop: 5 });
    listeners.get('pagehide')!();
    expect(written).toEqual([{ scrollTop: 5 }]);
    vi.advanceTimersByTime(1000);
    expect(written).toHaveLength(1);
  });

  it('begins with what was kept before, and adds to it', () => {
    stored = { scrollTop: 7, line: 2 };
    const { restored, remember } = connect();
    expect(restored).toEqual(stored);
    remember({ scrollTop: 8 });
    vi.runAllTimers();
    expect(written).toEqual([{ scrollTop: 8, line: 2 }]);
  });

  it('leaves out what is not of its shape', () => {
    stored = 'of an earlier version';
    const { restored, remember } = connect();
    expect(restored).toBeNull();
    remember({ scrollTop: 1 });
    vi.runAllTimers();
    expect(written).toEqual([{ scrollTop: 1 }]);
  });
});
