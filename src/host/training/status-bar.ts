/** The status bar item of a training: percent, loss, time left; a click opens the training panel. */
import * as vscode from 'vscode';
import { whole } from '../../core/words.ts';
import type { TrainingProgress } from '../../protocol/training-service.ts';
import type { Training } from '../contracts.ts';
import { durationText, stateText } from '../runs/format.ts';

export function registerStatusBar(training: Training): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('cellscope.training', vscode.StatusBarAlignment.Left, 50);
  item.name = vscode.l10n.t('Cellscope Training');
  item.command = 'cellscope.openTraining';
  let nats: number | undefined;
  return vscode.Disposable.from(
    item,
    training.onDidProgress((progress) => {
      nats = progress.points.at(-1)?.trainNats ?? nats;
      const text = statusText(progress, nats);
      item.text = text.text;
      item.tooltip = text.tooltip;
      item.accessibilityInformation = { label: text.tooltip };
      item.show();
    }),
    training.onDidChangeActive((run) => {
      if (run === null) item.hide();
      else {
        item.text = '$(loading~spin) Cellscope';
        item.tooltip = vscode.l10n.t('Cellscope is preparing a training.');
        item.show();
      }
    }),
  );
}

export function statusText(progress: TrainingProgress, nats: number | undefined): { text: string; tooltip: string } {
  const percent = `${Math.floor(progress.fraction * 100)} %`;
  const loss = nats === undefined ? '' : ` · ${vscode.l10n.t('{0} bits', (nats / Math.LN2).toFixed(2))}`;
  const icon = progress.state === 'paused' ? '$(debug-pause)' : '$(sync~spin)';
  return {
    text: `${icon} Cellscope ${percent}${loss}`,
    tooltip: [
      `Cellscope: ${stateText(progress.state)}`,
      percent,
      ...(progress.secondsLeft === null ? [] : [vscode.l10n.t('about {0} left', durationText(progress.secondsLeft))]),
      vscode.l10n.t('{0} characters/s', whole(progress.charsPerSecond)),
    ].join(', '),
  };
}
