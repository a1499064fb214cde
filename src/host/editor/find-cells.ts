/** *Find Cells for Selection*: the cells that are on in a selection and off around it, shown as one moves through them. */
import * as vscode from 'vscode';
import type { Match } from '../../core/cells/matching.ts';
import type { FoundCells } from '../../protocol/selection-service.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import { conceptName } from '../cells/concept-name.ts';
import type { Inspection } from '../contracts.ts';
import { insisting, showPlaces } from './find-places.ts';
import { quantityLabel, quantityText } from './labels.ts';

/** Cells that are offered. */
const offered = 20;
/** Concepts that the selection is told to be. */
const mostConcepts = 3;

/** What other parts of the extension hand to the command; without it the active editor's selection counts. */
export interface SelectedSpan {
  document: vscode.TextDocument;
  range: vscode.Range;
}

export interface FindCellsDependencies {
  inspection: Inspection;
  cells: Pick<CellsStore, 'namesIn'>;
  /** Whether the editor shows the chosen cell by itself. */
  isEditorColoured(): boolean;
}

export async function findCellsForSelection(deps: FindCellsDependencies, argument: unknown): Promise<void> {
  const { inspection } = deps;
  if (!inspection.model) {
    const train = vscode.l10n.t('Train on Workspace');
    const message = vscode.l10n.t(
      'No model is open. Train on the workspace, or open a run in the Cellscope view, then find its cells.',
    );
    const chosen = await vscode.window.showInformationMessage(message, train);
    if (chosen === train) await vscode.commands.executeCommand('cellscope.trainOnWorkspace');
    return;
  }
  const span = isSpan(argument) ? argument : activeSelection();
  if (!span) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Nothing is selected. Select some text in an editor or in the heatmap, a string or a condition, then find the cells that are on in it.',
      ),
    );
    return;
  }
  const found = await rank(inspection, span);
  if (!found) return;
  if (found.matches.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No cell tells this selection from the text around it. Select other text.'),
    );
    return;
  }
  if (!deps.isEditorColoured()) await vscode.commands.executeCommand('cellscope.openHeatmap', { preserveFocus: true });
  const match = await choose(deps, found);
  if (!match) return;
  const again = await showPlaces(inspection, span, match, shortestPlace(found.selected));
  if (again) await findCellsForSelection(deps, span);
}

/** A place counts where the cell is on for a while: a quarter of the selection's length, ten characters at most. */
export function shortestPlace(selected: number): number {
  return Math.max(2, Math.min(10, Math.round(selected / 4)));
}

async function rank(inspection: Inspection, { document, range }: SelectedSpan): Promise<FoundCells | null> {
  const request = { start: document.offsetAt(range.start), end: document.offsetAt(range.end), count: offered };
  try {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Comparing cells with the selection'),
        cancellable: true,
      },
      (progress, token) => {
        const controller = new AbortController();
        token.onCancellationRequested(() => controller.abort());
        let shown = 0;
        const onProgress = ({ fraction }: { fraction: number }): void => {
          progress.report({ increment: 100 * (fraction - shown) });
          shown = fraction;
        };
        const { signal } = controller;
        return insisting(signal, () => inspection.cellsForSelection(document, request, { signal, onProgress }));
      },
    );
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string };
    if (code === 'cancelled') return null;
    const isAdvice = typeof code === 'string' && (code.startsWith('selection-') || code === 'changed');
    if (isAdvice) void vscode.window.showInformationMessage(message ?? '');
    else
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Cellscope could not compare the cells: {0}', message ?? String(error)),
      );
    return null;
  }
}

interface MatchItem extends vscode.QuickPickItem {
  match: Match;
}

/** Each cell is chosen while one stands on it; the one from before comes back where none is taken. */
async function choose(deps: FindCellsDependencies, found: FoundCells): Promise<Match | null> {
  const { inspection } = deps;
  const before = inspection.cell;
  const pick = vscode.window.createQuickPick<MatchItem>();
  const { selected, compared, unknown } = found;
  const around = compared - selected;
  pick.title =
    unknown > 0
      ? vscode.l10n.t(
          'Cells On in the Selection ({0} characters, {1} of them unknown to the model) and Off Around It ({2})',
          selected,
          unknown,
          around,
        )
      : vscode.l10n.t('Cells On in the Selection ({0} characters) and Off Around It ({1})', selected, around);
  const selection = found.concepts
    .slice(0, mostConcepts)
    .map(({ id, name }) => conceptName({ concept: id, name }))
    .join(', ');
  pick.placeholder =
    selection === ''
      ? vscode.l10n.t('Move to see a cell; Enter lists other places where it is on')
      : vscode.l10n.t('Selected: {0}. Move to see a cell; Enter lists other places where it is on', selection);
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = found.matches.map((match) => itemOf(deps, match, selected / compared));
  try {
    const chosen = await new Promise<Match | null>((resolve) => {
      pick.onDidChangeActive(([item]) => {
        if (item) inspection.selectCell(addressOf(item.match));
      });
      pick.onDidAccept(() => resolve(pick.activeItems[0]?.match ?? null));
      pick.onDidHide(() => resolve(null));
      pick.show();
    });
    inspection.selectCell(chosen ? addressOf(chosen) : before);
    return chosen;
  } finally {
    pick.dispose();
  }
}

function addressOf({ layer, cell, quantity }: Match) {
  return { layer, cell, quantity };
}

function itemOf({ inspection, cells }: FindCellsDependencies, match: Match, chance: number): MatchItem {
  const { layer, cell, quantity, sign, averagePrecision, inside, around } = match;
  const names = cells
    .namesIn(inspection.model)
    .filter(({ candidate }) => candidate.layer === layer && candidate.cell === cell)
    .map(({ concept }) => conceptName(concept));
  const how = sign > 0 ? vscode.l10n.t('high') : vscode.l10n.t('low');
  const score = vscode.l10n.t('AP {0} (by chance {1})', averagePrecision.toFixed(2), chance.toFixed(2));
  const named = names.length > 0 ? ` · ${names.join(', ')}` : '';
  return {
    match,
    label: `$(symbol-color) ${vscode.l10n.t('layer {0} · cell {1}', layer, cell)}`,
    description: `${how} · ${score}${named}`,
    detail: vscode.l10n.t(
      '{0} on average {1} in the selection, {2} around it',
      quantityLabel(quantity),
      quantityText(quantity, inside),
      quantityText(quantity, around),
    ),
  };
}

function activeSelection(): SelectedSpan | null {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty) return null;
  return { document: editor.document, range: editor.selection };
}

function isSpan(argument: unknown): argument is SelectedSpan {
  const { range } = (argument ?? {}) as Partial<SelectedSpan>;
  return range instanceof vscode.Range && !range.isEmpty;
}
