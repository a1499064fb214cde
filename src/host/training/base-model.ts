/** The base models that are shipped with the extension, where trainings may start from them. */
import * as vscode from 'vscode';
import { baseModelName } from '../../core/training/base-models.ts';
import type { TrainingOptions } from '../../core/training/options.ts';

/**
 * Name and file of the one for a training of these options; null where the setting says that trainings start from random weights. Whether
 * it fits is found out with the text.
 */
export async function readBase(
  extension: vscode.Uri,
  options: TrainingOptions,
): Promise<{ name: string; bytes: Uint8Array } | null> {
  if (vscode.workspace.getConfiguration('cellscope.training').get('start', 'warm') !== 'warm') return null;
  const name = baseModelName(options);
  const file = vscode.Uri.joinPath(extension, 'media/base', `${name}.safetensors`);
  return { name, bytes: await vscode.workspace.fs.readFile(file) };
}
