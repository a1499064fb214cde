/** The editor's part of the extension: hover, colouring, generation, choice of the cell. */
import * as vscode from 'vscode';
import type { CellAddress } from '../../protocol/inspector-service.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import type { Inspection } from '../contracts.ts';
import { parseCell, rememberedCell } from '../inspection/cell-choice.ts';
import { CellStatus } from './cell-status.ts';
import { EditorColouring } from './colouring.ts';
import { findCellsForSelection } from './find-cells.ts';
import { generateFromCursor } from './generate.ts';
import { HoverInspector } from './hover.ts';
import { EditorReach } from './reach.ts';

export function registerEditor(
  context: vscode.ExtensionContext,
  inspection: Inspection,
  cells: CellsStore,
): vscode.Disposable {
  const colouring = new EditorColouring(context, inspection);
  return vscode.Disposable.from(
    colouring,
    new EditorReach(inspection),
    new CellStatus(inspection, colouring),
    vscode.languages.registerHoverProvider({ scheme: '*' }, new HoverInspector(inspection, cells)),
    vscode.commands.registerCommand('cellscope.colourEditor', () => colouring.toggle()),
    vscode.commands.registerCommand('cellscope.generateFromCursor', () => generateFromCursor(inspection)),
    vscode.commands.registerCommand('cellscope.findCellsForSelection', (argument?: unknown) =>
      findCellsForSelection({ inspection, cells, isEditorColoured: () => colouring.isOn }, argument),
    ),
    vscode.commands.registerCommand('cellscope.selectCell', (argument?: unknown) => selectCell(inspection, argument)),
  );
}

/** From a link (`{ layer, cell }`, the quantity stays where none is named) or, without an argument, asked for. */
async function selectCell(inspection: Inspection, argument: unknown): Promise<void> {
  const given = rememberedCell({ quantity: inspection.cell.quantity, ...(argument as object | undefined) });
  const cell = argument === undefined ? await askCell(inspection) : given;
  if (cell) inspection.selectCell(cell);
}

async function askCell(inspection: Inspection): Promise<CellAddress | null> {
  const { model, cell } = inspection;
  if (!model) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No model is open. Train on the workspace, or open a run first.'),
    );
    return null;
  }
  const { spec } = model;
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Choose Cell'),
    prompt: vscode.l10n.t(
      'A cell, or a layer and a cell; a quantity if you like: {0}',
      `${cell.layer} ${cell.cell} ${cell.quantity}`,
    ),
    value: `${cell.layer} ${cell.cell}`,
    validateInput: (text) => {
      const parsed = parseCell(text, spec, cell);
      return typeof parsed === 'string' ? parsed : null;
    },
  });
  if (answer === undefined) return null;
  const parsed = parseCell(answer, spec, cell);
  return typeof parsed === 'string' ? null : parsed;
}
