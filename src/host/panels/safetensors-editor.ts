/** Safetensors files in an editor of their own, for reading. */
import * as vscode from 'vscode';
import { openFrame, type PanelKind } from './panel-frame.ts';
import { type SafetensorsDependencies, SafetensorsSession } from './safetensors-session.ts';

export function registerSafetensorsEditor(
  context: vscode.ExtensionContext,
  deps: SafetensorsDependencies,
): vscode.Disposable {
  const kind: PanelKind = {
    viewType: 'cellscope.safetensors',
    name: 'safetensors',
    title: vscode.l10n.t('Cellscope Tensors'),
  };
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => {} }),
    resolveCustomEditor: ({ uri }, panel) => {
      const session = new SafetensorsSession(uri, deps, (message) => void panel.webview.postMessage(message));
      const frame = openFrame(kind, panel, context, session.handlers, deps);
      panel.onDidDispose(() => {
        frame.dispose();
        session.dispose();
      });
    },
  };
  return vscode.Disposable.from(
    vscode.window.registerCustomEditorProvider(kind.viewType, provider, {
      supportsMultipleEditorsPerDocument: true,
      webviewOptions: { enableFindWidget: true },
    }),
    vscode.commands.registerCommand('cellscope.showTensors', async (file?: unknown) => {
      const uri = file instanceof vscode.Uri ? file : await askFile();
      if (uri) await vscode.commands.executeCommand('vscode.openWith', uri, kind.viewType);
    }),
  );
}

async function askFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Show Tensors of a Model File'),
    openLabel: vscode.l10n.t('Show Tensors'),
    filters: { [vscode.l10n.t('Safetensors files')]: ['safetensors'] },
  });
  return chosen?.[0];
}
