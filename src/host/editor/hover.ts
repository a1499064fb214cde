/** The hover inspector: what the open model does at one character of any text editor. */
import * as vscode from 'vscode';
import { CodedError } from '../../worker/channel.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import type { Inspection } from '../contracts.ts';
import { documentSide } from './cell-status.ts';
import { hoverCommands, hoverMarkdown } from './hover-text.ts';
import { escapeMarkdown } from './labels.ts';
import { palettes, type TracePalette } from './trace.ts';

/** Texts that are no documents of anybody's: logs, consoles, settings' input boxes. */
const otherSchemes = new Set(['output', 'debug', 'comment', 'vscode', 'vscode-interactive-input']);

export class HoverInspector implements vscode.HoverProvider {
  private readonly inspection: Inspection;
  private readonly cells: Pick<CellsStore, 'namesIn'>;
  private seen = false;

  constructor(inspection: Inspection, cells: Pick<CellsStore, 'namesIn'>) {
    this.inspection = inspection;
    this.cells = cells;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    if (!this.inspection.model || otherSchemes.has(document.uri.scheme)) return undefined;
    if (!vscode.workspace.getConfiguration('cellscope').get('hover.enabled', true)) return undefined;
    const controller = new AbortController();
    const subscription = token.onCancellationRequested(() => controller.abort());
    try {
      const names = this.cells.namesIn(this.inspection.model);
      const watched = names.map(({ candidate: { layer, cell, quantity } }) => ({ layer, cell, quantity }));
      const offset = document.offsetAt(position);
      const report = await this.inspection.inspect(document, offset, controller.signal, watched);
      if (report.version !== document.version) return undefined;
      const side = documentSide(this.inspection, document);
      const text = new vscode.MarkdownString(
        hoverMarkdown(report, this.inspection.cell, currentPalette(), names, side),
      );
      text.isTrusted = { enabledCommands: hoverCommands };
      this.tellSeen();
      const width = report.character === '\n' ? 0 : report.character.length;
      return new vscode.Hover(text, new vscode.Range(report.line, report.column, report.line, report.column + width));
    } catch (error) {
      return failure(error);
    } finally {
      subscription.dispose();
    }
  }

  /** The walkthrough's step is done. */
  private tellSeen(): void {
    if (this.seen) return;
    this.seen = true;
    void vscode.commands.executeCommand('setContext', 'cellscope.inspected', true);
  }
}

function failure(error: unknown): vscode.Hover | undefined {
  const code = error instanceof CodedError ? error.code : '';
  if (code === 'cancelled' || code === 'empty-document' || code === 'no-model') return undefined;
  const reason = error instanceof Error ? error.message : String(error);
  return new vscode.Hover(new vscode.MarkdownString(`Cellscope: ${escapeMarkdown(reason)}`));
}

function currentPalette(): TracePalette {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return palettes.light;
    case vscode.ColorThemeKind.HighContrast:
      return palettes.highContrast;
    case vscode.ColorThemeKind.HighContrastLight:
      return palettes.highContrastLight;
    default:
      return palettes.dark;
  }
}
