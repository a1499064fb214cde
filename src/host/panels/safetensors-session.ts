/** The host's side of one open editor of a safetensors file. */
import * as vscode from 'vscode';
import type { TensorStatistics } from '../../core/formats/tensor-statistics.ts';
import type { ModelFileContents } from '../../protocol/model-files-service.ts';
import { fromSafetensors, type ShownFile, type ShownStatistics, toSafetensors } from '../../protocol/safetensors.ts';
import { type Message, on } from '../../protocol/webview.ts';
import { CodedError } from '../../worker/channel.ts';
import type { FileWorkerService } from '../../worker/file-service.ts';
import type { BackgroundWorker } from '../inspection/background-worker.ts';
import { type HostPlatform, workerPath } from '../platform.ts';
import { bytesText } from '../runs/format.ts';

export interface SafetensorsDependencies {
  platform: HostPlatform;
  files: BackgroundWorker<FileWorkerService>;
  log: vscode.LogOutputChannel;
}

/** Largest file that is read whole, where there is no other way. */
const largestWhole = 512 * 2 ** 20;
const mostCharacters = 1000;
/** A writer takes a moment: the file is read again when it rests, milliseconds. */
const restTime = 250;

export class SafetensorsSession implements vscode.Disposable {
  readonly handlers;
  private readonly uri: vscode.Uri;
  private readonly deps: SafetensorsDependencies;
  private readonly send: (message: Message<string, unknown>) => void;
  private readonly path: string;
  private readonly closing = new AbortController();
  private readonly subscriptions: vscode.Disposable[];
  private version = 0;
  private contents: ModelFileContents | null = null;
  /** What the webview shows now: it may be built again at any time. */
  private shown: Message<string, unknown> | null = null;
  private readonly results = new Map<number, Message<string, unknown>>();
  private wanted: readonly number[] = [];
  private measuring = false;
  private resting: ReturnType<typeof setTimeout> | undefined;

