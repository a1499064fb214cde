import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { RunEntry } from '../../src/host/contracts.ts';
import { bytesText } from '../../src/host/runs/format.ts';
import { showTotal } from '../../src/host/trees/runs-total.ts';
import { activate, small, train, until } from './cellscope.ts';

/** Largest process number of a machine plus one: nobody's. */
const nobody = 2 ** 22 + 1;

describe('kept runs', () => {
  let run: RunEntry;
  before(async () => {
    run = await train({ budget: { kind: 'chars', amount: 3000 } });
  });

  /** Runs a command while every question is answered with `answer`; gives the questions. */
  async function answering(answer: string | undefined, command: string, entry: RunEntry): Promise<string[]> {
    const questions: string[] = [];
    const original = vscode.window.showWarningMessage;
    const ask = async (text: string): Promise<string | undefined> => {
      questions.push(text);
      return answer;
    };
    Object.assign(vscode.window, { showWarningMessage: ask });
    try {
      await vscode.commands.executeCommand(command, entry);
    } finally {
      Object.assign(vscode.window, { showWarningMessage: original });
    }
    return questions;
  }

  /** A copy of the run whose training goes on, or seems to. */
  async function left(id: string, lock: { place: string; heartbeat: number } | null): Promise<RunEntry> {
    const { store } = await activate();
    const folder = store.folderOf(id).fsPath;
    cpSync(run.folder.fsPath, folder, { recursive: true });
    const manifest = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8'));
    writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ ...manifest, id, state: 'running' }));
    if (lock) writeFileSync(path.join(folder, 'lock.json'), JSON.stringify({ token: id, ...lock }));
    await store.refresh();
    return store.find(id)!;
  }

  it('are deleted only where that was confirmed', async () => {
    const { store } = await activate();
    const copy = await left('to-delete', null);
    assert.match((await answering(undefined, 'cellscope.deleteRun', copy)).join(), /^Delete the run/);
    assert.ok(store.find(copy.id));
    await answering('Delete', 'cellscope.deleteRun', copy);
    assert.equal(store.find(copy.id), undefined);
  });

  it('are renamed by their command: to a name, back to their own, or not at all', async () => {
    const { store } = await activate();
    const copy = await left('to-rename', null);
    const nameAfter = async (typed: string | undefined): Promise<string> => {
      const original = vscode.window.showInputBox;
      Object.assign(vscode.window, { showInputBox: async () => typed });
      try {
        await vscode.commands.executeCommand('cellscope.renameRun', copy);
      } finally {
        Object.assign(vscode.window, { showInputBox: original });
      }
      return store.find(copy.id)!.manifest.name;
    };
    assert.equal(await nameAfter('brackets'), 'brackets');
    assert.equal(await nameAfter(undefined), 'brackets');
    assert.equal(await nameAfter(''), copy.manifest.name);
    await store.delete(copy.id);
  });

  it('are revealed in the file manager', async () => {
    const original = vscode.commands.executeCommand;
    const executed: unknown[][] = [];
    Object.assign(vscode.commands, { executeCommand: async (...call: unknown[]) => void executed.push(call) });
    try {
      await original('cellscope.revealRun', run);
    } finally {
      Object.assign(vscode.commands, { executeCommand: original });
    }
    const [[command, folder]] = executed.filter(([name]) => name === 'revealFileInOS') as [[string, vscode.Uri]];
    assert.equal(command, 'revealFileInOS');
    assert.equal(folder.fsPath, run.folder.fsPath);
  });

  it('are compared by their command with another one that is chosen', async () => {
    const { store } = await activate();
    const copy = await left('to-compare', null);
    const originals = { command: vscode.commands.executeCommand, pick: vscode.window.showQuickPick };
    const opened: unknown[] = [];
    const choices: string[] = [];
    Object.assign(vscode.commands, {
      executeCommand: async (name: string, ...rest: unknown[]) =>
        name === 'cellscope.openCells' ? void opened.push(...rest) : originals.command(name, ...rest),
    });
    Object.assign(vscode.window, {
      showQuickPick: async (items: { entry: RunEntry }[]) => {
        choices.push(...items.map(({ entry }) => entry.id));
        return items.find(({ entry }) => entry.id === run.id);
      },
    });
    try {
      await originals.command('cellscope.compareRun', copy);
    } finally {
      Object.assign(vscode.commands, { executeCommand: originals.command });
      Object.assign(vscode.window, { showQuickPick: originals.pick });
    }
    assert.deepEqual(opened, [{ run: copy.id, other: run.id }]);
    assert.ok(!choices.includes(copy.id), 'not with itself');
    await store.delete(copy.id);
  });

  it('are counted beside the name of the view, with what they take on disk', async () => {
    const { store } = await activate();
    const view: { description?: string } = {};
    const total = showTotal(view, store);
    const onDisk = (folder: string): number =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((file) => statSync(path.join(folder, file)))
        .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
    const expected = (): string => {
      const bytes = store.entries.reduce((sum, { folder }) => sum + onDisk(folder.fsPath), 0);
      return `${store.entries.length} runs, ${bytesText(bytes)} on disk`;
    };
    const copy = await left('to-count', null);
    assert.equal(view.description, expected());
    const before = view.description;
    await store.delete(copy.id);
    assert.notEqual(view.description, before);
    assert.equal(view.description, store.entries.length === 1 ? expected().replace('runs', 'run') : expected());
    total.dispose();
  });

  it('keep as many checkpoints as the setting says', async () => {
    const { store } = await activate();
    const settings = vscode.workspace.getConfiguration('cellscope.runs');
    await settings.update('keptCheckpoints', 4, vscode.ConfigurationTarget.Global);
    try {
      const { id, manifest } = await train({ budget: { kind: 'chars', amount: 120_000 } });
      assert.equal(manifest.keptGenerations, 4);
      assert.equal(manifest.generations.length, 4);
      assert.ok(manifest.generations.at(-1)!.number > 4, 'some were removed');
      await store.delete(id);
    } finally {
      await settings.update('keptCheckpoints', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('of other windows are running while their process lives and their lock is fresh, else interrupted', async () => {
    const { store } = await activate();
    const place = (process: number): string => `${hostname()} ${process}`;
    const now = Date.now();
    const states = {
      alive: (await left('alive', { place: place(process.ppid), heartbeat: now })).manifest.state,
      ended: (await left('ended', { place: place(nobody), heartbeat: now })).manifest.state,
      silent: (await left('silent', { place: place(process.ppid), heartbeat: now - 60_000 })).manifest.state,
      unlocked: (await left('unlocked', null)).manifest.state,
    };
    assert.deepEqual(states, {
      alive: 'running',
      ended: 'interrupted',
      silent: 'interrupted',
      unlocked: 'interrupted',
    });
    const [refused] = await answering('Delete', 'cellscope.deleteRun', store.find('alive')!);
    assert.match(refused!, /being trained in another window\. Stop it before deleting it/);
    assert.ok(store.find('alive'));
    for (const id of Object.keys(states)) await store.delete(id);
  });

  it('are trained longer from where they ended', async () => {
    const { store, training } = await activate();
    const { trainedChars } = run.manifest;
    await vscode.commands.executeCommand('cellscope.trainLonger', run, 5000);
    await until('the training to end', () => !training.isBusy, 60_000);
    const { manifest } = store.find(run.id)!;
    assert.equal(manifest.state, 'finished');
    assert.ok(manifest.trainedChars >= trainedChars + 5000, `${trainedChars}, then ${manifest.trainedChars}`);
  });

  it('stop early, and then show their best checkpoint, not the newest', async () => {
    const { inspection } = await activate();
    await inspection.selectModel(null);
    const options = {
      learningRate: 0.3,
      schedule: 'constant',
      patience: 3,
      budget: { kind: 'chars', amount: 3e6 },
    } as const;
    const { id, manifest } = await train(options);
    assert.match(manifest.message ?? '', /Stopped early/);
    assert.notEqual(manifest.best, manifest.current);
    await until('the best checkpoint', () => inspection.model?.generation === manifest.best);
    assert.equal(inspection.model?.key, `run:${id}:current`);
  });

  it('save where they stand when the window closes', async () => {
    const { store, training } = await activate();
    const id = await vscode.commands.executeCommand<string>('cellscope.trainOnWorkspace', {
      options: { ...small, budget: { kind: 'chars', amount: 100_000_000 } },
      confirm: false,
      detach: true,
    });
    await until('some characters trained', () => (training.latest?.trainedChars ?? 0) > 5000);
    const trained = training.latest!.trainedChars;
    await training.leave(30_000);
    const { manifest } = store.find(id)!;
    assert.equal(manifest.state, 'interrupted');
    assert.ok(manifest.trainedChars >= trained, `${trained} seen, ${manifest.trainedChars} kept`);
    await store.delete(id);
  });
});
