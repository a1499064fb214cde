import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { conceptsVersion } from '../../src/core/concepts/version.ts';
import { type CellsFile, encodeCellsFile } from '../../src/core/formats/cells-file.ts';
import type { RunEntry } from '../../src/host/contracts.ts';
import { activations } from '../harness/command-line.ts';
import { activate, repository, train, until, workspaceFile } from './cellscope.ts';

/** What an assistant gets: the JSON of a tool's answer. */
async function ask(name: string, input: object, token?: vscode.CancellationToken): Promise<Record<string, never>> {
  const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
  const [part] = result.content;
  assert.ok(part instanceof vscode.LanguageModelTextPart);
  return JSON.parse(part.value);
}

const refusal = async (name: string, input: object): Promise<string> => {
  try {
    await ask(name, input);
  } catch (error) {
    return String(error);
  }
  throw new Error(`${name} answered ${JSON.stringify(input)}`);
};

/** A report with one named cell and one candidate. */
function report(run: RunEntry): CellsFile {
  const candidate = {
    layer: 0,
    cell: 3,
    quantity: 'tanhc',
    sign: 1,
    validationAp: 0.9,
    ap: 0.91234567,
    threshold: 0.5,
    f1: 0.8,
    iou: 0.7,
    pearson: 0.6,
    sampleAp: 0.9,
    confidence: [0.9, 0.93],
    untrained: [0.3],
    randomLabels: [0.4],
    selectivity: 0.5,
    shift: { shifts: 99, reached: 0, p: 0.01, adjusted: 0.02 },
    ablation: { inside: 0.3, outside: 0.1, control: 0.05, exceeds: 1, places: 50, controls: 20 },
    named: true,
    lacks: [],
  } as const;
  const concept = { concept: 'string', name: 'inside a string', base: 0.1, positives: 10, scored: 100, probes: null };
  const weak = { ...candidate, cell: 5, ap: 0.2, named: false, lacks: ['precision'] } as const;
  return {
    formatVersion: 1,
    generation: run.manifest.best ?? run.manifest.current!,
    trainedChars: run.manifest.trainedChars,
    measured: '2030-01-01T00:00:00.000Z',
    seed: 1,
    concepts: conceptsVersion,
    userConcepts: [],
    quantities: [],
    texts: { validation: { files: 1, chars: 100 }, test: { files: 1, chars: 100 }, withoutGrammar: [] },
    report: {
      concepts: [
        { ...concept, best: [candidate, weak] as unknown as CellsFile['report']['concepts'][number]['best'] },
        { ...concept, concept: 'comment', name: 'inside a comment', best: [] },
      ],
      graded: [
        {
          concept: 'bracket-depth',
          name: 'bracket depth',
          chars: 100,
          best: [{ layer: 0, cell: 7, quantity: 'tanhc', pearson: 0.5, spearman: 0.6 }],
        },
      ],
      named: 1,
      unnamed: 15,
      chars: { validation: 100, test: 100 },
      complete: true,
    },
  };
}

