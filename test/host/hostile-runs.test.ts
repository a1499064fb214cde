/** Runs and model files that came from elsewhere with words that are meant to be acted on: they are shown as words. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunEntry } from '../../src/host/contracts.ts';
import { RunsTree } from '../../src/host/trees/runs-tree.ts';
import { activate, train } from './cellscope.ts';

const hostile = `\u001b[31m\u202e[x](command:workbench.action.quit) $(trash)\n<img src=x onerror=alert(1)>${'A'.repeat(10_000_000)}`;
/** Escapes, direction overrides, lines, a link with a command, an icon. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const acting = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\]\(command:|\$\(/;

function assertInert(what: string, text: string, longest: number): void {
  assert.ok(text.length > 0, `${what} is empty`);
  assert.doesNotMatch(text, acting, what);
  assert.ok(text.length <= longest, `${what}: ${text.length} characters`);
}

describe('hostile runs and models', () => {
  let run: RunEntry;
  const folders: string[] = [];
  before(async () => {
    run = await train({ budget: { kind: 'chars', amount: 3000 } });
  });
  after(async () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    await (await activate()).store.refresh();
  });

  /** A copy of the run with another run.json. */
  async function copy(id: string, change: (manifest: Record<string, unknown>) => unknown): Promise<string> {
    const { store } = await activate();
    const folder = store.folderOf(id).fsPath;
    folders.push(folder);
    cpSync(run.folder.fsPath, folder, { recursive: true });
    const file = path.join(folder, 'run.json');
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
    await store.refresh();
    return folder;
  }

  /** Messages that a command shows; questions are answered with `answer`. */
  async function messages(command: string, argument: unknown, answer?: string): Promise<string[]> {
    const shown: string[] = [];
    const kinds = ['showErrorMessage', 'showWarningMessage', 'showInformationMessage'] as const;
    const originals = kinds.map((kind) => [kind, vscode.window[kind]] as const);
    for (const kind of kinds)
      Object.assign(vscode.window, {
        [kind]: async (text: string) => {
          shown.push(text);
          return answer;
        },
      });
    try {
      await vscode.commands.executeCommand(command, argument);
    } finally {
      for (const [kind, original] of originals) Object.assign(vscode.window, { [kind]: original });
    }
    return shown;
  }

  it('a run with hostile words is a row, a tooltip and a question like any other', async () => {
    const { store, training, cells } = await activate();
    await copy('hostile-words', (manifest) => ({
      ...manifest,
      name: hostile,
      message: hostile,
      engine: { name: hostile, threads: 1 },
      id: '../../..',
    }));
    const entry = store.find('hostile-words')!;
    const tree = new RunsTree(store, training, cells);
    try {
      const row = tree.getChildren().find((node) => node.kind === 'run' && node.entry.id === entry.id)!;
      const item = await tree.getTreeItem(row);
      assertInert('label', String(item.label), 210);
      assertInert('description', String(item.description), 300);
      assertInert('accessible label', item.accessibilityInformation!.label, 400);
      const tooltip = item.tooltip as vscode.MarkdownString;
      assert.equal(tooltip.isTrusted ?? false, false);
      assert.equal(tooltip.supportThemeIcons ?? false, false);
      assert.equal(tooltip.supportHtml ?? false, false);
      assert.doesNotMatch(tooltip.value, /\]\(command:/); // HTML in it stays text: supportHtml is off
      assert.ok(tooltip.value.length < 5000);
    } finally {
      tree.dispose();
    }
    const [question] = await messages('cellscope.deleteRun', entry);
    assertInert('question', question!, 400);
    assert.ok(existsSync(entry.folder.fsPath));
  });

  it('a run.json with __proto__ keys, or of absurd size, harms nobody', async () => {
    const { store } = await activate();
    const folder = await copy('hostile-proto', (manifest) => manifest);
    const file = path.join(folder, 'run.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{"__proto__":{"polluted":1},'));
    await store.refresh();
    assert.ok(store.find('hostile-proto'));
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    truncateSync(file, 3_000_000_000);
    await store.refresh();
    assert.equal(store.find('hostile-proto'), undefined);
    const { reason } = store.unreadable.find((each) => each.folder.fsPath === folder)!;
    assert.match(reason, /larger than any that a training writes: 2\.8 GB/);
  });

  it('a command with a run that is none deletes and opens nothing outside of the runs', async () => {
    const { store } = await activate();
    const canary = path.join(path.dirname(store.root.fsPath), 'canary');
    mkdirSync(canary, { recursive: true });
    folders.push(canary);
    const forged = { ...run, id: '../canary', folder: vscode.Uri.file(canary) };
    const shown = await messages('cellscope.deleteRun', forged, 'Delete');
    assert.match(shown.at(-1)!, /is not the name of a run/);
    assert.ok(existsSync(canary));
  });

  it('a model file with a hostile name is refused in words', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'cellscope-hostile-'));
    folders.push(folder);
    const file = path.join(folder, '\u001b[31m[x](command:quit)$(trash)\u202e.safetensors');
    writeFileSync(file, 'no model');
    const [message] = await messages('cellscope.openModel', vscode.Uri.file(file));
    assertInert('message', message!, 700);
    assert.match(message!, /cannot be opened/);
  });
});
