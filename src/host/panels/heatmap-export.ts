/** Asks where to, reads the values page by page, writes the file. */
import * as vscode from 'vscode';
import type { ExportColours } from '../../protocol/heatmap.ts';
import type { Page } from '../../protocol/inspector-service.ts';
import type { Inspection } from '../contracts.ts';
import { csvHeader, csvLine } from './export-csv.ts';
import { htmlFoot, htmlHead, htmlLine } from './export-html.ts';

interface LineRange {
  startLine: number;
  endLine: number;
}

const pageLines = 400;

export async function exportHtmlFile(
  inspection: Inspection,
  document: vscode.TextDocument,
  { range, colours }: { range: LineRange | null; colours: ExportColours },
): Promise<void> {
  const name = fileName(document);
  await exportFile(inspection, document, range, {
    title: 'Export Heatmap as HTML',
    extension: 'html',
    filter: 'Web page',
    head: htmlHead({ title: name, description: describe(inspection, document), colours, tabSize: 4 }),
    line: htmlLine,
    foot: htmlFoot(),
  });
}

export async function exportCsvFile(
  inspection: Inspection,
  document: vscode.TextDocument,
  { range }: { range: LineRange | null },
): Promise<void> {
  await exportFile(inspection, document, range, {
    title: 'Export Activations as CSV',
    extension: 'csv',
    filter: 'Comma-separated values',
    head: csvHeader,
    line: csvLine,
    foot: '',
  });
}

interface Format {
  title: string;
  extension: string;
  filter: string;
  head: string;
  line(number: number, text: string, values: Float32Array, scale: number): string;
  foot: string;
}

async function exportFile(
  inspection: Inspection,
  document: vscode.TextDocument,
  range: LineRange | null,
  format: Format,
): Promise<void> {
  const { layer, cell, quantity } = inspection.cell;
  const base = `${fileName(document).replace(/\.[^.]*$/, '')}-${layer}-${cell}-${quantity}.${format.extension}`;
  const target = await vscode.window.showSaveDialog({
    title: format.title,
    defaultUri: defaultFolder(document, base),
    filters: { [format.filter]: [format.extension] },
  });
  if (!target) return;
  const parts = [format.head];
  const version = document.version;
  const done = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: format.title, cancellable: true },
    async (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      const first = Math.min(range?.startLine ?? 0, document.lineCount);
      const end = Math.min(range?.endLine ?? document.lineCount, document.lineCount);
      for (let startLine = first; startLine < end; startLine += pageLines) {
        const asked = { cells: [{ layer, cell, quantity }], startLine, endLine: Math.min(end, startLine + pageLines) };
        const [page] = await inspection.page(document, asked, controller.signal);
        if (token.isCancellationRequested) return false;
        if (!page || document.version !== version)
          throw new Error('The text changed while it was being exported. Export it again when it rests');
        parts.push(linesOf(page, document, format));
        progress.report({ increment: (100 * pageLines) / Math.max(1, end - first) });
      }
      return true;
    },
  );
  if (!done) return;
  parts.push(format.foot);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(parts.join('')));
  const open = 'Open';
  const chosen = await vscode.window.showInformationMessage(
    `Written: ${vscode.workspace.asRelativePath(target)}`,
    open,
  );
  if (chosen === open) await vscode.env.openExternal(target);
}

function linesOf(page: Page, document: vscode.TextDocument, format: Format): string {
  let text = '';
  for (let line = page.startLine; line < page.endLine; line++) {
    const i = line - page.startLine;
    const values = page.values.subarray(page.lineStarts[i], page.lineStarts[i + 1]);
    text += format.line(line + 1, document.lineAt(line).text, values, page.scale);
  }
  return text;
}

function describe(inspection: Inspection, document: vscode.TextDocument): string {
  const { layer, cell, quantity } = inspection.cell;
  const { model } = inspection;
  const side = inspection.sideOf(document);
  const words = { train: 'trained on', validation: 'held out (validation)', test: 'held out' };
  const checkpoint = model?.generation === null || !model ? '' : `, checkpoint ${model.generation}`;
  return `${model?.name ?? ''}${checkpoint} · layer ${layer}, cell ${cell}, ${quantity} · ${
    side ? words[side.side] : 'not part of the run'
  }`;
}

function fileName(document: vscode.TextDocument): string {
  return document.uri.path.split('/').at(-1) || 'text';
}

function defaultFolder(document: vscode.TextDocument, name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (document.uri.scheme === 'file') return vscode.Uri.joinPath(document.uri, '..', name);
  return folder ? vscode.Uri.joinPath(folder.uri, name) : vscode.Uri.file(`/${name}`);
}
