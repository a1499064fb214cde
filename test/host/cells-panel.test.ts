import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { readNotes, writeNote } from '../../src/host/cells/cell-notes.ts';
import { CellsSession } from '../../src/host/panels/cells-session.ts';
import { fromCells, type ShownBirth, type ShownPicture, type ShownScores, toCells } from '../../src/protocol/cells.ts';
import { type Message, type MessageKind, receive } from '../../src/protocol/webview.ts';
import { nodeStorage } from '../../src/worker/node-storage.ts';
import { startNodeWorker } from '../../src/worker/ports.node.ts';
import { savePlanted, writePlantedRun } from '../unit/core/cells/planted-run.ts';
import { activate, closeEditors, repository, until } from './cellscope.ts';

const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
const panels = (): vscode.Tab[] => tabs().filter((tab) => tab.label === 'Cellscope Cells');

describe('the cells panel in the extension host', () => {
  const run = 'planted-panel';
  const told: Message<string, unknown>[] = [];
  let session: CellsSession;
  let open: (longestPattern?: number) => Promise<CellsSession>;
  let folder: vscode.Uri;

  const last = <P>(kind: MessageKind<string, P>): P | undefined =>
    (told.findLast((message) => kind.is(message)) as Message<string, P> | undefined)?.payload;
  const say = (message: Message<string, unknown>): void => assert.ok(receive(message, session.handlers));

  before(async () => {
    const { store } = await activate();
    folder = store.folderOf(run);
    const written = await writePlantedRun(nodeStorage(folder.fsPath), { id: run, files: 4 });
    await savePlanted(written, 500, true);
    await savePlanted(written, 2000);
    await store.refresh();
    const startWorker = async (): Promise<ReturnType<typeof startNodeWorker>> =>
      startNodeWorker(path.join(repository(), 'dist/inspector-worker.cjs'));
    const platform = { kind: 'node' as const, ownFiles: vscode.workspace.fs, startWorker, hasEnded: () => false };
    const log = vscode.window.createOutputChannel('cells panel', { log: true });
    const wanted = { run, place: null };
    open = async (longestPattern) => {
      const { cells, inspection } = await activate();
      const send = (message: Message<string, unknown>): void => void told.push(structuredClone(message));
      return new CellsSession({ runs: store, cells, inspection, platform, log }, wanted, send, longestPattern);
    };
    session = await open();
  });
  after(async () => {
    session.dispose();
    await vscode.workspace.fs.delete(folder, { recursive: true });
    await (await activate()).store.refresh();
    await closeEditors();
  });

  it('one panel opens, however often it is asked for', async () => {
    await vscode.commands.executeCommand('cellscope.openCells', { run, layer: 0, cell: 0 });
    await until('the cells panel', () => panels().length === 1);
    await vscode.commands.executeCommand('cellscope.openCells');
    assert.equal(panels().length, 1);
    await vscode.window.tabGroups.close(panels()[0]!);
  });

  it('says which runs there are, and that nothing was found in this one', async () => {
    say(fromCells.ready({ restore: null }));
    await until('the report', () => last(toCells.notes) !== undefined);
    assert.equal(last(toCells.runs)!.selected, run);
    assert.deepEqual(last(toCells.report), { run, report: null, outdated: null, measuring: null, failure: null });
  });

  it('shows two runs beside each other where that was asked for, once', async () => {
    const { store } = await activate();
    const other = store.folderOf('planted-other');
    await writePlantedRun(nodeStorage(other.fsPath), { id: 'planted-other', files: 4 });
    await store.refresh();
    session.show(run, null, 'planted-other');
    const { selected, other: beside } = last(toCells.runs)!;
    assert.deepEqual([selected, beside], [run, 'planted-other']);
    assert.ok(told.some((message) => toCells.report.is(message) && message.payload.run === 'planted-other'));
    assert.deepEqual(last(toCells.comparison), { run });
    session.show(run, null);
    assert.equal(told.filter((message) => toCells.comparison.is(message)).length, 1);
    await vscode.workspace.fs.delete(other, { recursive: true });
    await store.refresh();
    assert.equal(last(toCells.runs)!.other, null);
  });

  it('says that a model file has no page, while one is open', async () => {
    const { inspection } = await activate();
    const file = path.join(repository(), 'media/base/lstm-1x128.safetensors');
    await inspection.selectModel({ key: 'file:base', kind: 'file', path: file });
    await until('the panel to be told', () => last(toCells.runs)!.openFile !== null);
    assert.equal(last(toCells.runs)!.openFile, inspection.model!.name);
    await inspection.selectModel(null);
    await until('it to be gone', () => last(toCells.runs)!.openFile === null);
  });

  it('answers for any cell, also where nothing was found yet', async () => {
    say(fromCells.cell({ run, layer: 0, cell: 0, quantity: 'tanhc', sign: 1, concept: 'double-quoted' }));
    await until('picture, scores and clamp', () => last(toCells.clamp) !== undefined, 30_000);
    const picture = last<ShownPicture>(toCells.picture)!;
    assert.ok(picture.openings > 20 && picture.snippets.top.length === 6);
    const scores = last<ShownScores>(toCells.scores)!;
    assert.equal(scores.generation, 3);
    assert.ok(scores.concepts.find(({ id }) => id === 'double-quoted')!.candidate.ap > 0.99);
    const quote = last(toCells.clamp)!.classes.find(({ name }) => name === 'quote')!;
    assert.ok(quote.rise! > 0.2);
    // Asked again it is known, and comes at once.
    const before = told.length;
    say(fromCells.cell({ run, layer: 0, cell: 0, quantity: 'tanhc', sign: 1, concept: 'double-quoted' }));
    assert.ok(told.slice(before).some((message) => toCells.scores.is(message)));
  });

  it('finds cells, and follows one over the checkpoints', async () => {
    say(fromCells.find({ run }));
    await until('the cells', () => last(toCells.report)?.report?.complete === true, 60_000);
    const quoted = last(toCells.report)!.report!.concepts.find(({ id }) => id === 'double-quoted')!;
    assert.ok(quoted.best[0]!.named);
    say(fromCells.birth({ run, concepts: ['double-quoted'] }));
    await until('its birth', () => last<ShownBirth>(toCells.birth)?.chars != null, 60_000);
    const { points, concepts } = last<ShownBirth>(toCells.birth)!;
    assert.deepEqual(concepts[0]!.followed, { layer: 0, cell: quoted.best[0]!.cell });
    assert.deepEqual(
      points.map(({ trainedChars, concepts: [one] }) => [trainedChars, one!.ap > 0.9]),
      [
        [500, false],
        [1000, true],
        [2000, true],
      ],
    );
  });

  it('ends what is cancelled, and says nothing went wrong', async () => {
    say(fromCells.baseline({ run, order: 20 }));
    say(fromCells.cancel({ run, job: 'baseline' }));
    await until('the end', () => last(toCells.ended)?.job === 'baseline');
    assert.equal(last(toCells.ended)!.message, null);
    assert.equal(last(toCells.baseline), undefined);
  });

  it('keeps notes with the run, and never writes over a file that it cannot read', async () => {
    // In this order no earlier state looks like the last one.
    say(fromCells.note({ run, layer: 0, cell: 4, text: 'noise' }));
    say(fromCells.note({ run, layer: 0, cell: 3, text: 'counts brackets?' }));
    say(fromCells.note({ run, layer: 0, cell: 4, text: ' ' }));
    await until('the notes', () => JSON.stringify(last(toCells.notes)?.notes) === '{"0:3":"counts brackets?"}');
    assert.deepEqual(await readNotes(folder), { '0:3': 'counts brackets?' });
    const file = path.join(folder.fsPath, 'notes.json');
    writeFileSync(file, '{ torn');
    await assert.rejects(writeNote(folder, { layer: 0, cell: 1 }, 'lost?'), { code: 'bad-notes' });
    assert.equal(readFileSync(file, 'utf8'), '{ torn');
  });

  it('stops a pattern of the run’s own that never ends, for every question that waits for it, and answers the next', async () => {
    const { cells, store } = await activate();
    const file = path.join(folder.fsPath, 'cells.json');
    const before = readFileSync(file, 'utf8');
    const concepts = async (userConcepts: object[]): Promise<void> => {
      writeFileSync(file, JSON.stringify({ ...JSON.parse(before), userConcepts }));
      await store.refresh();
      await until('the concepts', () => cells.reportOf(run)?.userConcepts.length === userConcepts.length);
    };
    const ask = fromCells.cell({ run, layer: 0, cell: 0, quantity: 'tanhc', sign: 1, concept: null });
    session.dispose();
    session = await open(1000);
    say(fromCells.ready({ restore: null }));
    await concepts([{ name: 'endless', pattern: '([a-p();= ]+)+X' }]);
    told.length = 0;
    say(ask);
    const ended = (): { job: string; message: string | null }[] =>
      told.flatMap((message) => (toCells.ended.is(message) ? message.payload : []));
    await until('the end of all three', () => ended().length === 3);
    assert.deepEqual(
      ended().map(({ job, message }) => [job, /“endless” takes too long: .* 1 seconds/.test(message ?? '')]),
      [
        ['picture', true],
        ['scores', true],
        ['clamp', true],
      ],
    );
    await concepts([]);
    say(ask);
    await until('its picture', () => last(toCells.picture) !== undefined);
  });
});
