/** *Find Cells, Gates Too*: which quantities of a run's cells are scored beside the default ones, then the search. */
import * as vscode from 'vscode';
import { furtherQuantities, scoredQuantities } from '../../core/cells/columns.ts';
import type { Quantity } from '../../core/model/spec.ts';
import { askedQuantities, configuredQuantities, keepQuantities } from '../cells/settings.ts';
import type { RunEntry } from '../contracts.ts';
import { quantityLabel } from '../editor/labels.ts';
import type { RunStore } from '../runs/run-store.ts';
import { entryOf } from '../trees/runs-tree.ts';
import { guarded, pickRun } from './train.ts';

interface Dependencies {
  store: RunStore;
  log: vscode.LogOutputChannel;
}

export function registerQuantitiesCommand(deps: Dependencies): vscode.Disposable {
  return vscode.commands.registerCommand('cellscope.findCellsInGates', (argument?: unknown) =>
    guarded(deps, async () => {
      const hasGates = ({ manifest }: RunEntry): boolean =>
        manifest.current !== null && furtherQuantities(manifest.spec).length > 0;
      const title = vscode.l10n.t('Find the cells and gates of which run?');
      const entry = entryOf(argument) ?? (await pickRun(deps.store, title, hasGates));
      if (!entry) return null;
      if (furtherQuantities(entry.manifest.spec).length === 0) {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('The cells of "{0}" have no gates: h is all there is to score.', entry.manifest.name),
        );
        return null;
      }
      const chosen = await choose(entry);
      if (!chosen) return null;
      await keepQuantities(withChosen(askedQuantities(), furtherQuantities(entry.manifest.spec), chosen));
      return vscode.commands.executeCommand('cellscope.findCells', entry);
    }),
  );
}

/** What the settings ask of other kinds of cells stays. */
export function withChosen(
  asked: readonly Quantity[],
  offered: readonly Quantity[],
  chosen: readonly Quantity[],
): Quantity[] {
  return [...asked.filter((quantity) => !offered.includes(quantity)), ...chosen];
}

async function choose({ manifest: { spec } }: RunEntry): Promise<Quantity[] | null> {
  const asked = configuredQuantities(spec);
  const standard = [...new Set(spec.layers.flatMap(({ cell }) => scoredQuantities[cell]))];
  const items = furtherQuantities(spec).map((quantity) => ({
    label: quantityLabel(quantity),
    description: descriptionOf(quantity),
    picked: asked.includes(quantity),
    quantity,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: vscode.l10n.t('Find Cells: What Is Scored Beside {0}', standard.map(quantityLabel).join(', ')),
    placeHolder: vscode.l10n.t('Each makes the search longer by about half of what it takes without'),
  });
  return picked?.map(({ quantity }) => quantity) ?? null;
}

function descriptionOf(quantity: Quantity): string {
  const descriptions: Partial<Record<Quantity, string>> = {
    c: vscode.l10n.t('what the cell holds, before tanh'),
    i: vscode.l10n.t('input gate: how much of the new value is written'),
    f: vscode.l10n.t('forget gate: how much of the old value is kept'),
    g: vscode.l10n.t('the new value itself'),
    o: vscode.l10n.t('output gate: how much of it is shown'),
    z: vscode.l10n.t('update gate: how much of the old value is kept'),
    r: vscode.l10n.t('reset gate: how much of the past the new value sees'),
    n: vscode.l10n.t('the new value itself'),
  };
  return descriptions[quantity] ?? '';
}
