/** Asks where to, reads the values page by page, writes the file. */
import * as vscode from 'vscode';
import { quantitiesOf } from '../../core/model/spec.ts';
import type { ExportColours, LaidOver } from '../../protocol/heatmap.ts';
import type { CellAddress, Page } from '../../protocol/inspector-service.ts';
import type { Inspection } from '../contracts.ts';
import { sideWords } from '../inspection/split-sides.ts';
import { csvHeader, csvLine } from './export-csv.ts';
import { htmlFoot, htmlHead, htmlLine, type OverlayLine } from './export-html.ts';

interface LineRange {
  startLine: number;
  endLine: number;
}

const pageLines = 400;

export async function exportHtmlFile(
  inspection: Inspection,
  document: vscode.TextDocument,
  asked: { range: LineRange | null; overlays: readonly LaidOver[]; colours: ExportColours },
): Promise<void> {
  const name = fileName(document);
  const overlays = known(inspection, asked.overlays);
  const { colours } = asked;
  const named = overlays.map(({ place, ...cell }) => ({ place, name: nameOf(cell) }));
  await exportFile(inspection, document, asked.range, overlays, {
    title: vscode.l10n.t('Export Heatmap as HTML'),
    extension: 'html',
    filter: vscode.l10n.t('Web page'),
    head: htmlHead({
      title: name,
      description: describe(inspection, document),
      colours,
      tabSize: 4,
      language: vscode.l10n.bundle ? vscode.env.language : 'en',
      overlays: named,
    }),
    line: htmlLine,
    foot: htmlFoot(),
  });
}

export async function exportCsvFile(
  inspection: Inspection,
  document: vscode.TextDocument,
  asked: { range: LineRange | null; overlays: readonly LaidOver[] },
): Promise<void> {
  const overlays = known(inspection, asked.overlays);
  await exportFile(inspection, document, asked.range, overlays, {
    title: vscode.l10n.t('Export Activations as CSV'),
    extension: 'csv',
    filter: vscode.l10n.t('Comma-separated values'),
    head: csvHeader(overlays),
    line: (number, text, values, _scale, laidOver) =>
      csvLine(
        number,
        text,
        values,
        laidOver.map((overlay) => overlay.values),
      ),
    foot: '',
  });
}

interface Format {
  title: string;
  extension: string;
  filter: string;
  head: string;
  line(number: number, text: string, values: Float32Array, scale: number, overlays: readonly OverlayLine[]): string;
  foot: string;
}

async function exportFile(
  inspection: Inspection,
  document: vscode.TextDocument,
  range: LineRange | null,
  overlays: readonly LaidOver[],
  format: Format,
): Promise<void> {
  const cells = [inspection.cell, ...overlays].map(({ layer, cell, quantity }) => ({ layer, cell, quantity }));
  const names = cells.map(({ layer, cell, quantity }) => `${layer}-${cell}-${quantity}`).join('-with-');
  const base = `${fileName(document).replace(/\.[^.]*$/, '')}-${names}.${format.extension}`;
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
        const asked = { cells, startLine, endLine: Math.min(end, startLine + pageLines) };
        const pages = await inspection.page(document, asked, controller.signal);
        if (token.isCancellationRequested) return false;
        if (pages.length !== cells.length || document.version !== version)
          throw new Error(vscode.l10n.t('The text changed while it was being exported. Export it again when it rests'));
        parts.push(linesOf(pages, overlays, document, format));
        progress.report({ increment: (100 * pageLines) / Math.max(1, end - first) });
      }
      return true;
    },
  );
  if (!done) return;
  parts.push(format.foot);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(parts.join('')));
  const open = vscode.l10n.t('Open');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Written: {0}', vscode.workspace.asRelativePath(target)),
    open,
  );
  if (chosen === open) await vscode.env.openExternal(target);
}

function linesOf(
  [first, ...others]: readonly Page[],
  overlays: readonly LaidOver[],
  document: vscode.TextDocument,
  format: Format,
): string {
  if (!first) return '';
  let text = '';
  for (let line = first.startLine; line < first.endLine; line++) {
    const i = line - first.startLine;
    const part = ({ values, lineStarts }: Page) => values.subarray(lineStarts[i], lineStarts[i + 1]);
    const laidOver = others.map((page, k) => ({ place: overlays[k]!.place, values: part(page), scale: page.scale }));
    text += format.line(line + 1, document.lineAt(line).text, part(first), first.scale, laidOver);
  }
  return text;
}

/** What the open model has of the cells that were on the screen. */
function known(inspection: Inspection, overlays: readonly LaidOver[]): LaidOver[] {
  return overlays.filter(({ layer, cell, quantity }) => {
    const found = inspection.model?.spec.layers[layer];
    return found && cell < found.hiddenSize && quantitiesOf[found.cell].includes(quantity);
  });
}

function nameOf({ layer, cell, quantity }: CellAddress): string {
  return vscode.l10n.t('layer {0}, cell {1}, {2}', layer, cell, quantity);
}

function describe(inspection: Inspection, document: vscode.TextDocument): string {
  const { model } = inspection;
  const name = model?.name ?? '';
  const shown =
    model && model.generation !== null ? vscode.l10n.t('{0}, checkpoint {1}', name, model.generation) : name;
  return `${shown} · ${nameOf(inspection.cell)} · ${sideWords(inspection.sideOf(document))}`;
}

function fileName(document: vscode.TextDocument): string {
  return document.uri.path.split('/').at(-1) || 'text';
}

function defaultFolder(document: vscode.TextDocument, name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (document.uri.scheme === 'file') return vscode.Uri.joinPath(document.uri, '..', name);
  return folder ? vscode.Uri.joinPath(folder.uri, name) : vscode.Uri.file(`/${name}`);
}
