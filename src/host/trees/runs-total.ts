/** How many runs there are and what they take on disk together, beside the name of the Cellscope view. */
import * as vscode from 'vscode';
import type { RunEntry } from '../contracts.ts';
import { bytesText } from '../runs/format.ts';
import type { RunStore } from '../runs/run-store.ts';

export function showTotal(
  view: Pick<vscode.TreeView<unknown>, 'description'>,
  store: Pick<RunStore, 'entries' | 'onDidChange'>,
): vscode.Disposable {
  const show = (): void => {
    view.description = totalText(store.entries);
  };
  show();
  return store.onDidChange(show);
}

function totalText(entries: readonly RunEntry[]): string {
  const bytes = bytesText(entries.reduce((sum, { size }) => sum + size, 0));
  if (entries.length === 0) return '';
  return entries.length === 1
    ? vscode.l10n.t('1 run, {0} on disk', bytes)
    : vscode.l10n.t('{0} runs, {1} on disk', entries.length, bytes);
}
