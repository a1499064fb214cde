/** The status bar item of a training: percent, loss, time left; a click opens the training panel. */
import * as vscode from 'vscode';
import type { TrainingProgress } from '../../protocol/training-service.ts';
import type { Training } from '../contracts.ts';
import { durationText } from '../runs/format.ts';

export function registerStatusBar(training: Training): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('cellscope.training', vscode.StatusBarAlignment.Left, 50);
  item.name = 'Cellscope Training';
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
        item.tooltip = 'Cellscope is preparing a training.';
        item.show();
      }
    }),
  );
}

export function statusText(progress: TrainingProgress, nats: number | undefined): { text: string; tooltip: string } {
  const percent = `${Math.floor(progress.fraction * 100)} %`;
  const loss = nats === undefined ? '' : ` · ${(nats / Math.LN2).toFixed(2)} bits`;
  const icon = progress.state === 'paused' ? '$(debug-pause)' : '$(sync~spin)';
  const left = progress.secondsLeft === null ? '' : `, about ${durationText(progress.secondsLeft)} left`;
  return {
    text: `${icon} Cellscope ${percent}${loss}`,
    tooltip: `Cellscope: ${progress.state}, ${percent}${left}, ${Math.round(progress.charsPerSecond).toLocaleString()} characters/s`,
  };
}
