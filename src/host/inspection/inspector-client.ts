/** The inspector worker as the host sees it: started when first needed, and again after it died. */
import * as vscode from 'vscode';
import type { InspectorService } from '../../protocol/inspector-service.ts';
import { CodedError, connect, type Remote } from '../../worker/channel.ts';
import type { HostPlatform, WorkerHandle } from '../platform.ts';

/** A worker that dies this often within a minute is not started again by itself. */
const MOST_DEATHS = 3;
const MINUTE = 60_000;

export class InspectorClient implements vscode.Disposable {
  private readonly platform: HostPlatform;
  private readonly log: vscode.LogOutputChannel;
  private readonly died = new vscode.EventEmitter<void>();
  /** The worker is gone and with it every model and document that it held. */
  readonly onDidDie = this.died.event;
  private worker: WorkerHandle | null = null;
  private starting: Promise<Remote<InspectorService>> | null = null;
  private deaths: number[] = [];
  private disposed = false;

  constructor(platform: HostPlatform, log: vscode.LogOutputChannel) {
    this.platform = platform;
    this.log = log;
  }

  /** The running worker, started where there is none. Rejects with the code `worker-gone` after too many deaths. */
  remote(): Promise<Remote<InspectorService>> {
    if (this.disposed) return Promise.reject(new CodedError('cancelled', vscode.l10n.t('The window is closing.')));
    this.starting ??= this.start();
    return this.starting;
  }

  /** Lets a worker that died too often start again. */
  forgive(): void {
    this.deaths = [];
  }

  /** Stops the worker where it stands, as a crash would: for tests of recovery. */
  async kill(): Promise<void> {
    await this.worker?.terminate();
  }

  dispose(): void {
    this.disposed = true;
    this.starting = null;
    void this.worker?.terminate();
    this.died.dispose();
  }

  private async start(): Promise<Remote<InspectorService>> {
    try {
      const recent = this.deaths.filter((time) => performance.now() - time < MINUTE);
      if (recent.length >= MOST_DEATHS)
        throw new CodedError(
          'worker-gone',
          vscode.l10n.t(
            'The inspector stopped {0} times within a minute. Open a smaller model or document, then try again; the log says why.',
            recent.length,
          ),
        );
      this.deaths = recent;
      const worker = await this.platform.startWorker('inspector-worker');
      this.worker = worker;
      worker.port.onClose((reason) => this.mourn(worker, reason));
      return connect<InspectorService>(worker.port);
    } catch (error) {
      this.starting = null;
      throw error;
    }
  }

  private mourn(worker: WorkerHandle, reason: Error): void {
    if (this.worker !== worker || this.disposed) return;
    this.worker = null;
    this.starting = null;
    this.deaths.push(performance.now());
    this.log.error('The inspector worker ended.', reason);
    this.died.fire();
  }
}
