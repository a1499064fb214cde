import type { Port } from './channel.ts';

/** A running worker as its host holds it. */
export interface WorkerHandle {
  readonly port: Port;
  /** Ends the worker where it stands; everything that waits on its port is rejected. */
  terminate(): Promise<void>;
}

/** The listeners of one port: any number of them, so that a port can serve and call at once. Close is told once, also to late listeners. */
export class PortListeners {
  private readonly message: ((message: unknown) => void)[] = [];
  private readonly close: ((reason: Error) => void)[] = [];
  private closed: Error | null = null;

  onMessage(listener: (message: unknown) => void): void {
    this.message.push(listener);
  }

  onClose(listener: (reason: Error) => void): void {
    if (this.closed) listener(this.closed);
    else this.close.push(listener);
  }

  tell(message: unknown): void {
    for (const listener of this.message) listener(message);
  }

  end(reason: Error): void {
    if (this.closed) return;
    this.closed = reason;
    for (const listener of this.close) listener(reason);
  }
}