describe('tools for assistants', () => {
  let run: RunEntry;
  const findAfterTraining = (value: boolean | undefined) =>
    vscode.workspace
      .getConfiguration('cellscope')
      .update('cells.findAfterTraining', value, vscode.ConfigurationTarget.Global);
  before(async () => {
    // A report of its own would take the place of the one below.
    await findAfterTraining(false);
    run = await train({ seed: 41 });
  });
  after(() => findAfterTraining(undefined));

  it('are there as package.json declares them', async () => {
    const declared = vscode.extensions.getExtension('cellscope.cellscope')!.packageJSON.contributes.languageModelTools;
    const there = new Set(vscode.lm.tools.map(({ name }) => name));
    for (const { name } of declared) assert.ok(there.has(name), name);
  });

  it('list runs', async () => {
    const { store } = await activate();
    const { count, runs } = (await ask('cellscope_list_runs', {})) as unknown as { count: number; runs: object[] };
    assert.equal(count, store.entries.length);
    const { manifest } = run;
    const listed = runs.find((each) => (each as { run: string }).run === run.id);
    assert.deepEqual(listed, {
      ...listed,
      name: manifest.name,
      state: 'finished',
      network: 'LSTM 1×16',
      trainedCharacters: manifest.trainedChars,
      heldOutBitsPerCharacter: Number(manifest.heldOut!.bits.toPrecision(4)),
      cellsMeasured: false,
    });
    const limited = await ask('cellscope_list_runs', { state: 'finished', limit: 1 });
    assert.equal((limited.runs as unknown[]).length, 1);
    assert.deepEqual((await ask('cellscope_list_runs', { state: 'failed' })).runs, []);
  });

  it('tell the cells for a concept, from what was measured', async () => {
    const { store } = await activate();
    const asked = { run: run.id, concept: 'string' };
    assert.match(await refusal('cellscope_cells_for_concept', asked), /not measured yet.*Find Cells/);
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(run.folder, 'cells.json'), encodeCellsFile(report(run)));
    await store.refresh();
    await until('the report', async () => {
      const listed = (await ask('cellscope_list_runs', { limit: 100 })).runs as {
        run: string;
        namedCells: number | null;
      }[];
      return listed.find((each) => each.run === run.id)?.namedCells === 1;
    });
    const answer = await ask('cellscope_cells_for_concept', asked);
    assert.deepEqual(
      (answer.cells as { cell: number; averagePrecision: number; named: boolean }[]).map(
        ({ cell, averagePrecision, named }) => [cell, averagePrecision, named],
      ),
      [
        [3, 0.9123, true],
        [5, 0.2, false],
      ],
    );
    assert.match(JSON.stringify((answer.cells as { lacks: string[] }[])[1]!.lacks), /AP of at least 0\.55/);
    const named = await ask('cellscope_cells_for_concept', { run: run.id, concept: 'Inside a Comment', limit: 1 });
    assert.deepEqual([named.concept, named.cells], ['comment', []]);
    const all = await ask('cellscope_cells_for_concept', { run: run.id });
    assert.deepEqual(
      (all.concepts as { concept: string; best: object | null }[]).map(({ concept, best }) => [concept, best !== null]),
      [
        ['string', true],
        ['comment', false],
      ],
    );
    const graded = await ask('cellscope_cells_for_concept', { run: run.id, concept: 'bracket-depth' });
    assert.equal((graded.cells as unknown as { spearman: number }[])[0]!.spearman, 0.6);
    assert.match(
      await refusal('cellscope_cells_for_concept', { run: run.id, concept: 'elephants' }),
      /no concept “elephants”.*string, comment, bracket-depth/,
    );
    assert.match(
      await refusal('cellscope_cells_for_concept', { run: 'nobody' }),
      /no run “nobody”.*cellscope_list_runs/,
    );
  });

  it("give the command line's activations, and leave the heatmap's model alone", async () => {
    const { inspection } = await activate();
    await inspection.selectModel(null);
    const file = workspaceFile('src/queue.ts').fsPath;
    const cell = { layer: 0, cell: 5, quantity: 'tanhc' } as const;
    const expected = activations(repository(), run.folder.fsPath, file, cell);
    const asked = { run: run.id, file: 'src/queue.ts', startLine: 1, endLine: 3, cell: 5 };
    const answer = await ask('cellscope_activations', asked);
    const lines = answer.lines as unknown as { line: number; text: string; values: number[] }[];
    const document = await vscode.workspace.openTextDocument(file);
    assert.deepEqual(
      lines.map(({ line, text }) => [line, text]),
      [0, 1, 2].map((line) => [line + 1, document.lineAt(line).text]),
    );
    const values = lines.flatMap((line) => line.values);
    assert.equal(values.length, document.offsetAt(new vscode.Position(3, 0)));
    values.forEach((value, k) => {
      assert.ok(Math.abs(value - expected[k]!) < 1e-3, `character ${k}: ${value} and ${expected[k]}`);
    });
    assert.equal(inspection.model, null);
  });

  it('read files of the workspace only, and answer within bounds', async () => {
    const asked = { run: run.id, startLine: 1, endLine: 2, cell: 5 };
    const link = path.join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'link.ts');
    symlinkSync(path.join(repository(), 'package.json'), link);
    try {
      for (const file of [
        '/etc/passwd',
        '../../etc/passwd',
        'src/../../x',
        'nowhere.ts',
        'src',
        'link.ts',
        'C:\\x',
        'file:///etc/passwd',
      ])
        assert.match(await refusal('cellscope_activations', { ...asked, file }), /no file of the open workspace/, file);
    } finally {
      rmSync(link);
    }
    const queue = { ...asked, file: 'src/queue.ts' };
    for (const [input, expected] of [
      [{ cell: 16 }, /cells 0 to 15/],
      [{ layer: 1 }, /layers 0 to 0, not 1/],
      [{ quantity: 'z' }, /quantities tanhc, h/],
      [{ endLine: 1, startLine: 2 }, /lies before/],
      [{ endLine: 500 }, /at most 200 lines/],
      [{ startLine: 100_000, endLine: 100_001 }, /The file has \d+ lines/],
      [{ cell: -1 }, /./],
      [{ cell: 'five' }, /./],
    ] as const)
      assert.match(await refusal('cellscope_activations', { ...queue, ...input }), expected, JSON.stringify(input));
  });

  it('measure gradients, and stop where they are cancelled', async () => {
    const asked = { run: run.id, positions: 16, lags: 20 };
    const answer = await ask('cellscope_gradient_report', asked);
    const [layer] = answer.layers as unknown as {
      cell: string;
      hiddenState: { relativeGradientByLag: Record<string, number> };
      recurrentWeights: { gate: string }[];
    }[];
    assert.equal(layer!.cell, 'lstm');
    assert.equal(layer!.hiddenState.relativeGradientByLag['0'], 1);
    assert.deepEqual(Object.keys(layer!.hiddenState.relativeGradientByLag), ['0', '1', '2', '5', '10', '20']);
    assert.deepEqual(layer!.recurrentWeights.map(({ gate }) => gate).sort(), ['f', 'g', 'i', 'o']);
    const source = new vscode.CancellationTokenSource();
    const cancelled = ask('cellscope_gradient_report', { ...asked, positions: 512 }, source.token);
    source.cancel();
    await assert.rejects(cancelled, /[Cc]ancel/);
  });
});
