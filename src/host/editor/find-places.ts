/** Where else a cell is on: the selection's own text and the workspace's files, searched by the inspector, shown as references. */
import * as vscode from 'vscode';
import type { Match } from '../../core/cells/matching.ts';
import { describeLeftOut } from '../../core/corpus/left-out.ts';
import { whole } from '../../core/words.ts';
import type { Place } from '../../protocol/selection-service.ts';
import type { Inspection } from '../contracts.ts';
import { readCorpus } from '../workspace/reading.ts';
import type { SelectedSpan } from './find-cells.ts';
import { quantityLabel } from './labels.ts';

/** Bytes of files that are searched; of larger workspaces a seeded sample of files. */
const mostBytes = 1_000_000;
/** Places that are listed, the strongest. */
const mostPlaces = 200;

interface Found {
  location: vscode.Location;
  strength: number;
}

interface Search {
  places: Found[];
  total: number;
  /** Files with a place. */
  matching: number;
  files: number;
  chars: number;
  cancelled: boolean;
  /** What of the workspace was not searched, in words; null where all was. */
  left: string | null;
}

/** True where another cell is wanted. */
export async function showPlaces(
  inspection: Inspection,
  span: SelectedSpan,
  match: Match,
  shortest: number,
): Promise<boolean> {
  const name = vscode.l10n.t(
    'Cell {0} · {1} ({2}, {3})',
    match.layer,
    match.cell,
    quantityLabel(match.quantity),
    match.sign > 0 ? vscode.l10n.t('high') : vscode.l10n.t('low'),
  );
  const search = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Searching where {0} is on', name),
      cancellable: true,
    },
    (progress, token) =>
      searchFiles(inspection, span, match, shortest, token, (message) => progress.report({ message })),
  );
  const searched = describeSearch(search);
  const another = vscode.l10n.t('Choose Another Cell');
  if (search.places.length === 0) {
    const message = `${vscode.l10n.t('{0} is on nowhere else for {1} characters.', name, shortest)} ${searched}`;
    return (await vscode.window.showInformationMessage(message, another)) === another;
  }
  const locations = search.places.sort((a, b) => b.strength - a.strength).map(({ location }) => location);
  await peek(span, locations);
  const found =
    search.total > locations.length
      ? vscode.l10n.t(
          '{0} is on for {1} characters and more in {2} other places of {3} files; the {4} strongest are listed.',
          name,
          shortest,
          search.total,
          search.matching,
          locations.length,
        )
      : vscode.l10n.t(
          '{0} is on for {1} characters and more in {2} other places of {3} files.',
          name,
          shortest,
          search.total,
          search.matching,
        );
  return (await vscode.window.showInformationMessage(`${found} ${searched}`, another)) === another;
}

async function searchFiles(
  inspection: Inspection,
  span: SelectedSpan,
  { layer, cell, quantity, sign, threshold }: Match,
  shortest: number,
  token: vscode.CancellationToken,
  report: (message: string) => void,
): Promise<Search> {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort());
  const { signal } = controller;
  const search: Search = { places: [], total: 0, matching: 0, files: 0, chars: 0, cancelled: false, left: null };
  const request = { cell: { layer, cell, quantity }, sign, threshold, shortest, count: mostPlaces };
  const read = async (uri: vscode.Uri, text: string): Promise<void> => {
    const found = await insisting(signal, () => inspection.placesOfCell({ ...request, text }, { signal }));
    const own = uri.toString() === span.document.uri.toString();
    const others = found.places
      .map(({ strength, ...place }) => ({ location: new vscode.Location(uri, rangeOf(place)), strength }))
      .filter(({ location }) => !own || !location.range.intersection(span.range));
    search.files++;
    search.chars += found.chars;
    search.total += found.total - (found.places.length - others.length);
    if (others.length > 0) search.matching++;
    search.places = [...search.places, ...others].sort((a, b) => b.strength - a.strength).slice(0, mostPlaces);
    report(vscode.l10n.t('{0} files, {1} places', search.files, search.total));
  };
  try {
    await read(span.document.uri, span.document.getText());
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
    const { report: walked } = await readCorpus(folders, {
      seed: 1,
      signal,
      maxTotalBytes: mostBytes,
      onFiles: async (files) => {
        for (const { path, text } of files) {
          const uri = uriOf(path);
          if (!uri || uri.toString() === span.document.uri.toString()) continue;
          // What stands in an editor counts, not what was saved.
          const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
          await read(uri, open?.getText() ?? text);
        }
      },
    });
    const sampled = walked.leftOut.filter(({ reason }) => reason === 'over-total');
    if (walked.sampled) search.left = sampled.map(describeLeftOut).join('; ');
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'cancelled') throw error;
    search.cancelled = true;
  }
  return search;
}

/** A checkpoint that takes the open model's place ends what is asked of the one before: it is asked again. */
export async function insisting<T>(signal: AbortSignal, question: () => Promise<T>, attempts = 5): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await question();
    } catch (error) {
      const isCancelled = (error as { code?: unknown }).code === 'cancelled';
      if (!isCancelled || signal.aborted || attempt >= attempts) throw error;
    }
  }
}

/** Which files were searched, and which not. */
function describeSearch({ files, chars, cancelled, left }: Search): string {
  if (cancelled)
    return vscode.l10n.t('Searched: {0} files, {1} characters, until it was cancelled.', files, whole(chars));
  return left === null
    ? vscode.l10n.t('Searched: {0} files, {1} characters, by the same rules as training.', files, whole(chars))
    : vscode.l10n.t(
        'Searched: {0} files, {1} characters, by the same rules as training and up to {2} MB: {3}.',
        files,
        whole(chars),
        mostBytes / 1e6,
        left,
      );
}

/** VS Code's references view over the text; a scratch text has no editor, so that the strongest place stands in for it. */
async function peek({ document, range }: SelectedSpan, locations: vscode.Location[]): Promise<void> {
  const hasEditor = document.uri.scheme !== 'cellscope-scratch';
  const origin = hasEditor ? new vscode.Location(document.uri, range.start) : locations[0]!;
  const visible = vscode.window.visibleTextEditors.find(
    (editor) => editor.document.uri.toString() === origin.uri.toString(),
  );
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(origin.uri), {
    viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
    ...(hasEditor ? { selection: range } : {}),
  });
  await vscode.commands.executeCommand('editor.action.showReferences', origin.uri, origin.range.start, locations);
}

function rangeOf({ start, end }: Pick<Place, 'start' | 'end'>): vscode.Range {
  return new vscode.Range(start.line, start.column, end.line, end.column);
}

/** A path as the corpus names it: relative to its workspace folder, whose name stands in front where there are several. */
function uriOf(path: string): vscode.Uri | null {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [first, ...rest] = path.split('/');
  const folder = folders.length > 1 ? folders.find(({ name }) => name === first) : folders[0];
  if (!folder) return null;
  return vscode.Uri.joinPath(folder.uri, ...(folders.length > 1 ? rest : [first!, ...rest]));
}
