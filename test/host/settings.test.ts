/** Settings as a hand-written settings.json may have them: VS Code hands on what it underlines. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { defaultOptions } from '../../src/core/training/options.ts';
import { numberSetting } from '../../src/host/settings.ts';
import { optionsFromSettings } from '../../src/host/training/settings.ts';
import { activate } from './cellscope.ts';

describe('settings out of their bounds', () => {
  const told: string[] = [];
  const { showWarningMessage } = vscode.window;
  const written = {
    'training.architecture': '[x](command:workbench.action.quit)',
    'training.layers': 2.6,
    'training.hiddenSize': '128',
    'training.characters': 3,
    'training.learningRate': 17,
    'training.batch': 1e9,
    'training.sequence': -5,
    'files.maxTotalSize': 1e12,
    'generate.temperature': -1,
  };
  const write = async (values: Record<string, unknown>): Promise<void> => {
    const settings = vscode.workspace.getConfiguration('cellscope');
    for (const [key, value] of Object.entries(values))
      await settings.update(key, value, vscode.ConfigurationTarget.Global);
  };

  before(async () => {
    await activate();
    Object.assign(vscode.window, { showWarningMessage: async (text: string) => void told.push(text) });
    await write(written);
  });
  after(async () => {
    Object.assign(vscode.window, { showWarningMessage });
    await write(Object.fromEntries(Object.keys(written).map((key) => [key, undefined])));
  });

  it('are taken at the nearest bound, or the default where they are of another kind', () => {
    const { architecture, layers, hiddenSize, budget, learningRate, batch, sequence, seed } = optionsFromSettings();
    assert.deepEqual(
      { architecture, layers, hiddenSize, budget, learningRate, batch, sequence, seed },
      {
        architecture: 'lstm',
        layers: 3,
        hiddenSize: defaultOptions.hiddenSize,
        budget: { kind: 'chars', amount: 1000 },
        learningRate: 1,
        batch: 256,
        sequence: 2,
        seed: 1,
      },
    );
    assert.equal(numberSetting('cellscope.files.maxTotalSize'), 1024);
    assert.equal(numberSetting('cellscope.generate.temperature'), 0);
  });

  it('are told once each, as inert words', () => {
    optionsFromSettings();
    assert.equal(told.length, Object.keys(written).length, told.join('\n'));
    assert.ok(
      told.includes(
        'cellscope.training.batch is 1000000000 in the settings, where a whole number from 1 to 256 is needed. Cellscope uses 256.',
      ),
      told.join('\n'),
    );
    assert.doesNotMatch(told.join(), /\]\(command:/);
  });
});
