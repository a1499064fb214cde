/** What the cells panel asks of its worker: one question of each kind at a time, answers kept while the panel is open. */
import type * as vscode from 'vscode';
import { type CellsJob, toCells } from '../../protocol/cells.ts';
import type { InspectorService } from '../../protocol/inspector-service.ts';
import type { Message } from '../../protocol/webview.ts';
import type { CodedError, Remote } from '../../worker/channel.ts';
import { PatternWatch, patternPatience } from '../cells/pattern-watch.ts';
import { isCancelled } from '../commands/train.ts';
import { BackgroundWorker } from '../inspection/background-worker.ts';
import type { HostPlatform } from '../platform.ts';

type Answer = Message<string, unknown>;

export interface AskOptions {
  signal: AbortSignal;
  /** 0…1, null where it cannot be told. */
  onFraction(fraction: number | null): void;
  /** The concept whose pattern labels from now on, null when it is done. */
  onLabelling(concept: string | null): void;
  /** An answer that will be completed. */
  onPartial(answer: Answer): void;
}

export interface Question {
  run: string;
  job: CellsJob;
  /** An answer is kept under it. */
  key: string;
  /** Of the patterns that label the run's text: where one is too slow for one question, it is so for all. */
  patterns: string;
}

interface Going extends Question {
  abort: AbortController;
  /** A pattern took too long. */
  stuck: CodedError | null;
}

/** Answers that are kept: a page of a cell has three. */
const mostKept = 150;
/** Milliseconds that a cancelled question has to end by itself: a worker in the middle of a long step hears nothing. */
const grace = 2500;

export class CellsEvidence implements vscode.Disposable {
  /** The page of a cell does not wait for what takes minutes. */
  private readonly workers: Record<'page' | 'long', BackgroundWorker<InspectorService>>;
  private readonly log: vscode.LogOutputChannel;
  private readonly send: (message: Answer) => void;
  private readonly kept = new Map<string, Answer>();
  private readonly jobs = new Map<CellsJob, Going>();
  private readonly patience: number;

  constructor(
    platform: Pick<HostPlatform, 'startWorker'>,
    log: vscode.LogOutputChannel,
    send: (message: Answer) => void,
    longestPattern = patternPatience,
  ) {
    const worker = (): BackgroundWorker<InspectorService> => new BackgroundWorker(platform, log, 'the cells panel');
    this.workers = { page: worker(), long: worker() };
    this.log = log;
    this.send = send;
    this.patience = longestPattern;
  }

  /** Sends the answer that is kept under a key, or asks for it in place of what was asked of this kind before. */
  async answer(
    question: Question,
    ask: (remote: Remote<InspectorService>, options: AskOptions) => Promise<Answer>,
  ): Promise<void> {
    const { run, job, key } = question;
    const known = this.kept.get(key);
    const going = this.jobs.get(job);
    if (going && going.key === key) {
      this.send(toCells.progress({ run, job, fraction: null }));
      return;
    }
    going?.abort.abort();
    if (known) {
      this.send(known);
      this.send(toCells.ended({ run, job, message: null }));
      return;
    }
    const abort = new AbortController();
    const { signal } = abort;
    const worker = this.workers[job === 'birth' || job === 'baseline' ? 'long' : 'page'];
    const own: Going = { ...question, abort, stuck: null };
    this.jobs.set(job, own);
    this.send(toCells.progress({ run, job, fraction: null }));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => worker.end(), grace);
    };
    const watch = new PatternWatch(this.patience, (fault) => {
      for (const each of this.jobs.values()) if (each.patterns === own.patterns) each.stuck = fault;
      worker.end();
    });
    try {
      const answer = await worker.ask(signal, (remote) => {
        if (own.stuck) throw own.stuck;
        signal.addEventListener('abort', onAbort);
        return ask(remote, {
          signal,
          onFraction: (fraction) => {
            if (!signal.aborted) this.send(toCells.progress({ run, job, fraction }));
          },
          onLabelling: (concept) => watch.follow(concept),
          onPartial: (partial) => {
            if (!signal.aborted) this.send(partial);
          },
        });
      });
      this.keep(key, answer);
      if (signal.aborted) return;
      this.send(answer);
      this.send(toCells.ended({ run, job, message: null }));
    } catch (failure) {
      const error = own.stuck ?? failure;
      const cancelled = signal.aborted || isCancelled(error);
      if (!cancelled) this.log.error(`The evidence (${job}) of run ${run} could not be computed.`, error);
      // Another question of this kind has taken its place: that one tells how it goes.
      if (this.jobs.get(job) === own) {
        const reason = error instanceof Error ? error.message : String(error);
        this.send(toCells.ended({ run, job, message: cancelled ? null : reason }));
      }
    } finally {
      clearTimeout(timer);
      watch.dispose();
      if (this.jobs.get(job) === own) this.jobs.delete(job);
    }
  }

  cancel(job: CellsJob): void {
    this.jobs.get(job)?.abort.abort();
  }

  /** Cancels what goes on for other runs than these. */
  keepTo(runs: readonly string[]): void {
    for (const { run, abort } of this.jobs.values()) if (!runs.includes(run)) abort.abort();
  }

  dispose(): void {
    for (const { abort } of this.jobs.values()) abort.abort();
    for (const worker of Object.values(this.workers)) worker.dispose();
  }

  private keep(key: string, answer: Answer): void {
    this.kept.delete(key);
    this.kept.set(key, answer);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= mostKept) break;
      this.kept.delete(oldest);
    }
  }
}
