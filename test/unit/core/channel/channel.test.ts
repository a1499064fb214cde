import { describe, expect, it } from 'vitest';
import {
  type CallContext,
  CodedError,
  cancelled,
  connect,
  type MethodsOf,
  serve,
  withTransfer,
} from '../../../../src/worker/channel.ts';
import { portPair } from './port-pair.ts';

interface Calculator {
  add(request: { a: number; b: number }, context: CallContext): Promise<number>;
  count(request: { to: number }, context: CallContext<number>): Promise<string>;
  fail(request: { how: string }, context: CallContext): Promise<void>;
  wait(request: null, context: CallContext): Promise<string>;
  floats(request: { bytes: Float32Array }, context: CallContext): Promise<Float32Array>;
}

class CalculatorService implements Calculator {
  /** Not of the interface: nothing for the other end. */
  async clear(): Promise<void> {
    this.waiting = [];
  }
  waiting: AbortSignal[] = [];
  lastResult: Float32Array | null = null;
  async add({ a, b }: { a: number; b: number }): Promise<number> {
    return a + b;
  }
  async count({ to }: { to: number }, context: CallContext<number>): Promise<string> {
    for (let k = 1; k <= to; k++) context.progress(k);
    return 'done';
  }
  fail({ how }: { how: string }): Promise<void> {
    if (how === 'coded') throw new CodedError('disk-full', 'No room.');
    if (how === 'text') return Promise.reject('plain text');
    return Promise.reject(new RangeError('Out of range.'));
  }
  wait(_: null, { signal }: CallContext): Promise<string> {
    this.waiting.push(signal);
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }
  async floats({ bytes }: { bytes: Float32Array }): Promise<Float32Array> {
    this.lastResult = bytes.map((x) => 2 * x);
    return withTransfer(this.lastResult, [this.lastResult.buffer as ArrayBuffer]);
  }
}

const calculatorMethods: MethodsOf<Calculator> = { add: true, count: true, fail: true, wait: true, floats: true };

function open() {
  const { left, right, die } = portPair();
  const service = new CalculatorService();
  serve<Calculator>(right, service, calculatorMethods);
  return { remote: connect<Calculator>(left), service, left, right, die };
}

describe('the channel', () => {
  it('answers each of many calls at once', async () => {
    const { remote } = open();
    const sums = await Promise.all(Array.from({ length: 50 }, (_, k) => remote.call('add', { a: k, b: 1 })));
    expect(sums).toEqual(Array.from({ length: 50 }, (_, k) => k + 1));
  });

  it('gives progress in order, before the result', async () => {
    const { remote } = open();
    const seen: (number | string)[] = [];
    seen.push(await remote.call('count', { to: 4 }, { onProgress: (value) => seen.push(value) }));
    expect(seen).toEqual([1, 2, 3, 4, 'done']);
  });

  it('carries errors with name, message and code', async () => {
    const { remote } = open();
    await expect(remote.call('fail', { how: 'coded' })).rejects.toMatchObject({
      code: 'disk-full',
      message: 'No room.',
    });
    await expect(remote.call('fail', { how: 'error' })).rejects.toMatchObject({ name: 'RangeError' });
    await expect(remote.call('fail', { how: 'text' })).rejects.toThrow('plain text');
    expect(await remote.call('add', { a: 1, b: 2 })).toBe(3);
  });

  it('cancels a running call, and refuses one that was cancelled before', async () => {
    const { remote, service } = open();
    const controller = new AbortController();
    const call = remote.call('wait', null, { signal: controller.signal });
    const other = remote.call('wait', null);
    await remote.call('add', { a: 1, b: 1 });
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(service.waiting.map((signal) => signal.aborted)).toEqual([true, false]);
    const calls = service.waiting.length;
    await expect(remote.call('wait', null, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect(service.waiting).toHaveLength(calls);
    remote.close();
    await expect(other).rejects.toThrow(/closed/);
  });

  it('rejects everything when the other side dies, and everything after', async () => {
    const { remote, die } = open();
    const calls = [remote.call('wait', null), remote.call('wait', null)];
    const settled = Promise.allSettled(calls);
    await remote.call('add', { a: 1, b: 1 });
    die(new Error('The worker died.'));
    for (const result of await settled) expect(result).toMatchObject({ status: 'rejected' });
    await expect(calls[0]).rejects.toThrow('The worker died.');
    await expect(remote.call('add', { a: 1, b: 1 })).rejects.toThrow('The worker died.');
  });

  it('moves buffers that are handed over, both ways', async () => {
    const { remote, service } = open();
    const bytes = Float32Array.of(1, 2, 3);
    const doubled = await remote.call('floats', { bytes }, { transfer: [bytes.buffer] });
    expect([...doubled]).toEqual([2, 4, 6]);
    expect(bytes.length).toBe(0);
    expect(service.lastResult!.length).toBe(0);
  });

  it('serves and calls on one port at once', async () => {
    const { remote, left, right } = open();
    const other = new CalculatorService();
    serve<Calculator>(left, other, calculatorMethods);
    const back = connect<Calculator>(right);
    const controller = new AbortController();
    const there = remote.call('wait', null, { signal: controller.signal });
    const results = await Promise.all([
      remote.call('add', { a: 1, b: 2 }),
      back.call('add', { a: 10, b: 20 }),
      remote.call('count', { to: 2 }),
      back.call('count', { to: 3 }),
    ]);
    expect(results).toEqual([3, 30, 'done', 'done']);
    controller.abort();
    await expect(there).rejects.toMatchObject({ code: cancelled().code });
  });

  it('rejects what cannot be sent, either way, and goes on', async () => {
    const { remote, service } = open();
    await expect(remote.call('add', { a: 1, b: (() => 1) as unknown as number })).rejects.toThrow();
    service.add = async () => (() => 1) as unknown as number;
    await expect(remote.call('add', { a: 1, b: 1 })).rejects.toThrow();
    expect(await remote.call('count', { to: 1 })).toBe('done');
  });

  it('refuses methods that are none, and ignores messages that are not its own', async () => {
    const { remote, left } = open();
    for (const method of ['nothing', 'constructor', 'toString', '__proto__', 'waiting', 'clear'])
      await expect(remote.call(method as 'add', { a: 1, b: 1 })).rejects.toThrow(/No such method/);
    for (const noise of [null, 1, 'x', {}, { id: 1 }, { kind: 'result', id: 999, value: 1 }, { kind: 'call' }])
      left.post(noise);
    expect(await remote.call('add', { a: 2, b: 2 })).toBe(4);
  });
});