  constructor(uri: vscode.Uri, deps: SafetensorsDependencies, send: (message: Message<string, unknown>) => void) {
    this.uri = uri;
    this.deps = deps;
    this.send = send;
    this.path = workerPath(uri);
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*'),
    );
    const changed = (file: vscode.Uri): void => {
      if (file.toString() === uri.toString()) this.readAgain();
    };
    this.subscriptions = [
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
    ];
    this.handlers = [
      on(fromSafetensors.ready, () => {
        if (!this.shown) return;
        this.send(this.shown);
        for (const result of this.results.values()) this.send(result);
      }),
      on(fromSafetensors.measure, ({ version, tensors }) => {
        if (version !== this.version) return;
        this.wanted = tensors;
        void this.measure();
      }),
      on(fromSafetensors.open, () => void vscode.commands.executeCommand('cellscope.openModel', uri)),
      on(fromSafetensors.retry, () => void this.read()),
    ];
    void this.read();
  }

  dispose(): void {
    clearTimeout(this.resting);
    this.closing.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
    const { path } = this;
    if (!this.readsPieces) this.deps.files.askNow((remote) => remote.call('forgetModelFile', { path })).catch(() => {});
  }

  /** Whether the worker reads the file where it lies; else it is handed the bytes. */
  private get readsPieces(): boolean {
    return this.uri.scheme === 'file' && this.deps.platform.kind === 'node';
  }

  private readAgain(): void {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => void this.read(), restTime);
  }

  private async read(): Promise<void> {
    const version = ++this.version;
    this.results.clear();
    this.wanted = [];
    this.contents = null;
    let message: Message<string, unknown>;
    try {
      const contents = await this.describe();
      if (version !== this.version || this.closing.signal.aborted) return;
      this.contents = contents;
      message = toSafetensors.file(this.shownFile(version, contents));
    } catch (error) {
      if (version !== this.version || this.closing.signal.aborted) return;
      this.deps.log.info(`${this.uri.toString()} cannot be shown.`, error);
      message = toSafetensors.refused({ name: nameOf(this.uri), message: reasonOf(error) });
    }
    this.shown = message;
    this.send(message);
  }

  private async describe(): Promise<ModelFileContents> {
    const { path } = this;
    const bytes = this.readsPieces ? undefined : await this.readWhole();
    return this.deps.files.askNow((remote) =>
      bytes
        ? remote.call('describeModelFile', { path, bytes }, { transfer: [bytes.buffer as ArrayBuffer] })
        : remote.call('describeModelFile', { path }),
    );
  }

  /** A copy of its own, to be handed on. */
  private async readWhole(): Promise<Uint8Array> {
    const { size } = await vscode.workspace.fs.stat(this.uri);
    if (size > largestWhole)
      throw new CodedError(
        'too-large',
        vscode.l10n.t(
          'The file has {0}; from this file system up to {1} are read. Copy it to this machine and open it there.',
          bytesText(size),
          bytesText(largestWhole),
        ),
      );
    return new Uint8Array(await vscode.workspace.fs.readFile(this.uri));
  }

  /** One tensor after the other, those in view first. */
  private async measure(): Promise<void> {
    if (this.measuring) return;
    this.measuring = true;
    try {
      for (let next = this.next(); next !== undefined; next = this.next()) {
        const { version } = this;
        const result = await this.measured(version, next);
        if (this.closing.signal.aborted) return;
        if (version !== this.version) continue;
        this.results.set(next, result);
        this.send(result);
      }
    } finally {
      this.measuring = false;
    }
  }

  private next(): number | undefined {
    const count = this.contents?.tensors.length ?? 0;
    return this.wanted.find((tensor) => tensor < count && !this.results.has(tensor));
  }

  private async measured(version: number, tensor: number): Promise<Message<string, unknown>> {
    const { dtype, start, end } = this.contents!.tensors[tensor]!;
    const { path } = this;
    const { signal } = this.closing;
    const ask = (): Promise<TensorStatistics> =>
      this.deps.files.askNow((remote) =>
        remote.call(
          'tensorStatistics',
          { path, tensor: { dtype, start, end } },
          { signal, onProgress: ({ fraction }) => this.send(toSafetensors.progress({ version, tensor, fraction })) },
        ),
      );
    try {
      const statistics = await ask().catch(async (error: unknown) => {
        // A worker that rested gave the bytes back.
        if (!(error instanceof CodedError && error.code === 'forgotten')) throw error;
        await this.describe();
        return ask();
      });
      return toSafetensors.statistics({ version, tensor, statistics: shownStatistics(statistics), failure: null });
    } catch (error) {
      if (!signal.aborted) this.deps.log.info(`A tensor of ${this.uri.toString()} cannot be read.`, error);
      const failure = error instanceof Error ? error.message : String(error);
      return toSafetensors.statistics({ version, tensor, statistics: null, failure });
    }
  }

  private shownFile(version: number, contents: ModelFileContents): ShownFile {
    const { tensors, model, ...rest } = contents;
    return {
      version,
      name: nameOf(this.uri),
      ...rest,
      tensors: tensors.map(({ name, dtype, shape, values, start, end }) => ({
        name,
        dtype,
        shape,
        values,
        bytes: end - start,
      })),
      model: model && {
        own: model.own,
        layers: model.layers.map(({ cell, hiddenSize, directions }) => ({
          cell,
          hiddenSize,
          bidirectional: directions.length > 1,
        })),
        connections: model.connections,
        vocabularySize: model.vocabularySize,
        vocabulary: model.vocabulary?.slice(0, mostCharacters) ?? null,
      },
      canOpen: this.readsPieces || this.deps.platform.kind === 'browser',
    };
  }
}

function shownStatistics({ count: _, ...statistics }: TensorStatistics): ShownStatistics {
  return { ...statistics, norm: Number.isFinite(statistics.norm) ? statistics.norm : null };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const damaged = error.name === 'ModelFileError';
  return damaged
    ? vscode.l10n.t('{0} Copy it again if it was damaged on the way, or choose another file.', error.message)
    : error.message;
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.split('/').at(-1) ?? uri.path;
}
