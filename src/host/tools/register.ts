/** Tools for assistants (`contributes.languageModelTools`): they read runs, and files of the workspace, and change nothing. */
import * as vscode from 'vscode';
import type { CellsStore } from '../cells/cells-store.ts';
import type { Inspection, Runs } from '../contracts.ts';
import { BackgroundWorker } from '../inspection/background-worker.ts';
import type { HostPlatform } from '../platform.ts';
import { activations } from './activations.ts';
import { cellsForConcept } from './cells-for-concept.ts';
import { gradientReport } from './gradient-report.ts';
import { listRuns } from './list-runs.ts';
import { registerTool } from './tool.ts';

export interface ToolDependencies {
  runs: Runs;
  inspection: Inspection;
  cells: CellsStore;
  platform: HostPlatform;
  log: vscode.LogOutputChannel;
}

export function registerTools({ runs, inspection, cells, platform, log }: ToolDependencies): vscode.Disposable {
  const worker = new BackgroundWorker(platform, log, 'the tools for assistants');
  return vscode.Disposable.from(
    worker,
    registerTool(listRuns(runs, inspection, cells), log),
    registerTool(cellsForConcept(runs, inspection, cells), log),
    registerTool(activations(runs, inspection, worker), log),
    registerTool(gradientReport(runs, inspection, worker), log),
  );
}
