/** What a person is told before a training, asked or not, and in its closing message. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { activate, small, until } from './cellscope.ts';

type Show = (text: string, ...rest: unknown[]) => Promise<string | undefined>;
interface Row {
  label: string;
  detail?: string;
}

const kept = {
  showInformationMessage: vscode.window.showInformationMessage,
  showQuickPick: vscode.window.showQuickPick,
  withProgress: vscode.window.withProgress,
};

describe('the summary before training', () => {
  let folder: string;
  let messages: { text: string; detail: string }[] = [];
  let answer: (text: string, modal: boolean) => string | undefined = () => undefined;
  let reports: string[] = [];

  beforeEach(async () => {
    await activate();
    folder = mkdtempSync(path.join(os.tmpdir(), 'cellscope-summary-'));
    const line = (k: number) => `const name${k} = call(${k * k}, "text ${k}");\n`;
    writeFileSync(path.join(folder, 'only.ts'), Array.from({ length: 90 }, (_, k) => line(k)).join(''));
    writeFileSync(path.join(folder, 'yarn.lock'), 'x\n');
    messages = [];
    reports = [];
    answer = () => undefined;
    const show: Show = async (text, ...rest) => {
      const options = rest.find((item) => typeof item === 'object') as vscode.MessageOptions | undefined;
      messages.push({ text, detail: options?.detail ?? '' });
      return answer(text, options?.modal === true);
    };
    const withProgress = (options: vscode.ProgressOptions, task: Parameters<typeof kept.withProgress>[1]) =>
      kept.withProgress(options, (progress, token) =>
        task(
          {
            report: (value) => {
              reports.push(value.message ?? '');
              progress.report(value);
            },
          },
          token,
        ),
      );
    Object.assign(vscode.window, { showInformationMessage: show, withProgress });
  });
  afterEach(async () => {
    Object.assign(vscode.window, kept);
    rmSync(folder, { recursive: true, force: true });
    const { training } = await activate();
    await until('trainings to end', () => !training.isBusy);
  });

  const train = (confirm: boolean): Thenable<string | null> =>
    vscode.commands.executeCommand('cellscope.trainOnFolder', vscode.Uri.file(folder), undefined, {
      options: { ...small, budget: { kind: 'chars', amount: 3000 } },
      confirm,
    });

  it('is told unasked in the notification of the training, and the closing message says where it was held out', async () => {
    assert.ok(await train(false));
    const facts = reports.find((message) => /in the vocabulary/.test(message));
    assert.match(
      facts ?? '',
      /^1 file, .* characters in the vocabulary · held out inside files · left out: lock file \(1 file\) · expected/,
    );
    await until('the closing message', () =>
      messages.some(({ text }) => /Held-out loss .*, held out inside files:/.test(text)),
    );
  });

  it('a person who is asked sees vocabulary, split and reasons, and trains from the whole summary without another reading', async () => {
    const { training } = await activate();
    let readings = 0;
    const { prepare } = training;
    training.prepare = (...args) => {
      readings++;
      return prepare.apply(training, args);
    };
    let rows: Row[] = [];
    let summary = '';
    answer = (_, modal) => (modal ? 'Show Summary' : undefined);
    Object.assign(vscode.window, {
      showQuickPick: async (items: Row[]) => {
        rows = items;
        summary = vscode.window.activeTextEditor?.document.getText() ?? '';
        return items[0];
      },
    });
    try {
      const id = await train(true);
      assert.ok(id && (await activate()).store.find(id), 'a run');
    } finally {
      training.prepare = prepare;
    }
    const [asked] = messages;
    assert.match(asked!.detail, /^Vocabulary: \d+ characters.*\nSplit: .* inside files: .*\nStarts from: /);
    assert.match(asked!.detail, /• lock file \(1 file\)$/);
    assert.match(summary, /# What Cellscope would train on/);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['Train', 'Do Not Train'],
    );
    assert.equal(readings, 1);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('who leaves the question above the summary trains nothing, and the next training may start', async () => {
    const { training, store } = await activate();
    const runs = store.entries.length;
    answer = (_, modal) => (modal ? 'Show Summary' : undefined);
    Object.assign(vscode.window, { showQuickPick: async () => undefined });
    assert.equal(await train(true), null);
    assert.equal(training.isBusy, false);
    assert.equal(store.entries.length, runs);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
