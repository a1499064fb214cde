/** What goes wrong in a workspace, with a model file or on disk, as a person meets it: a message that says what to do. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { readSafetensors, writeSafetensors } from '../../src/core/formats/safetensors.ts';
import type { TrainingOptions } from '../../src/core/training/options.ts';
import type { RunEntry } from '../../src/host/contracts.ts';
import { activate, closeEditors, small, train, unraced, until, weights } from './cellscope.ts';
import { HostileFiles } from './hostile-files.ts';

const cell = { layer: 0, cell: 1, quantity: 'tanhc' } as const;

interface Shown {
  text: string;
  buttons: string[];
}

/** Messages that the extension shows; `answers` presses the buttons. */
let shown: Shown[] = [];
let answers: (message: Shown) => string | undefined = () => undefined;
const kinds = ['showErrorMessage', 'showWarningMessage', 'showInformationMessage'] as const;
type Show = (text: string, ...rest: unknown[]) => Promise<string | undefined>;
const originals = Object.fromEntries(kinds.map((kind) => [kind, vscode.window[kind]]));

const message = async (pattern: RegExp): Promise<Shown> => {
  const find = () => shown.find(({ text }) => pattern.test(text));
  await until(`a message like ${pattern}; shown: ${JSON.stringify(shown)}`, () => find() !== undefined, 10_000);
  return find()!;
};

/** Lets `folders` be the window's workspace. Put back after each test. */
function workspace(folders: { name: string; folder: string | vscode.Uri }[] | undefined): void {
  const uriOf = (place: string | vscode.Uri) => (typeof place === 'string' ? vscode.Uri.file(place) : place);
  const open = folders?.map(({ name, folder }, index) => ({ name, index, uri: uriOf(folder) }));
  const of = (uri: vscode.Uri) =>
    open?.find((each) => uri.path === each.uri.path || uri.path.startsWith(`${each.uri.path}/`));
  Object.defineProperty(vscode.workspace, 'workspaceFolders', { configurable: true, get: () => open });
  Object.defineProperty(vscode.workspace, 'getWorkspaceFolder', { configurable: true, value: of });
}
const own = ['workspaceFolders', 'getWorkspaceFolder'].map(
  (key) => [key, Object.getOwnPropertyDescriptor(vscode.workspace, key)!] as const,
);

let folder: string;
const write = (file: string, content: string | Uint8Array): string => {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
  return target;
};
const source = (seed: number): string =>
  Array.from({ length: 60 }, (_, k) => `const name${seed}${k} = call(${k * seed}, "text ${k}");\n`).join('');

/** Trains on a folder; null where that was refused. */
const trainOn = (uri: vscode.Uri): Promise<string | null> =>
  Promise.resolve(
    vscode.commands.executeCommand<string | null>('cellscope.trainOnFolder', uri, undefined, {
      options: { ...small, budget: { kind: 'chars', amount: 3000 } },
      confirm: false,
    }),
  );

async function runOf(id: string | null): Promise<RunEntry> {
  const { store } = await activate();
  await store.refresh();
  const run = id === null ? undefined : store.find(id);
  assert.ok(run, JSON.stringify(shown));
  return run;
}

/** *Preview Training Text* in an editor. */
async function preview(): Promise<string> {
  await vscode.commands.executeCommand('cellscope.previewCorpus');
  const document = vscode.window.activeTextEditor?.document;
  assert.equal(document?.languageId, 'markdown', JSON.stringify(shown));
  return document!.getText();
}

