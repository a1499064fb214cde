/** The extension as its tests inside the extension host reach it, and a training that takes a second or two. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TrainingOptions } from '../../src/core/training/options.ts';
import type { TrainArguments } from '../../src/host/commands/train.ts';
import type { RunEntry } from '../../src/host/contracts.ts';
import type { CellscopeApi } from '../../src/host/extension.ts';

const extension = (): vscode.Extension<CellscopeApi> => vscode.extensions.getExtension('cellscope.cellscope')!;

export const activate = async (): Promise<CellscopeApi> => extension().activate();

/** The repository: tests compare with what its command line prints. */
export const repository = (): string => extension().extensionPath;

export const workspaceFile = (name: string): vscode.Uri =>
  vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);

export const small: Partial<TrainingOptions> = {
  architecture: 'lstm',
  layers: 1,
  hiddenSize: 16,
  sequence: 32,
  batch: 4,
  threads: 1,
  seed: 3,
  budget: { kind: 'chars', amount: 20_000 },
};

/**
 * For trainings whose weights are compared: each worker races the builds of the kernels anew, and another build rounds otherwise;
 * the reference engine is always the same. Some seconds of work.
 */
export const unraced: Partial<TrainingOptions> = {
  ...small,
  engine: 'reference',
  hiddenSize: 24,
  budget: { kind: 'chars', amount: 120_000 },
};

/** Trains through the command, as other extensions and these tests may. Gives the run, which has ended. */
export async function train(options: Partial<TrainingOptions> = {}): Promise<RunEntry> {
  const args: TrainArguments = { options: { ...small, ...options }, confirm: false };
  const id = await vscode.commands.executeCommand<string | null>('cellscope.trainOnWorkspace', args);
  assert.ok(id, 'the command gives the id of the run');
  const { store } = await activate();
  await store.refresh();
  const run = store.find(id);
  assert.ok(run, 'the run is listed');
  return run;
}

/** Waits until `probe` is true. */
export async function until(what: string, probe: () => boolean | Promise<boolean>, timeout = 30_000): Promise<void> {
  for (const end = Date.now() + timeout; !(await probe()); ) {
    if (Date.now() > end) throw new Error(`Not seen within ${timeout / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Bytes of the weights of a run's current generation. */
export function weights(run: RunEntry): Buffer {
  const generation = run.manifest.current;
  assert.notEqual(generation, null);
  return readFileSync(path.join(run.folder.fsPath, 'checkpoints', String(generation), 'model.safetensors'));
}

/** Closes every editor without saving. */
export const closeEditors = async (): Promise<void> => {
  while (vscode.window.activeTextEditor) {
    if (vscode.window.activeTextEditor.document.isDirty)
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    else await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  }
};
