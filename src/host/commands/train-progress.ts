/** The notification of a training that goes on, and the message that it ends with. */
import * as vscode from 'vscode';
import type { TrainingOutcome } from '../../protocol/training-service.ts';
import type { RunEntry } from '../contracts.ts';
import { bitsText, countText, phaseText } from '../runs/format.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingController } from '../training/controller.ts';

export type RunTraining = (
  token: vscode.CancellationToken,
  onStarted: (id: string) => void,
) => Promise<TrainingOutcome>;

/** How long the notification also tells what is trained on, milliseconds: long enough to be read. */
const factsFor = 12_000;

/**
 * A notification with percent and Cancel while a training goes on; Cancel saves, so that the run can be resumed.
 * @param shown `facts`: what is trained on, told first
 * @returns the run's id: when it has started, and when it has ended
 */
export function showTraining(
  { training, store }: { training: TrainingController; store: RunStore },
  { name, facts }: { name: string; facts?: string },
  run: RunTraining,
): { started: Promise<string>; ended: Promise<string> } {
  let onStarted: (id: string) => void = () => {};
  const started = new Promise<string>((resolve) => {
    onStarted = resolve;
  });
  const progressing = vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Training {0}', name), cancellable: true },
    async (progress, token) => {
      const begun = performance.now();
      let done = 0;
      if (facts !== undefined) progress.report({ message: facts });
      const subscription = training.onDidProgress((state) => {
        const percent = state.fraction * 100;
        const nats = state.points.at(-1)?.trainNats;
        const told = [
          `${Math.floor(percent)} %`,
          nats === undefined ? '' : bitsText(nats),
          state.phase === 'training' ? '' : phaseText(state.phase),
          facts !== undefined && performance.now() - begun < factsFor ? facts : '',
        ];
        progress.report({ increment: Math.max(0, percent - done), message: told.filter(Boolean).join(' · ') });
        done = Math.max(done, percent);
      });
      try {
        return await run(token, onStarted);
      } finally {
        subscription.dispose();
      }
    },
  );
  const ended = Promise.resolve(progressing).then(async (outcome) => {
    const id = await started; // the outcome names the run's folder
    showOutcome(outcome, name, store.find(id));
    return id;
  });
  return { started, ended };
}

function showOutcome(outcome: TrainingOutcome, name: string, entry: RunEntry | undefined): void {
  const { state, trainedChars, heldOut, message } = outcome;
  const chars = countText(trainedChars);
  const showLog: [string, string] = [vscode.l10n.t('Show Log'), 'cellscope.showLog'];
  const resumable = entry !== undefined && entry.manifest.current !== null;
  const resume: [string, string][] = resumable ? [[vscode.l10n.t('Resume'), 'cellscope.resume']] : [];
  const { showInformationMessage, showErrorMessage } = vscode.window;
  if (state === 'finished') {
    const told = [
      vscode.l10n.t('{0}: trained on {1} characters.', name, chars),
      ...(heldOut ? [heldOutText(heldOut.nats, entry)] : []),
      ...(message === undefined ? [] : [message]),
    ];
    void offer(showInformationMessage, told.join(' '), entry, [
      [vscode.l10n.t('Open Heatmap'), 'cellscope.openRun'],
      [vscode.l10n.t('Train Longer…'), 'cellscope.trainLonger'],
    ]);
  } else if (state === 'failed') {
    const told = vscode.l10n.t('{0} failed: {1}', name, message ?? vscode.l10n.t('the log says why.'));
    void offer(showErrorMessage, told, entry, [...resume, showLog]);
  } else if (message === undefined)
    void offer(showInformationMessage, vscode.l10n.t('{0}: saved after {1} characters.', name, chars), entry, resume);
  else {
    const rest = resumable
      ? vscode.l10n.t('It is saved after {0} characters: resume it to go on from there.', chars)
      : vscode.l10n.t('Nothing was saved yet: train again.');
    void offer(showErrorMessage, `${name}: ${message}. ${rest}`, entry, [...resume, showLog]);
  }
}

/** A message with buttons for commands on a run. */
async function offer(
  show: (message: string, ...buttons: string[]) => Thenable<string | undefined>,
  message: string,
  entry: RunEntry | undefined,
  actions: [string, string][],
): Promise<void> {
  const chosen = await show(message, ...actions.map(([label]) => label));
  const action = actions.find(([label]) => label === chosen);
  if (action) await vscode.commands.executeCommand(action[1], entry);
}

function heldOutText(nats: number, entry: RunEntry | undefined): string {
  return entry?.manifest.corpus.splitInsideFiles
    ? vscode.l10n.t(
        'Held-out loss {0}, held out inside files: there were too few different files to hold whole ones out.',
        bitsText(nats),
      )
    : vscode.l10n.t('Held-out loss {0}.', bitsText(nats));
}
