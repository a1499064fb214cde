/** The status bar's item while the editor is coloured: by which cell, and whether the active text was trained on or held out. */
import * as vscode from 'vscode';
import type { Inspection } from '../contracts.ts';
import { sideWords } from '../inspection/split-sides.ts';
import type { EditorColouring } from './colouring.ts';
import { quantityLabel } from './labels.ts';

/** Whether the open run was trained on a document, in words; null where no run is open: a model file tells nothing of it. */
export function documentSide(
  inspection: Pick<Inspection, 'model' | 'sideOf'>,
  document: vscode.TextDocument,
): string | null {
  if (inspection.model?.generation == null) return null;
  return sideWords(inspection.sideOf(document));
}

/** Milliseconds without a key after which the text is looked at again. */
const typingRest = 400;

export class CellStatus implements vscode.Disposable {
  private readonly inspection: Inspection;
  private readonly colouring: Pick<EditorColouring, 'isOn' | 'onDidToggle'>;
  private readonly item = vscode.window.createStatusBarItem('cellscope.cell', vscode.StatusBarAlignment.Right, 90);
  private later: ReturnType<typeof setTimeout> | undefined;
  private readonly subscriptions: vscode.Disposable;

  constructor(inspection: Inspection, colouring: Pick<EditorColouring, 'isOn' | 'onDidToggle'>) {
    this.inspection = inspection;
    this.colouring = colouring;
    this.item.name = vscode.l10n.t('Cellscope Cell');
    this.item.command = 'cellscope.selectCell';
    const show = (): void => this.show();
    this.subscriptions = vscode.Disposable.from(
      this.item,
      colouring.onDidToggle(() => this.toggled()),
      inspection.onDidChangeCell(show),
      inspection.onDidChangeModel(show),
      inspection.onDidChangeDocument((document) => {
        if (document === vscode.window.activeTextEditor?.document) this.showLater();
      }),
      vscode.window.onDidChangeActiveTextEditor(show),
    );
    this.toggled();
  }

  dispose(): void {
    clearTimeout(this.later);
    this.subscriptions.dispose();
  }

  private toggled(): void {
    this.show();
    void vscode.commands.executeCommand('setContext', 'cellscope.editorColoured', this.colouring.isOn);
  }

  /** The side asks for the whole text, which no key should wait for. */
  private showLater(): void {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.show(), typingRest);
  }

  private show(): void {
    const { item, inspection } = this;
    if (!this.colouring.isOn || !inspection.model) {
      item.hide();
      return;
    }
    const { layer, cell, quantity } = inspection.cell;
    const document = vscode.window.activeTextEditor?.document;
    const side = document ? documentSide(inspection, document) : null;
    const name = vscode.l10n.t('cell {0}·{1} {2}', layer, cell, quantityLabel(quantity));
    item.text = `$(symbol-color) ${side === null ? name : `${name} · ${side}`}`;
    const told = vscode.l10n.t(
      'The editor is coloured by cell {0} of layer {1}. Select to choose another.',
      cell,
      layer,
    );
    item.tooltip = side === null ? told : `${told}\n${vscode.l10n.t('This text: {0}.', side)}`;
    item.show();
  }
}
