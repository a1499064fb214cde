import * as vscode from 'vscode';
import { CodedError } from '../../worker/channel.ts';

/** Milliseconds that one of the patterns beside the built-in concepts may take for one file. */
export const patternPatience = 15_000;

/**
 * Calls out where a pattern, from the settings or from what a run keeps, takes too long for one file. A worker in the
 * middle of a pattern hears nothing: who is called ends it.
 */
export class PatternWatch implements vscode.Disposable {
  private readonly patience: number;
  private readonly onStuck: (fault: CodedError) => void;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(patience: number, onStuck: (fault: CodedError) => void) {
    this.patience = patience;
    this.onStuck = onStuck;
  }

  /** `labelling`: the concept that is labelled from now on, null when it is done. */
  follow(labelling: string | null | undefined): void {
    if (labelling === undefined) return;
    clearTimeout(this.timer);
    if (labelling !== null) this.timer = setTimeout(() => this.onStuck(this.tooSlow(labelling)), this.patience);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private tooSlow(concept: string): CodedError {
    return new CodedError(
      'pattern-too-slow',
      vscode.l10n.t(
        'The concept “{0}” takes too long: its pattern needed more than {1} seconds for one file. Write it so that it cannot backtrack (no repetition inside a repetition).',
        concept,
        this.patience / 1000,
      ),
    );
  }
}
