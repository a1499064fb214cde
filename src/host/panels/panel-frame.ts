/** What every panel shares: its page, its icon, messages that are validated before anybody acts on them. */
import * as vscode from 'vscode';
import { receive } from '../../protocol/webview.ts';
import type { HostPlatform } from '../platform.ts';
import { canBeInline, createNonce, type WebviewPage, webviewHtml } from './webview-html.ts';

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

export interface FrameDependencies {
  log: vscode.LogOutputChannel;
  platform: Pick<HostPlatform, 'ownFiles'>;
}

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
  { log, platform }: FrameDependencies,
): Frame {
  const { webview } = panel;
  const resource = (file: string): string => webview.asWebviewUri(fileOf(context, file)).toString();
  const { promise: ready, resolve: stands } = Promise.withResolvers<void>();
  const patience = setTimeout(stands, PATIENCE);
  const subscription = webview.onDidReceiveMessage((message: unknown) => {
    stands();
    if (!receive(message, handlers)) log.warn(`The ${kind.name} panel sent a message that is not understood.`);
  });
  webview.options = panelOptions(context);
  panel.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'icon.png');
  let disposed = false;
  const script = `${kind.name}.js`;
  const styles = ['base.css', 'chart.css', ...(kind.styles ?? []), `${kind.name}-panel.css`];
  void textsOf(context, platform, [script, ...styles]).then((texts) => {
    if (disposed) return;
    webview.html = webviewHtml({
      name: kind.name,
      title: kind.title,
      source: webview.cspSource,
      script: resource(script),
      styles: styles.map(resource),
      inline: texts && { script: texts[0]!, styles: texts.slice(1) },
      nonce: createNonce(),
      styleNonce: createNonce(),
      language: vscode.env.language,
      words: vscode.l10n.bundle,
    });
  });
  return {
    ready,
    dispose: () => {
      disposed = true;
      clearTimeout(patience);
      stands();
      subscription.dispose();
    },
  };
}

function fileOf(context: vscode.ExtensionContext, name: string): vscode.Uri {
  return vscode.Uri.joinPath(context.extensionUri, 'dist', 'webview', name);
}

/**
 * What a page consists of: a webview that has it within itself stands sooner than one that fetches each file through the window.
 * Null where a file cannot be read or cannot stand in a page; then the page fetches them.
 */
async function textsOf(
  context: vscode.ExtensionContext,
  { ownFiles }: Pick<HostPlatform, 'ownFiles'>,
  names: readonly string[],
): Promise<string[] | null> {
  try {
    const files = await Promise.all(names.map((name) => ownFiles.readFile(fileOf(context, name))));
    const texts = files.map((bytes) => new TextDecoder().decode(bytes));
    return texts.every(canBeInline) ? texts : null;
  } catch {
    return null;
  }
}

/** The argument `{ preserveFocus?, viewColumn? }` of the commands that open panels. */
export function wishedPlace(argument: unknown): PanelPlace {
  const { preserveFocus, viewColumn } = (argument ?? {}) as Record<string, unknown>;
  return {
    preserveFocus: preserveFocus === true,
    viewColumn: typeof viewColumn === 'number' ? viewColumn : undefined,
  };
}