describe('bad input', () => {
  before(activate);
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'cellscope-bad-'));
    shown = [];
    answers = () => undefined;
    for (const kind of kinds) {
      const show: Show = async (text, ...rest) => {
        const buttons = rest.filter((item): item is string => typeof item === 'string');
        shown.push({ text, buttons });
        return answers({ text, buttons });
      };
      Object.assign(vscode.window, { [kind]: show });
    }
  });
  afterEach(async () => {
    Object.assign(vscode.window, originals);
    for (const [key, descriptor] of own) Object.defineProperty(vscode.workspace, key, descriptor);
    await closeEditors();
    rmSync(folder, { recursive: true, force: true });
    // What a failed test left running would fail the tests after it.
    const { training } = await activate();
    if (training.isBusy) await training.leave();
    await until('trainings to end', () => !training.isBusy);
  });

  it('no folder open: says so and offers to open one', async () => {
    workspace(undefined);
    assert.equal(await vscode.commands.executeCommand('cellscope.trainOnWorkspace'), null);
    assert.deepEqual((await message(/no folder is open/)).buttons, ['Open Folder']);
  });

  it('an empty workspace: says what is missing', async () => {
    workspace([{ name: 'empty', folder }]);
    assert.equal(await vscode.commands.executeCommand('cellscope.trainOnWorkspace', { confirm: false }), null);
    await message(/no text to train on\. Open a folder with source files, or include more/);
    assert.equal((await activate()).training.isBusy, false);
  });

  it('one file: is split inside, and the preview says so', async () => {
    write('only.ts', source(1));
    workspace([{ name: 'one', folder }]);
    assert.match(await preview(), /inside files: there are too few different files/);
    const { manifest } = await runOf(await trainOn(vscode.Uri.file(folder)));
    assert.equal(manifest.corpus.splitInsideFiles, true);
    assert.deepEqual(manifest.corpus.files.map(({ side }) => side).sort(), ['test', 'train', 'validation']);
  });

  it('200 MB, binary, minified, a lock file, a symlink loop: left out, each with its reason in the preview', async () => {
    for (const k of [1, 2, 3, 4]) write(`src/good${k}.ts`, source(k));
    truncateSync(write('huge.ts', ''), 200_000_000);
    write(
      'blob.ts',
      Uint8Array.from({ length: 3000 }, (_, k) => (k * k + 3 * k) % 256),
    );
    write('app.min.js', 'a();\n');
    write('yarn.lock', 'x\n');
    write('secret.ts', source(9));
    write('.gitignore', 'secret.ts\n');
    symlinkSync('..', path.join(folder, 'src/up'));
    symlinkSync('nowhere', path.join(folder, 'src/broken.ts'));
    workspace([{ name: 'odd', folder }]);
    const text = await preview();
    for (const row of [
      /larger than the file limit \| 1 \| 0 \| huge\.ts \(200\.0 MB\)/,
      /binary, not text \| 1 \| 0 \| blob\.ts/,
      /minified \| 1 \| 0 \| app\.min\.js/,
      /lock file \| 1 \| 0 \| yarn\.lock/,
      /ignored by \.gitignore \| 1 \| 0 \| secret\.ts/,
      /symbolic link[^|]*\| 1 \| 1 \| src\/broken\.ts, src\/up\//,
      /Files \| 5 \|/,
      /Settings under `cellscope\.files`/,
    ])
      assert.match(text, row);
    const { manifest } = await runOf(await trainOn(vscode.Uri.file(folder)));
    assert.deepEqual([...new Set(manifest.corpus.files.map((file) => file.path))].sort(), [
      '.gitignore',
      ...[1, 2, 3, 4].map((k) => `src/good${k}.ts`),
    ]);
  });

  it('everything left out: says so, with the reasons', async () => {
    workspace([{ name: 'nothing', folder }]);
    const refused = async (pattern: RegExp): Promise<void> => {
      shown = [];
      assert.equal(await vscode.commands.executeCommand('cellscope.trainOnWorkspace', { confirm: false }), null);
      await message(pattern);
    };
    truncateSync(write('huge.ts', ''), 200_000_000);
    await refused(
      /no text to train on\. .*include more\. Left out: 1 file: larger than the file limit \(huge\.ts \(200\.0 MB\)\)\.$/,
    );
    rmSync(path.join(folder, 'huge.ts'));
    for (const name of ['blob1.ts', 'blob2.ts', 'blob3.ts'])
      write(
        name,
        Uint8Array.from({ length: 3000 }, (_, k) => (k * k + 3 * k) % 256),
      );
    for (const name of ['app.min.js', 'yarn.lock', 'empty.ts']) write(name, name === 'empty.ts' ? '' : 'x\n');
    await refused(/Left out: 3 files: binary, not text \(blob1\.ts, blob2\.ts, …\); 1 file: \S.*; 1 file: \S.*; …\.$/);
    write('short.ts', 'let a = 1;\n');
    await refused(/only 11 characters to train on; .*Left out: 3 files: binary, not text/);
  });

  it('unreadable, vanishing and growing files of a virtual file system: told with the reason, the rest is trained on', async () => {
    const files = new HostileFiles();
    for (const k of [1, 2, 3, 4]) files.add(`good${k}.ts`, source(k));
    files.add('locked.ts', source(5)).refuse = vscode.FileSystemError.NoPermissions('locked.ts');
    files.add('gone.ts', source(6)).refuse = vscode.FileSystemError.FileNotFound('gone.ts');
    files.add('grows.ts', source(7)).grown = new Uint8Array(3_000_000).fill(97);
    const provider = vscode.workspace.registerFileSystemProvider('hostile', files, { isReadonly: true });
    const root = vscode.Uri.from({ scheme: 'hostile', path: '/' });
    try {
      workspace([{ name: 'hostile', folder: root }]);
      const text = await preview();
      assert.match(text, /could not be read \| 2 \| 0 \| gone\.ts \(vanished\), locked\.ts \(no permission\)/);
      assert.match(text, /larger than the file limit \| 1 \| 0 \| grows\.ts \(it grew\)/);
      files.asked.length = 0;
      const { manifest } = await runOf(await trainOn(root));
      assert.deepEqual(
        [...new Set(manifest.corpus.files.map((file) => file.path))].sort(),
        [1, 2, 3, 4].map((k) => `good${k}.ts`),
      );
      assert.deepEqual(files.asked.sort(), [
        'gone.ts',
        'good1.ts',
        'good2.ts',
        'good3.ts',
        'good4.ts',
        'grows.ts',
        'locked.ts',
      ]);
    } finally {
      provider.dispose();
    }
  });

  it('what settings leave out: by include, exclude, files.exclude and size, each told', async () => {
    for (const k of [1, 2, 3, 4]) write(`src/good${k}.ts`, source(k));
    write('src/drop.ts', source(5));
    write('hidden/a.ts', source(6));
    write('notes.txt', 'words\n');
    write('long.ts', source(7).repeat(3));
    workspace([{ name: 'settings', folder }]);
    const settings = {
      'files.exclude': { '**/hidden': true, '**/src': false },
      'cellscope.files.include': ['**/*.ts'],
      'cellscope.files.exclude': ['src/drop.ts'],
      'cellscope.files.maxFileSize': 4,
    };
    const update = async (values: Record<string, unknown>): Promise<void> => {
      for (const [key, value] of Object.entries(values))
        await vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global);
    };
    await update(settings);
    try {
      const text = await preview();
      assert.match(text, /Files \| 4 \|/);
      assert.match(text, /left out by the exclude settings \| 1 \| 1 \| hidden\/, src\/drop\.ts/);
      assert.match(text, /not among the included patterns \| 1 \| 0 \| notes\.txt/);
      assert.match(text, /larger than the file limit \| 1 \| 0 \| long\.ts/);
    } finally {
      await update(Object.fromEntries(Object.keys(settings).map((key) => [key, undefined])));
    }
  });

  it('folders chosen together: a folder inside another is read once, a file among them is no folder', async () => {
    for (const k of [1, 2, 3, 4]) write(`src/in/good${k}.ts`, source(k));
    const [top, inner, file] = ['src', 'src/in', 'src/in/good1.ts'].map((name) =>
      vscode.Uri.file(path.join(folder, name)),
    );
    const id = await vscode.commands.executeCommand<string | null>('cellscope.trainOnFolder', top, [inner, top, file], {
      options: { ...small, budget: { kind: 'chars', amount: 3000 } },
      confirm: false,
    });
    const { manifest } = await runOf(id);
    assert.deepEqual(
      manifest.corpus.files.map((each) => each.path).sort(),
      [1, 2, 3, 4].map((k) => `in/good${k}.ts`),
    );
  });

  it('several folders: all are read, with their names in front, each with its own rules', async () => {
    for (const [root, k] of [
      ['app', 1],
      ['app', 2],
      ['lib', 3],
      ['lib', 4],
    ] as const)
      write(`${root}/src/file${k}.ts`, source(k));
    write('app/src/secret.ts', source(8));
    write('app/.gitignore', 'secret.ts\n');
    write('lib/src/secret.ts', source(9));
    workspace(['app', 'lib'].map((name) => ({ name, folder: path.join(folder, name) })));
    const { manifest } = await runOf(
      await vscode.commands.executeCommand<string | null>('cellscope.trainOnWorkspace', {
        options: { ...small, budget: { kind: 'chars', amount: 3000 } },
        confirm: false,
      }),
    );
    assert.deepEqual([...new Set(manifest.corpus.files.map((file) => file.path))].sort(), [
      'app/.gitignore',
      'app/src/file1.ts',
      'app/src/file2.ts',
      'lib/src/file3.ts',
      'lib/src/file4.ts',
      'lib/src/secret.ts',
    ]);
  });

  describe('models', () => {
    let run: RunEntry;
    let model: Uint8Array;
    const open = (file: string) => vscode.commands.executeCommand('cellscope.openModel', vscode.Uri.file(file));
    before(async () => {
      run = await train({ budget: { kind: 'chars', amount: 3000 } });
      model = weights(run);
      const { inspection } = await activate();
      await vscode.commands.executeCommand('cellscope.openRun', run);
      inspection.selectCell(cell);
    });

    it('truncated or corrupt: says what is wrong, and the model before stays open', async () => {
      const { inspection } = await activate();
      const before = inspection.model?.key;
      await open(write('cut.safetensors', model.subarray(0, model.length - 100)));
      await message(/^cut\.safetensors cannot be opened\. .*truncated.* Copy it again .* open another model\.$/);
      await open(
        write(
          'noise.safetensors',
          Uint8Array.from({ length: 5000 }, (_, k) => (k * 7919) % 251),
        ),
      );
      await message(/^noise\.safetensors cannot be opened\. Not a safetensors file/);
      await open(path.join(folder, 'missing.safetensors'));
      await message(/missing\.safetensors does not exist\. Was it moved or deleted\?/);
      assert.equal(inspection.model?.key, before);
    });

    it('without a vocabulary: asks for it, and opens with it', async () => {
      const { inspection } = await activate();
      const file = write('bare.safetensors', writeSafetensors(readSafetensors(model).tensors, new Map()));
      const vocabulary = write('vocabulary.json', JSON.stringify(run.manifest.spec.vocabulary));
      const ask = vscode.window.showOpenDialog;
      answers = ({ buttons }) => buttons.find((button) => button === 'Choose Vocabulary…');
      Object.assign(vscode.window, { showOpenDialog: async () => [vscode.Uri.file(vocabulary)] });
      try {
        await open(file);
      } finally {
        Object.assign(vscode.window, { showOpenDialog: ask });
      }
      await message(/does not say which characters.*Choose a JSON file/);
      assert.equal(inspection.model?.name, 'bare.safetensors');
      assert.deepEqual(inspection.model?.spec.vocabulary, run.manifest.spec.vocabulary);
    });

    it("with a vocabulary that lacks the text's characters: reads them as nothing and does not score them", async () => {
      const { inspection } = await activate();
      const vocabulary = run.manifest.spec.vocabulary.map((entry) => (entry === '<unk>' ? '\u0001' : entry));
      const metadata = new Map([['vocab', JSON.stringify(vocabulary)]]);
      await open(write('narrow.safetensors', writeSafetensors(readSafetensors(model).tensors, metadata)));
      assert.equal(inspection.model?.name, 'narrow.safetensors', JSON.stringify(shown));
      const document = await vscode.workspace.openTextDocument({ content: 'let 漢 = "🦊";\n' });
      const [page] = await inspection.page(document, { cells: [cell], startLine: 0, endLine: 1 });
      assert.equal(page!.values.length, [...document.getText()].length);
      assert.ok(page!.values.every(Number.isFinite));
      const reports = await Promise.all([4, 5].map((offset) => inspection.inspect(document, offset)));
      assert.deepEqual(
        reports.map(({ character, surprisal }) => [character, surprisal === null]),
        [
          ['漢', true],
          [' ', false],
        ],
      );
    });
  });

  describe('trainings', () => {
    // Some seconds of work: time to see it going on.
    const of = (amount: number) => ({ ...small, hiddenSize: 48, budget: { kind: 'chars', amount } as const });
    const begin = async (options: Partial<TrainingOptions>): Promise<string> => {
      const id = await vscode.commands.executeCommand<string>('cellscope.trainOnWorkspace', {
        options,
        confirm: false,
        detach: true,
      });
      const { training } = await activate();
      await until('a saved checkpoint and some characters', () => (training.latest?.trainedChars ?? 0) > 20_000);
      return id;
    };

    it('whose worker is killed: reads as interrupted at once, says so, and Resume gives the same weights', async function () {
      this.retries(0);
      const { training } = await activate();
      const whole = weights(await train(unraced));
      const id = await begin(unraced);
      answers = ({ text, buttons }) =>
        /worker stopped/.test(text) ? buttons.find((each) => each === 'Resume') : undefined;
      const states: string[] = [];
      const { store } = await activate();
      const listener = store.onDidChange(() => states.push(store.find(id)?.manifest.state ?? ''));
      await training.kill();
      const { text } = await message(/training worker stopped/);
      assert.match(text, /saved after .* characters: resume it to go on from there/);
      assert.ok(states.includes('interrupted'), states.join());
      await until(
        'the resumed training to end',
        async () => !training.isBusy && store.find(id)?.manifest.state === 'finished',
        60_000,
      );
      listener.dispose();
      assert.ok(weights(store.find(id)!).equals(whole));
    });

    it('whose folder is deleted: fail, say so, and bring nothing of it back', async () => {
      const { store, training } = await activate();
      const id = await begin(of(100_000_000));
      const run = store.folderOf(id).fsPath;
      // The training writes into it meanwhile: a folder may be filled again between its emptying and its removal.
      await rm(run, { recursive: true, maxRetries: 50, retryDelay: 5 });
      const { text, buttons } = await message(/failed: The run's folder was deleted or moved/);
      assert.match(text, /Put it back and resume the run, or train again/);
      assert.ok(buttons.includes('Show Log'));
      await until('the training to end', () => !training.isBusy);
      assert.equal(existsSync(run), false);
      assert.equal(store.find(id), undefined);
    });

    it('that is cancelled: is saved, and that is no error', async () => {
      const { store, training } = await activate();
      const progress = vscode.window.withProgress;
      let cancel = (): void => {};
      Object.assign(vscode.window, {
        withProgress: (options: vscode.ProgressOptions, task: Parameters<typeof progress>[1]) =>
          progress(options, (report, token) => {
            const source = new vscode.CancellationTokenSource();
            cancel = () => source.cancel();
            token.onCancellationRequested(cancel);
            return task(report, source.token);
          }),
      });
      try {
        const id = await begin(of(100_000_000));
        cancel();
        assert.deepEqual((await message(/saved after .* characters\.$/)).buttons, ['Resume']);
        await until('the training to end', () => !training.isBusy);
        assert.equal(store.find(id)?.manifest.state, 'interrupted');
        await store.delete(id);
      } finally {
        Object.assign(vscode.window, { withProgress: progress });
      }
    });
  });
});
