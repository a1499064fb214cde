/** Find Cells That Stand for Concepts, by hand and after a training, and what is done with a cell that was found. */
import * as vscode from 'vscode';
import { overallFraction } from '../../core/cells/progress.ts';
import { bestCandidates, namedCells, type Standing } from '../../core/cells/standing.ts';
import type { CellsFile } from '../../core/formats/cells-file.ts';
import type { CellAddress } from '../../protocol/inspector-service.ts';
import { CodedError } from '../../worker/channel.ts';
import { conceptName } from '../cells/concept-name.ts';
import { measuredGeneration, type RunCells } from '../cells/run-cells.ts';
import { findAfterTraining, showConceptFault, watchUserConcepts } from '../cells/settings.ts';
import { baseText, cellText, stageText } from '../cells/words.ts';
import type { Inspection, RunEntry } from '../contracts.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { TrainingController } from '../training/controller.ts';
import type { CellRow } from '../trees/cell-rows.ts';
import { entryOf } from '../trees/runs-tree.ts';
import { registerQuantitiesCommand } from './cell-quantities.ts';
import { runReference } from './runs.ts';
import { guarded, pickRun } from './train.ts';

/** Any cell of a run, also one that no row of the view is about. */
export interface PlacedCell {
  kind: 'place';
  entry: RunEntry;
  cell: CellAddress;
}

interface Dependencies {
  cells: RunCells;
  store: RunStore;
  training: TrainingController;
  inspection: Inspection;
  log: vscode.LogOutputChannel;
  /** The row that is selected in the Cellscope view, for keys pressed there. */
  selected(): unknown;
}

export function registerCellCommands(deps: Dependencies): vscode.Disposable {
  const { cells, store, training } = deps;
  return vscode.Disposable.from(
    watchUserConcepts(),
    registerQuantitiesCommand(deps),
    vscode.commands.registerCommand('cellscope.findCells', (argument?: unknown) =>
      guarded(deps, async () => {
        const hasModel = ({ manifest }: RunEntry): boolean => manifest.current !== null;
        const entry =
          entryOf(argument) ?? (await pickRun(store, vscode.l10n.t('Find the cells of which run?'), hasModel));
        return entry && find(deps, entry);
      }),
    ),
    vscode.commands.registerCommand('cellscope.openCell', (argument?: unknown) =>
      guarded(deps, async () => {
        const row = (argument ?? deps.selected()) as CellRow | PlacedCell | undefined;
        const cell =
          row?.kind === 'cell'
            ? row.standing.candidate
            : row?.kind === 'graded'
              ? row.graded.best[0]
              : row?.kind === 'place'
                ? row.cell
                : undefined;
        if (row && cell) await openCell(deps, row.entry, cell);
      }),
    ),
    training.onDidEnd(({ state }) => {
      const run = training.activeRun;
      if (state !== 'finished' || run === null || !findAfterTraining()) return;
      void store.refresh().then(() => {
        const entry = store.find(run);
        if (entry) void cells.findQuietly(entry);
      });
    }),
  );
}

/** A notification with percent and Cancel; what stands so far is in the view. Gives what was found, null where cancelled. */
async function find(deps: Dependencies, entry: RunEntry): Promise<CellsFile | null> {
  const { cells } = deps;
  const { name } = entry.manifest;
  if (entry.manifest.current === null)
    throw new CodedError(
      'no-generation',
      vscode.l10n.t('"{0}" has no checkpoint yet. Find its cells when it has one.', name),
    );
  const file = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Finding cells of {0}', name),
      cancellable: true,
    },
    async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      let done = 0;
      try {
        return await cells.find(entry, {
          evidence: true,
          signal: stop.signal,
          onProgress: ({ stage, fraction, report }) => {
            const percent = 100 * overallFraction(stage, fraction, true);
            const found = report?.named ? ` · ${vscode.l10n.t('{0} named so far', report.named)}` : '';
            progress.report({
              increment: Math.max(0, percent - done),
              message: `${Math.floor(Math.max(done, percent))} % · ${stageText(stage)}${found}`,
            });
            done = Math.max(done, percent);
          },
        });
      } catch (error) {
        const { code, message } = error as { code?: unknown; message: string };
        if (code === 'cancelled') return null;
        if (code !== 'bad-concept' && code !== 'pattern-too-slow') throw error;
        void showConceptFault(message);
        return null;
      }
    },
  );
  if (file) void tell(deps, entry, file);
  return file;
}

async function tell(deps: Dependencies, entry: RunEntry, { report }: CellsFile): Promise<void> {
  const total = report.named + report.unnamed;
  const [first] = namedCells(report);
  const [candidate] = bestCandidates(report);
  const show = vscode.l10n.t('Show Cell');
  const offer = async (message: string, { candidate: cell }: Standing): Promise<void> => {
    const chosen = await vscode.window.showInformationMessage(message, show);
    if (chosen === show) await guarded(deps, () => openCell(deps, entry, cell));
  };
  const score = ({ concept, candidate: cell }: Standing): string =>
    vscode.l10n.t(
      '{0}: cell {1}, AP {2} (base {3})',
      conceptName(concept),
      cellText(cell),
      cell.ap.toFixed(2),
      baseText(concept.base),
    );
  if (first) await offer(vscode.l10n.t('{0} of {1} cells have a name. {2}.', report.named, total, score(first)), first);
  else if (candidate)
    await offer(vscode.l10n.t('No cell has earned a name. The nearest: {0}.', score(candidate)), candidate);
  else
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'None of the concepts occurs in the held-out files of "{0}". Train on a folder with more code.',
        entry.manifest.name,
      ),
    );
}

/** Opens the model in which the cell was found, unless one of this run is open, and goes to the cell. */
async function openCell({ cells, inspection }: Dependencies, entry: RunEntry, cell: CellAddress): Promise<void> {
  const generation = cells.reportOf(entry.id)?.generation ?? null;
  if (!inspection.model?.key.startsWith(`run:${entry.id}:`)) {
    const kept = entry.manifest.generations.some(({ number }) => number === generation);
    const exact = generation !== measuredGeneration(entry) && kept ? generation : null;
    await inspection.selectModel(runReference(entry, exact));
  }
  const { layer, cell: index, quantity } = cell;
  inspection.selectCell({ layer, cell: index, quantity });
  await vscode.commands.executeCommand('cellscope.openHeatmap');
}
