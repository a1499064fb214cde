/**
 * A second instance of the inspector's worker for long questions, so that hovering never waits for them. It starts with the
 * first question and ends when its owner goes or has asked nothing for a while.
 */
import type * as vscode from 'vscode';
import type { InspectorService } from '../../protocol/inspector-service.ts';
import { connect, type Remote } from '../../worker/channel.ts';
import type { HostPlatform, WorkerHandle } from '../platform.ts';

type Question<T> = (remote: Remote<InspectorService>) => Promise<T>;

/** Milliseconds without a question after which the worker's memory is given back. */
const idleTime = 60_000;

export class BackgroundWorker implements vscode.Disposable {
  private readonly platform: Pick<HostPlatform, 'startWorker'>;
  private readonly log: vscode.LogOutputChannel;
  private readonly owner: string;
  private running: Promise<{ worker: WorkerHandle; remote: Remote<InspectorService> }> | null = null;
  private asking = 0;
  private last: Promise<unknown> = Promise.resolve();
  private idle: ReturnType<typeof setTimeout> | undefined;

  /** @param owner whose worker it is, for the log */
  constructor(platform: Pick<HostPlatform, 'startWorker'>, log: vscode.LogOutputChannel, owner: string) {
    this.platform = platform;
    this.log = log;
    this.owner = owner;
  }

  /** Waits for the questions before it: long ones would only slow each other down. */
  ask<T>(signal: AbortSignal, question: Question<T>): Promise<T> {
    const answer = this.last.then(() => {
      signal.throwIfAborted();
      return this.askNow(question);
    });
    this.last = answer.catch(() => {});
    return answer;
  }

  async askNow<T>(question: Question<T>): Promise<T> {
    clearTimeout(this.idle);
    this.asking++;
    try {
      this.running ??= this.start();
      return await question((await this.running).remote);
    } finally {
      if (--this.asking === 0) this.idle = setTimeout(() => this.end(), idleTime);
    }
  }

  dispose(): void {
    clearTimeout(this.idle);
    this.end();
  }

  private end(): void {
    const { running } = this;
    this.running = null;
    running?.then(({ worker }) => worker.terminate()).catch(() => {});
  }

  private async start(): Promise<{ worker: WorkerHandle; remote: Remote<InspectorService> }> {
    try {
      const worker = await this.platform.startWorker('inspector-worker');
      const started = { worker, remote: connect<InspectorService>(worker.port) };
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
