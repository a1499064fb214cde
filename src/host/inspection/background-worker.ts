/**
 * A worker for long questions, so that hovering never waits for them. It starts with the first question and ends when its
 * owner goes or has asked nothing for a while.
 */
import type * as vscode from 'vscode';
import type { InspectorService } from '../../protocol/inspector-service.ts';
import { connect, type Remote, type Service } from '../../worker/channel.ts';
import type { HostPlatform, WorkerHandle, WorkerName } from '../platform.ts';

type Question<S extends Service<S>, T> = (remote: Remote<S>) => Promise<T>;

/** Milliseconds without a question after which the worker's memory is given back. */
const idleTime = 60_000;

export class BackgroundWorker<S extends Service<S> = InspectorService> implements vscode.Disposable {
  private readonly platform: Pick<HostPlatform, 'startWorker'>;
  private readonly name: WorkerName;
  private readonly log: vscode.LogOutputChannel;
  private readonly owner: string;
  private running: Promise<{ worker: WorkerHandle; remote: Remote<S> }> | null = null;
  private asking = 0;
  private last: Promise<unknown> = Promise.resolve();
  private idle: ReturnType<typeof setTimeout> | undefined;

  /** @param owner whose worker it is, for the log; files are read while somebody waits: their worker does not step back */
  constructor(
    platform: Pick<HostPlatform, 'startWorker'>,
    log: vscode.LogOutputChannel,
    owner: string,
    name: WorkerName = 'inspector-worker',
  ) {
    this.platform = platform;
    this.name = name;
    this.log = log;
    this.owner = owner;
  }

  /** Waits for the questions before it: long ones would only slow each other down. */
  ask<T>(signal: AbortSignal, question: Question<S, T>): Promise<T> {
    const answer = this.last.then(() => {
      signal.throwIfAborted();
      return this.askNow(question);
    });
    this.last = answer.catch(() => {});
    return answer;
  }

  async askNow<T>(question: Question<S, T>): Promise<T> {
    clearTimeout(this.idle);
    this.asking++;
    try {
      this.running ??= this.start();
      return await question((await this.running).remote);
    } finally {
      if (--this.asking === 0) this.idle = setTimeout(() => this.end(), idleTime);
    }
  }

  /** Ends the worker where it stands: what waits is rejected, and the next question starts another. */
  end(): void {
    const { running } = this;
    this.running = null;
    running?.then(({ worker }) => worker.terminate()).catch(() => {});
  }

  dispose(): void {
    clearTimeout(this.idle);
    this.end();
  }

  private async start(): Promise<{ worker: WorkerHandle; remote: Remote<S> }> {
    try {
      const worker = await this.platform.startWorker(this.name, this.name !== 'file-worker');
      const started = { worker, remote: connect<S>(worker.port) };
      worker.port.onClose((reason) => {
        void this.running?.then((current) => {
          if (current !== started) return;
          this.running = null;
          this.log.error(`The worker of ${this.owner} ended.`, reason);
        });
      });
      return started;
    } catch (error) {
      this.running = null;
      throw error;
    }
  }
}
