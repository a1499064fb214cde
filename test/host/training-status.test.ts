/** What a window shows and does of a training beside its panels: the status bar's item, and saving when it closes. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Training } from '../../src/host/contracts.ts';
import { registerStatusBar } from '../../src/host/training/status-bar.ts';
import type { TrainingProgress } from '../../src/protocol/training-service.ts';
import { activate, repository, small, until } from './cellscope.ts';

const progress: TrainingProgress = {
  state: 'running',
  phase: 'training',
  trainedChars: 1_234_567,
  totalChars: 3_000_000,
  fraction: 0.4199,
  secondsLeft: 75,
  charsPerSecond: 123_456.7,
  points: [],
};
const point = { chars: 1, seconds: 1, trainNats: 2 * Math.LN2, gradientNorm: 1, clipScale: 1, learningRate: 0.01 };

/** The item that a training shows, as VS Code gets it, and whether it is visible. */
function itemOf(training: Training): {
  item: vscode.StatusBarItem;
  shown: () => boolean;
  registered: vscode.Disposable;
} {
  const create = vscode.window.createStatusBarItem;
  let item: vscode.StatusBarItem | undefined;
  let visible = false;
  const caught = (...given: [string, vscode.StatusBarAlignment, number]): vscode.StatusBarItem => {
    item = create(...given);
    const { show, hide } = item;
    return Object.assign(item, {
      show: () => {
        visible = true;
        show.call(item);
      },
      hide: () => {
        visible = false;
        hide.call(item);
      },
    });
  };
  Object.assign(vscode.window, { createStatusBarItem: caught });
  try {
    const registered = registerStatusBar(training);
    return { item: item!, shown: () => visible, registered };
  } finally {
    Object.assign(vscode.window, { createStatusBarItem: create });
  }
}

describe('training in the extension host: around the panels', () => {
  it('the status bar shows percent, loss, state and time left, and nothing when it is over', () => {
    const progressed = new vscode.EventEmitter<TrainingProgress>();
    const active = new vscode.EventEmitter<string | null>();
    const { item, shown, registered } = itemOf({
      onDidProgress: progressed.event,
      onDidChangeActive: active.event,
    } as Training);
    try {
      assert.equal(shown(), false);
      assert.equal(item.command, 'cellscope.openTraining');
      active.fire('run');
      assert.equal(shown(), true);
      assert.match(String(item.tooltip), /preparing a training/);
      progressed.fire(progress);
      assert.equal(item.text, '$(sync~spin) Cellscope 41 %');
      progressed.fire({ ...progress, points: [{ ...point, trainNats: 9 }, point] });
      assert.equal(item.text, '$(sync~spin) Cellscope 41 % · 2.00 bits');
      assert.match(String(item.tooltip), /^Cellscope: \S+, 41 %, about \S.* left, 123,457 characters\/s$/);
      assert.equal(item.accessibilityInformation?.label, item.tooltip);
      // The last loss stays between two points.
      progressed.fire({ ...progress, state: 'paused', fraction: 1, secondsLeft: null });
      assert.equal(item.text, '$(debug-pause) Cellscope 100 % · 2.00 bits');
      assert.doesNotMatch(String(item.tooltip), /left/);
      active.fire(null);
      assert.equal(shown(), false);
    } finally {
      registered.dispose();
    }
  });

  it('a closing window calls `deactivate`, which saves the training where it stands', async () => {
    const { store, training } = await activate();
    const id = await vscode.commands.executeCommand<string>('cellscope.trainOnWorkspace', {
      options: { ...small, budget: { kind: 'chars', amount: 100_000_000 } },
      confirm: false,
      detach: true,
    });
    await until('some characters trained', () => (training.latest?.trainedChars ?? 0) > 5000);
    const trained = training.latest!.trainedChars;
    // The very module that VS Code has loaded: a second copy would know of no training.
    const { main } = vscode.extensions.getExtension('cellscope.cellscope')!.packageJSON as { main: string };
    const extension = createRequire(path.join(repository(), 'package.json'))(main) as { deactivate(): Promise<void> };
    await extension.deactivate();
    assert.equal(training.isBusy, false);
    const { manifest } = store.find(id)!;
    assert.equal(manifest.state, 'interrupted');
    assert.ok(manifest.trainedChars >= trained, `${trained} seen, ${manifest.trainedChars} kept`);
    await store.delete(id);
  });
});
