/** One panel of a kind in a window: opened by its command, shown again where it is open, restored after a reload. */
import * as vscode from 'vscode';
import type { Message, receive } from '../../protocol/webview.ts';
import {
  createPanel,
  type FrameDependencies,
  openFrame,
  type PanelKind,
  type PanelPlace,
  wishedPlace,
} from './panel-frame.ts';

/** The host's side of an open panel. */
interface PanelSession extends vscode.Disposable {
  readonly handlers: Parameters<typeof receive>[1];
  /** Its page is no longer on the screen. */
  hidden?(): void;
}

/** `Wish`: what its command may ask a panel to show. */
export interface SinglePanelKind<Session extends PanelSession, Wish> extends PanelKind {
  command: string;
  /** The command resolves when the page stands, not when it was asked for. */
  awaited?: boolean;
  wishOf(argument: unknown): Wish;
  /** @param wish null after a reload of the window */
  begin(wish: Wish | null, send: (message: Message<string, unknown>) => void): Session;
  /** Takes a panel that is open to what is asked for now. */
  change(session: Session, wish: Wish): void;
}

export class SinglePanel<Session extends PanelSession, Wish> implements vscode.Disposable {
  private readonly kind: SinglePanelKind<Session, Wish>;
  private readonly context: vscode.ExtensionContext;
  private readonly deps: FrameDependencies;
  private readonly registrations: vscode.Disposable;
  private current: { panel: vscode.WebviewPanel; session: Session; ready: Promise<void> } | null = null;

  constructor(context: vscode.ExtensionContext, deps: FrameDependencies, kind: SinglePanelKind<Session, Wish>) {
    this.kind = kind;
    this.context = context;
    this.deps = deps;
    this.registrations = vscode.Disposable.from(
      vscode.commands.registerCommand(kind.command, async (argument?: unknown) => {
        this.open(kind.wishOf(argument), wishedPlace(argument));
        if (kind.awaited) await this.current?.ready;
      }),
      vscode.window.registerWebviewPanelSerializer(kind.viewType, {
        deserializeWebviewPanel: async (panel: vscode.WebviewPanel) => this.adopt(panel, null),
      }),
    );
  }

  /** The host's side of the open panel, null where none is. */
  get session(): Session | null {
    return this.current?.session ?? null;
  }

  dispose(): void {
    this.registrations.dispose();
    this.current?.panel.dispose();
  }

  /** Opens the panel, or takes the open one to what is wished for. */
  open(wish: Wish, place: PanelPlace): void {
    if (!this.current) {
      this.adopt(createPanel(this.kind, this.context, place), wish);
      return;
    }
    this.kind.change(this.current.session, wish);
    this.current.panel.reveal(place.viewColumn, place.preserveFocus);
  }

  private adopt(panel: vscode.WebviewPanel, wish: Wish | null): void {
    this.current?.panel.dispose();
    const session = this.kind.begin(wish, (message) => void panel.webview.postMessage(message));
    const frame = openFrame(this.kind, panel, this.context, session.handlers, this.deps);
    this.current = { panel, session, ready: frame.ready };
    panel.onDidChangeViewState(() => {
      if (!panel.visible) session.hidden?.();
    });
    panel.onDidDispose(() => {
      frame.dispose();
      session.dispose();
      if (this.current?.panel === panel) this.current = null;
    });
  }
}
