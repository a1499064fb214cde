/** Asks before a training that is large, or always where a person wants it: what is read, what not and why, what it costs. */
import * as vscode from 'vscode';
import type { PlannedTraining } from '../training/controller.ts';
import { summaryDetail, summaryDocument, summaryLine } from '../training/summary.ts';

/** True: train on what was planned. The plan is left as it is in any case. */
export async function confirm(planned: PlannedTraining): Promise<boolean> {
  const start = vscode.l10n.t('Train');
  const details = vscode.l10n.t('Show Summary');
  const chosen = await vscode.window.showInformationMessage(
    summaryLine(planned),
    { modal: true, detail: summaryDetail(planned) },
    start,
    details,
  );
  if (chosen !== details) return chosen === start;
  await showSummary(planned);
  return confirmAbove(planned);
}

/**
 * Asks again above the summary, which can be read and scrolled meanwhile. The worker holds the corpus as long as the question
 * stands: Escape, another command or Do Not Train end both.
 */
async function confirmAbove(planned: PlannedTraining): Promise<boolean> {
  const start = vscode.l10n.t('Train');
  const chosen = await vscode.window.showQuickPick(
    [
      { label: start, detail: summaryLine(planned) },
      { label: vscode.l10n.t('Do Not Train'), detail: vscode.l10n.t('Nothing is kept of what was read.') },
    ],
    { title: vscode.l10n.t('Train on What This Summary Shows?'), ignoreFocusOut: true },
  );
  return chosen?.label === start;
}

/** The whole summary, in an editor. */
export async function showSummary(planned: PlannedTraining): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: summaryDocument(planned) });
  await vscode.window.showTextDocument(document, { preview: true });
}
