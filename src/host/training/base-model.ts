/** The base model that is shipped with the extension, where trainings may start from it. */
import * as vscode from 'vscode';

const name = 'lstm-1x128';

/** Its name and file; null where the setting says that trainings start from random weights. Whether it fits is found out with the text. */
export async function readBase(extension: vscode.Uri): Promise<{ name: string; bytes: Uint8Array } | null> {
  if (vscode.workspace.getConfiguration('cellscope.training').get('start', 'warm') !== 'warm') return null;
  const file = vscode.Uri.joinPath(extension, 'media/base', `${name}.safetensors`);
  return { name, bytes: await vscode.workspace.fs.readFile(file) };
}
