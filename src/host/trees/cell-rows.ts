/** What lies under a run in the Cellscope view: its named cells by concept, best candidates, and what there is to do. */
import * as vscode from 'vscode';
import { overallFraction } from '../../core/cells/progress.ts';
import type { CellsReport, GradedReport } from '../../core/cells/report.ts';
import { bestCandidates, namedCells, type Standing } from '../../core/cells/standing.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import { conceptName } from '../cells/concept-name.ts';
import {
  cellText,
  evidenceRows,
  gradedLine,
  lackWords,
  outdatedWords,
  shortEvidenceLine,
  spokenEvidence,
  stageText,
} from '../cells/words.ts';
import type { RunEntry } from '../contracts.ts';
import { quantityLabel } from '../editor/labels.ts';

export type CellRow =
  | { kind: 'cell'; entry: RunEntry; standing: Standing }
  | { kind: 'graded'; entry: RunEntry; graded: GradedReport }
  | { kind: 'group'; entry: RunEntry; group: 'candidates' | 'graded'; rows: CellRow[] }
  | { kind: 'note'; entry: RunEntry; note: Note };

interface Note {
  id: string;
  label: string;
  description?: string;
  icon: vscode.ThemeIcon;
  /** Whether selecting it looks for cells. */
  finds: boolean;
}

/** The cell behind a row of the view or an argument of a command. */
export function cellOf(argument: unknown): { entry: RunEntry; standing: Standing } | null {
  const row = argument as Partial<CellRow> | null | undefined;
  return row?.kind === 'cell' ? (row as { entry: RunEntry; standing: Standing }) : null;
}

export function cellRows(cells: CellsStore, entry: RunEntry): CellRow[] {
  if (entry.manifest.current === null) return [];
  const file = cells.reportOf(entry.id);
  const measuring = cells.measuring(entry.id);
  const failure = cells.failureOf(entry.id);
  const note = (shown: Note): CellRow => ({ kind: 'note', entry, note: shown });
  const rows: CellRow[] = [];
  if (measuring) {
    const fraction = overallFraction(measuring.stage, measuring.fraction, true);
    rows.push(
      note({
        id: 'measuring',
        label: vscode.l10n.t('Finding cells… {0} %', Math.floor(100 * fraction)),
        description: stageText(measuring.stage),
        icon: new vscode.ThemeIcon('loading~spin'),
        finds: true,
      }),
    );
  } else if (failure !== null)
    rows.push(
      note({
        id: 'failed',
        label: vscode.l10n.t('No cells found: try again…'),
        description: failure,
        icon: new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.yellow')),
        finds: true,
      }),
    );
  const outdated = cells.outdated(entry);
  const words = file && outdated && !measuring ? outdatedWords(outdated, file.generation) : null;
  if (words !== null)
    rows.push(
      note({
        id: 'outdated',
        label: vscode.l10n.t('Find cells again…'),
        description: words,
        icon: new vscode.ThemeIcon('history'),
        finds: true,
      }),
    );
  const report = measuring?.report ?? file?.report;
  if (report) rows.push(...reportRows(entry, report));
  else if (rows.length === 0)
    rows.push(
      note({
        id: 'find',
        label: vscode.l10n.t('Find cells…'),
        description: vscode.l10n.t('which cells stand for concepts'),
        icon: new vscode.ThemeIcon('search'),
        finds: true,
      }),
    );
  return rows;
}

function reportRows(entry: RunEntry, report: CellsReport): CellRow[] {
  const row = (standing: Standing): CellRow => ({ kind: 'cell', entry, standing });
  const named = namedCells(report).map(row);
  const candidates = bestCandidates(report).map(row);
  const graded = report.graded
    .filter(({ best }) => best.length > 0)
    .sort((a, b) => Math.abs(b.best[0]!.pearson) - Math.abs(a.best[0]!.pearson))
    .map((one): CellRow => ({ kind: 'graded', entry, graded: one }));
  const rows = [...named];
  if (named.length === 0 && report.complete)
    rows.push({
      kind: 'note',
      entry,
      note: {
        id: 'none',
        label: vscode.l10n.t('No cell has earned a name'),
        description: vscode.l10n.t('more training or more text may help'),
        icon: new vscode.ThemeIcon('circle-slash'),
        finds: false,
      },
    });
  if (candidates.length > 0) rows.push({ kind: 'group', entry, group: 'candidates', rows: candidates });
  if (graded.length > 0) rows.push({ kind: 'group', entry, group: 'graded', rows: graded });
  return rows;
}

