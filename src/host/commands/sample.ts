/** Explore the Sample Run, and Getting Started: what there is to see before anything was trained. */
import * as vscode from 'vscode';
import { bestCandidates, namedCells } from '../../core/cells/standing.ts';
import type { RunCells } from '../cells/run-cells.ts';
import type { RunEntry } from '../contracts.ts';
import type { InspectionSession } from '../inspection/inspection-session.ts';
import type { Heatmap } from '../panels/heatmap-panel.ts';
import type { HeatmapWish } from '../panels/heatmap-session.ts';
import { type SampleDependencies, SampleRun } from '../sample/sample-run.ts';
import { SampleTexts, sampleUri } from '../sample/sample-texts.ts';
import { runReference } from './runs.ts';
import { guarded } from './train.ts';

interface Dependencies extends SampleDependencies {
  inspection: InspectionSession;
  cells: RunCells;
  heatmap: Heatmap;
  log: vscode.LogOutputChannel;
}

export function registerSampleCommands(context: vscode.ExtensionContext, deps: Dependencies): vscode.Disposable {
  const sample = new SampleRun(deps);
  return vscode.Disposable.from(
    new SampleTexts(sample.archive, deps.platform.ownFiles),
    vscode.commands.registerCommand('cellscope.openSample', () => guarded(deps, () => openSample(deps, sample))),
    vscode.commands.registerCommand('cellscope.gettingStarted', () =>
      vscode.commands.executeCommand(
        'workbench.action.openWalkthrough',
        `${context.extension.id}#cellscope.gettingStarted`,
        false,
      ),
    ),
  );
}

/** Shows a text of the sample coloured by its surest cell. Gives the run's id. */
async function openSample(deps: Dependencies, sample: SampleRun): Promise<string> {
  // All at once: the page loads, the inspector starts, the text opens, and the run is unpacked meanwhile.
  deps.inspection.prepare();
  const document = openText(sample);
  const model = showModel(deps, sample);
  const page = showPage(deps, { document, model });
  const [entry, text] = await Promise.all([model, document, page]);
  // An editor takes the window's time: it comes when the colours are there.
  await vscode.window.showTextDocument(text, {
    viewColumn: vscode.ViewColumn.One,
    preview: false,
    preserveFocus: true,
  });
  // What is looked at has the keyboard.
  await vscode.commands.executeCommand('cellscope.openHeatmap');
  return entry.id;
}

async function showModel(deps: Dependencies, sample: SampleRun): Promise<RunEntry> {
  const entry = await sample.ready();
  // Before the model opens: it begins with the cell that was found in it.
  await deps.cells.whenRead();
  await deps.inspection.selectModel(runReference(entry));
  showSurestCell(deps, entry);
  return entry;
}

/** The heatmap on the right, before there is a text on the left. Resolves when it is coloured. */
async function showPage({ heatmap }: Dependencies, wish: HeatmapWish): Promise<void> {
  const [only, second] = vscode.window.tabGroups.all;
  const coloured = heatmap.open(wish, { viewColumn: vscode.ViewColumn.Two, preserveFocus: true });
  // A panel goes into the only group where that is empty, and a text would cover it.
  if (!second && only?.tabs.length === 0) await vscode.commands.executeCommand('workbench.action.newGroupLeft');
  await coloured;
}

async function openText(sample: SampleRun): Promise<vscode.TextDocument> {
  const { open } = await sample.note();
  return vscode.workspace.openTextDocument(sampleUri(open));
}

/** Without a word in the person's own choice, which other models are opened with. */
function showSurestCell({ cells, inspection }: Dependencies, { id }: RunEntry): void {
  const report = cells.reportOf(id)?.report;
  const [surest] = report ? [...namedCells(report), ...bestCandidates(report)] : [];
  if (surest) inspection.showCell(surest.candidate);
}
