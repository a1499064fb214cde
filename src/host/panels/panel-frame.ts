/** What every panel shares: its page, its icon, messages that are validated before anybody acts on them. */
import * as vscode from 'vscode';
import { receive } from '../../protocol/webview.ts';
import { createNonce, type WebviewPage, webviewHtml } from './webview-html.ts';

export interface PanelKind {
  viewType: string;
  name: WebviewPage['name'];
  title: string;
  /** Style sheets besides those that every panel has. */
  styles?: readonly string[];
}

const resourceFolders = ['dist', 'media'];

/** Where a panel opens or is shown again. */
export interface PanelPlace {
  /** True where the panel opens by itself: a person who types in an editor goes on typing there. */
  preserveFocus: boolean;
  /** Without one: where it is, or beside the editor whose text it shows, or in a window without editors in the middle. */
  viewColumn: vscode.ViewColumn | undefined;
}

export function createPanel(
  kind: PanelKind,
  context: vscode.ExtensionContext,
  { preserveFocus, viewColumn }: PanelPlace,
): vscode.WebviewPanel {
  const beside = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
  return vscode.window.createWebviewPanel(
    kind.viewType,
    kind.title,
    { viewColumn: viewColumn ?? beside, preserveFocus },
    panelOptions(context),
  );
}

function panelOptions(context: vscode.ExtensionContext): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableCommandUris: false,
    localResourceRoots: resourceFolders.map((folder) => vscode.Uri.joinPath(context.extensionUri, folder)),
  };
}

/** A page that says nothing for so long counts as there, milliseconds. */
const PATIENCE = 5000;

export interface Frame extends vscode.Disposable {
  /** Resolves when the page has said something: then it stands. */
  readonly ready: Promise<void>;
}

/** Fills a new or restored panel with its page and passes on what it says. */
export function openFrame(
  kind: PanelKind,
  panel: vscode.WebviewPanel,
  context: vscode.ExtensionContext,
  handlers: Parameters<typeof receive>[1],
  log: vscode.LogOutputChannel,
): Frame {
  const { webview } = panel;
  const resource = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(context.extensionUri, 'dist', 'webview', file)).toString();
  const { promise: ready, resolve: stands } = Promise.withResolvers<void>();
  const patience = setTimeout(stands, PATIENCE);
  const subscription = webview.onDidReceiveMessage((message: unknown) => {
    stands();
    if (!receive(message, handlers)) log.warn(`The ${kind.name} panel sent a message that is not understood.`);
  });
  webview.options = panelOptions(context);
  panel.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'icon.png');
  webview.html = webviewHtml({
    name: kind.name,
    title: kind.title,
    source: webview.cspSource,
    script: resource(`${kind.name}.js`),
    styles: ['base.css', 'chart.css', ...(kind.styles ?? []), `${kind.name}-panel.css`].map(resource),
    nonce: createNonce(),
    styleNonce: createNonce(),
    language: vscode.env.language,
    words: vscode.l10n.bundle,
  });
  return {
    ready,
    dispose: () => {
      clearTimeout(patience);
      stands();
      subscription.dispose();
    },
  };
}

/** The argument `{ preserveFocus?, viewColumn? }` of the commands that open panels. */
export function wishedPlace(argument: unknown): PanelPlace {
  const { preserveFocus, viewColumn } = (argument ?? {}) as Record<string, unknown>;
  return {
    preserveFocus: preserveFocus === true,
    viewColumn: typeof viewColumn === 'number' ? viewColumn : undefined,
  };
}