export function cellItem(row: CellRow): vscode.TreeItem {
  const item = itemOf(row);
  item.id = `${row.entry.id}/${idOf(row)}`;
  return item;
}

function idOf(row: CellRow): string {
  if (row.kind === 'note') return `note/${row.note.id}`;
  if (row.kind === 'group') return row.group;
  if (row.kind === 'graded') return `graded/${row.graded.concept}`;
  const { concept, candidate } = row.standing;
  return `${candidate.named ? 'named' : 'candidate'}/${concept.concept}/${cellText(candidate)}`;
}

function itemOf(row: CellRow): vscode.TreeItem {
  if (row.kind === 'cell') return standingItem(row);
  if (row.kind === 'graded') return gradedItem(row);
  if (row.kind === 'group') return groupItem(row);
  const { label, description, icon, finds } = row.note;
  const item = new vscode.TreeItem(label);
  if (description !== undefined) {
    item.description = description;
    item.tooltip = description;
  }
  item.iconPath = icon;
  item.contextValue = `cells.${row.note.id}`;
  item.accessibilityInformation = { label: description === undefined ? label : `${label}: ${description}` };
  if (finds)
    item.command = { command: 'cellscope.findCells', title: vscode.l10n.t('Find Cells'), arguments: [row.entry] };
  return item;
}

function standingItem(row: CellRow & { kind: 'cell' }): vscode.TreeItem {
  const { concept, candidate } = row.standing;
  const called = conceptName(concept);
  const item = new vscode.TreeItem(called);
  const lacks = lackWords(row.standing);
  item.description = candidate.named
    ? shortEvidenceLine(row.standing)
    : `${shortEvidenceLine(row.standing)} · ${vscode.l10n.t('lacks {0}', lacks.join('; '))}`;
  item.iconPath = candidate.named
    ? new vscode.ThemeIcon('verified-filled', new vscode.ThemeColor('charts.green'))
    : new vscode.ThemeIcon('circle-outline');
  item.contextValue = candidate.named ? 'cell.named' : 'cell.candidate';
  const text = new vscode.MarkdownString();
  text.appendText(`${candidate.named ? called : vscode.l10n.t('{0}: best candidate, without a name', called)}\n`);
  for (const [name, value] of evidenceRows(row.standing)) text.appendText(`\n${name}: ${value}\n`);
  if (lacks.length > 0) text.appendText(`\n${vscode.l10n.t('Lacks: {0}', lacks.join('; '))}\n`);
  item.tooltip = text;
  item.accessibilityInformation = { label: spokenEvidence(row.standing) };
  item.command = { command: 'cellscope.openCell', title: vscode.l10n.t('Show Cell in Heatmap'), arguments: [row] };
  return item;
}

function gradedItem(row: CellRow & { kind: 'graded' }): vscode.TreeItem {
  const { chars, best } = row.graded;
  const first = best[0]!;
  const called = conceptName(row.graded);
  const item = new vscode.TreeItem(called);
  item.description = `${cellText(first)}  ${gradedLine(row.graded)}`;
  item.iconPath = new vscode.ThemeIcon('graph-line');
  item.contextValue = 'cell.graded';
  item.tooltip = vscode.l10n.t(
    'Layer {0}, cell {1}, {2} moves with this concept most: {3}, over {4} characters of test files. Graded concepts have no names.',
    first.layer,
    first.cell,
    quantityLabel(first.quantity),
    gradedLine(row.graded),
    chars,
  );
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0}: layer {1}, cell {2}, {3}', called, first.layer, first.cell, gradedLine(row.graded)),
  };
  item.command = { command: 'cellscope.openCell', title: vscode.l10n.t('Show Cell in Heatmap'), arguments: [row] };
  return item;
}

function groupItem({ group, rows }: CellRow & { kind: 'group' }): vscode.TreeItem {
  const label = group === 'candidates' ? vscode.l10n.t('Best candidates') : vscode.l10n.t('Graded concepts');
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.description = String(rows.length);
  item.tooltip =
    group === 'candidates'
      ? vscode.l10n.t('For each concept without a named cell, the cell that comes nearest, with what it lacks.')
      : vscode.l10n.t('Depths, distances and positions: the cell that moves with each most.');
  item.contextValue = `cells.${group}`;
  item.accessibilityInformation = { label: `${label}, ${rows.length}` };
  return item;
}
