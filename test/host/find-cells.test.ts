/** Find Cells for Selection: what it asks, shows and says; the numbers behind it against the pages of values. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Match } from '../../src/core/cells/matching.ts';
import { activate, closeEditors, train, until, workspaceFile } from './cellscope.ts';

interface Pick {
  title: string;
  placeholder: string;
  items: (vscode.QuickPickItem & { match: Match })[];
  move(index: number): void;
  accept(): void;
  hide(): void;
}

const begun = { layer: 0, cell: 3, quantity: 'tanhc' } as const;

describe('Find Cells for Selection', () => {
  const window = { ...vscode.window };
  const commands = { ...vscode.commands };
  let said: string[] = [];
  let picks: Pick[] = [];
  let references: vscode.Location[] | null = null;

  before(async () => {
    const run = await train();
    await vscode.commands.executeCommand('cellscope.openRun', run);
  });
  beforeEach(async () => {
    said = [];
    picks = [];
    references = null;
    (await activate()).inspection.selectCell(begun);
    const show = async (text: string): Promise<undefined> => {
      said.push(text);
      return undefined;
    };
    Object.assign(vscode.window, {
      showInformationMessage: show,
      showErrorMessage: show,
      createQuickPick: () => fakePick(),
    });
    Object.assign(vscode.commands, {
      executeCommand: (command: string, ...rest: unknown[]) => {
        if (command === 'editor.action.showReferences') references = rest[2] as vscode.Location[];
        return commands.executeCommand(command, ...rest);
      },
    });
  });
  afterEach(() => {
    const { showInformationMessage, showErrorMessage, createQuickPick, withProgress } = window;
    Object.assign(vscode.window, { showInformationMessage, showErrorMessage, createQuickPick, withProgress });
    Object.assign(vscode.commands, { executeCommand: commands.executeCommand });
  });
  after(closeEditors);

  /** A quick pick without a screen. */
  function fakePick() {
    const active = new vscode.EventEmitter<readonly unknown[]>();
    const accepted = new vscode.EventEmitter<void>();
    const hidden = new vscode.EventEmitter<void>();
    const pick = {
      title: '',
      placeholder: '',
      items: [] as Pick['items'],
      activeItems: [] as Pick['items'],
      onDidChangeActive: active.event,
      onDidAccept: accepted.event,
      onDidHide: hidden.event,
      show: () => picks.push(pick),
      dispose: () => {},
      move: (index: number) => {
        pick.activeItems = [pick.items[index]!];
        active.fire(pick.activeItems);
      },
      accept: () => accepted.fire(),
      hide: () => hidden.fire(),
    };
    return pick;
  }

  async function select(name: string, range: vscode.Range): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(workspaceFile(name));
    const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    editor.selection = new vscode.Selection(range.start, range.end);
    return document;
  }

  const find = () => commands.executeCommand('cellscope.findCellsForSelection');
  const asked = () => until('the cells', () => picks.length > 0);
  const comment = new vscode.Range(0, 4, 0, 60);

  it('says what to do where nothing, too little or everything is selected', async () => {
    await select('src/queue.ts', new vscode.Range(1, 1, 1, 1));
    await find();
    assert.match(said.pop()!, /^Nothing is selected\. Select some text/);
    await select('src/queue.ts', new vscode.Range(1, 1, 1, 3));
    await find();
    assert.match(said.pop()!, /^Select at least 3 characters/);
    const document = await vscode.workspace.openTextDocument({ content: 'let whole = "text";' });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 0, 19);
    await find();
    assert.match(said.pop()!, /^The whole text is selected/);
    assert.equal(picks.length, 0);
    await closeEditors();
  });

  it('shows each cell as one moves through them, and the one from before where none is taken', async () => {
    const { inspection } = await activate();
    await select('src/queue.ts', comment);
    const done = find();
    await asked();
    const [pick] = picks;
    assert.match(pick!.title, /56 characters/);
    assert.match(pick!.placeholder, /^Selected: .*comment.*\. Move to see a cell/);
    const matches = pick!.items.map(({ match }) => match);
    assert.ok(matches.length > 1);
    for (const index of [0, 1]) {
      pick!.move(index);
      const { layer, cell, quantity } = matches[index]!;
      assert.deepEqual(inspection.cell, { layer, cell, quantity });
    }
    pick!.hide();
    await done;
    assert.deepEqual(inspection.cell, begun);
    assert.equal(references, null);
  });

  it('goes to the cell that is taken and lists the other places where it is on', async () => {
    const { inspection } = await activate();
    const document = await select('src/queue.ts', comment);
    const done = find();
    await asked();
    const { match } = picks[0]!.items[0]!;
    picks[0]!.move(0);
    picks[0]!.accept();
    await done;
    const { layer, cell, quantity, sign, threshold } = match;
    assert.deepEqual(inspection.cell, { layer, cell, quantity });
    assert.match(said.pop()!, /is on .*Searched: \d+ files, [\d,]+ characters/);
    // What is on at a place is so by the values of that document, all along it.
    const found = references as vscode.Location[] | null;
    assert.ok(found && found.length > 0, 'places');
    for (const { uri, range } of found.slice(0, 5)) {
      const text = await vscode.workspace.openTextDocument(uri);
      const own = uri.toString() === document.uri.toString() && range.intersection(comment);
      assert.ok(!own, 'not the selection itself');
      const lines = { startLine: range.start.line, endLine: range.end.line + 1 };
      const [page] = await inspection.page(text, { cells: [{ layer, cell, quantity }], ...lines });
      const before = [...text.getText(new vscode.Range(range.start.line, 0, range.start.line, range.start.character))];
      const inside = [...text.getText(range).replaceAll('\r\n', '\n')];
      assert.ok(inside.length >= 10, `${inside.length} characters`);
      const values = [...page!.values].slice(before.length, before.length + inside.length);
      assert.ok(
        values.every((value) => sign * (value - threshold) > 0),
        `${uri.path}: ${values} over ${threshold}`,
      );
    }
  });

  it('a search that is cancelled says how far it came', async () => {
    await select('src/queue.ts', comment);
    const done = find();
    await asked();
    Object.assign(vscode.window, {
      withProgress: (_: vscode.ProgressOptions, task: (...rest: unknown[]) => unknown) => {
        const source = new vscode.CancellationTokenSource();
        setTimeout(() => source.cancel(), 0);
        return task({ report: () => source.cancel() }, source.token);
      },
    });
    picks[0]!.move(0);
    picks[0]!.accept();
    await done;
    assert.match(said.pop()!, /Searched: [01] files, [\d,]+ characters, until it was cancelled/);
  });

  it('says that no model is open', async () => {
    const { inspection } = await activate();
    await inspection.selectModel(null);
    await select('src/queue.ts', comment);
    await find();
    assert.match(said.pop()!, /^No model is open/);
  });
});
