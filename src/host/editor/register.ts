/** The editor's part of the extension: hover, colouring, generation, choice of the cell. */
import * as vscode from 'vscode';
import type { CellAddress } from '../../protocol/inspector-service.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import type { Inspection } from '../contracts.ts';
import { parseCell, rememberedCell } from '../inspection/cell-choice.ts';
import { EditorColouring } from './colouring.ts';
import { findCellsForSelection } from './find-cells.ts';
import { generateFromCursor } from './generate.ts';
import { HoverInspector } from './hover.ts';
import { quantityLabel } from './labels.ts';
import { EditorReach } from './reach.ts';

export function registerEditor(
  context: vscode.ExtensionContext,
  inspection: Inspection,
  cells: CellsStore,
): vscode.Disposable {
  const colouring = new EditorColouring(context, inspection);
  const status = vscode.window.createStatusBarItem('cellscope.cell', vscode.StatusBarAlignment.Right, 90);
  status.name = vscode.l10n.t('Cellscope Cell');
  status.command = 'cellscope.selectCell';
  const showStatus = (): void => {
    const { layer, cell, quantity } = inspection.cell;
    status.text = `$(symbol-color) ${vscode.l10n.t('cell {0}·{1} {2}', layer, cell, quantityLabel(quantity))}`;
    status.tooltip = vscode.l10n.t(
      'The editor is coloured by cell {0} of layer {1}. Select to choose another.',
      cell,
      layer,
    );
    if (colouring.isOn && inspection.model) status.show();
    else status.hide();
    void vscode.commands.executeCommand('setContext', 'cellscope.editorColoured', colouring.isOn);
  };
  showStatus();
  return vscode.Disposable.from(
    colouring,
    new EditorReach(inspection),
    status,
    colouring.onDidToggle(showStatus),
    inspection.onDidChangeCell(showStatus),
    inspection.onDidChangeModel(showStatus),
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
