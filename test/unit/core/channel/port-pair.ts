import type { Port } from '../../../../src/worker/channel.ts';
import { PortListeners } from '../../../../src/worker/ports.ts';

export interface PortPair {
  left: Port;
  right: Port;
  /** The right side dies: the left is told, and nothing arrives any more. */
  die(reason: Error): void;
}

/** Two ends in one thread that copy what they send, as workers do, and deliver it later and in order. */
export function portPair(): PortPair {
  const ends = [new PortListeners(), new PortListeners()] as const;
  let alive = true;
  const port = (own: number): Port => ({
    post: (message, transfer) => {
      const copy = structuredClone(message, transfer ? { transfer: [...transfer] } : undefined);
      queueMicrotask(() => alive && ends[own === 0 ? 1 : 0].tell(copy));
    },
    onMessage: (listener) => ends[own as 0 | 1].onMessage(listener),
    onClose: (listener) => ends[own as 0 | 1].onClose(listener),
  });
  return {
    left: port(0),
    right: port(1),
    die: (reason) => {
      alive = false;
      ends[0].end(reason);
    },
  };
}
