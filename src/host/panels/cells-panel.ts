/** The cells panel; a run may be asked for, or the page of one of its cells. */
import * as vscode from 'vscode';
import { cellOf } from '../trees/cell-rows.ts';
import { entryOf } from '../trees/runs-tree.ts';
import { type CellsPanelDependencies, CellsSession, type EvidencePlace } from './cells-session.ts';
import { SinglePanel } from './single-panel.ts';

interface Wish {
  run: string | null;
  place: EvidencePlace | null;
  /** The run that it is to be compared with. */
  other: string | null;
}

export function registerCellsPanel(context: vscode.ExtensionContext, deps: CellsPanelDependencies): vscode.Disposable {
  return new SinglePanel<CellsSession, Wish>(context, deps, {
    viewType: 'cellscope.cells',
    name: 'cells',
    title: vscode.l10n.t('Cellscope Cells'),
    styles: ['cards.css'],
    command: 'cellscope.openCells',
    wishOf: (argument) => {
      const comparison = comparisonOf(argument);
      if (comparison) return { ...comparison, place: null };
      const place = placeOf(argument);
      return { run: place?.run ?? entryOf(argument)?.id ?? null, place, other: null };
    },
    begin: (wish, send) => new CellsSession(deps, wish ?? { run: null, place: null, other: null }, send),
    change: (session, { run, place, other }) => session.show(run, place, other),
  });
}

/** A row of the Cellscope view, or `{ run, layer, cell, concept? }`. */
function placeOf(argument: unknown): EvidencePlace | null {
  const row = cellOf(argument);
  if (row) {
    const { layer, cell } = row.standing.candidate;
    return { run: row.entry.id, layer, cell, concept: row.standing.concept.concept };
  }
  const { run, layer, cell, concept } = (argument ?? {}) as Record<string, unknown>;
  return typeof run === 'string' && isIndex(layer) && isIndex(cell)
    ? { run, layer, cell, concept: typeof concept === 'string' ? concept : null }
    : null;
}

/** `{ run, other }`: two runs beside each other. */
function comparisonOf(argument: unknown): { run: string; other: string } | null {
  const { run, other } = (argument ?? {}) as Record<string, unknown>;
  return typeof run === 'string' && typeof other === 'string' ? { run, other } : null;
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}
