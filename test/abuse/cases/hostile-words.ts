/** File names, contents, metadata and paths that are meant to be acted on by whoever shows or follows them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeCheckpoint } from '../../../src/core/formats/checkpoint.ts';
import { writeSafetensors } from '../../../src/core/formats/safetensors.ts';
import { StorageError } from '../../../src/core/formats/storage.ts';
import { Random } from '../../../src/core/random.ts';
import { nodeStorage } from '../../../src/worker/node-storage.ts';
import { someState, tinySpec } from '../../unit/core/formats/run-fixtures.ts';
import type { AbuseCase } from '../case.ts';

/** Each is a legal file name on Linux. */
export const hostileNames: readonly string[] = [
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u009b2J',
  'user\u202egpj.exe',
  'line\nbreak',
  'carriage\rreturn',
  '<img src=x onerror=alert(1)>',
  '<script>document.title=1<',
  '__proto__',
  'constructor',
  '$(trash) $(sync~spin)',
  '[click](command:workbench.action.quit)',
  '=cmd|calc',
  '..\\..\\windows',
  '%2e%2e%2f',
  '-rf',
  "';--",
  '`id`$(id)',
  'x'.repeat(200),
];

/** Escape, bell, C1 controls, direction overrides: what may not reach a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;

function assertInert(what: string, text: string): void {
  const found = acting.exec(text);
  assert.equal(
    found,
    null,
    `${what} printed U+${found?.[0].codePointAt(0)?.toString(16)}: ${JSON.stringify(text.slice(Math.max(0, (found?.index ?? 0) - 60), (found?.index ?? 0) + 60))}`,
  );
  assert.ok(text.length < 200_000, `${what} printed ${text.length} characters`);
}

export const hostileWords: AbuseCase = {
  name: 'hostile-words',
  what: 'file names, texts and model metadata with HTML, ANSI escapes, `__proto__`, 10 MB strings: what the command line prints of them',
  unit: 'times',
  full: 1,
  quick: 1,
  skip: () => (process.platform === 'win32' ? 'such names cannot be made on Windows' : null),
  async run({ scratch, distribution }) {
    const cellscope = (...args: string[]): { status: number | null; text: string } => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(distribution, 'cli.cjs'), ...args], {
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      });
      assertInert(args[0]!, stdout + stderr);
      return { status, text: stdout + stderr };
    };
    const folder = path.join(scratch, 'workspace');
    mkdirSync(folder);
    for (const [k, name] of hostileNames.entries()) {
      // A text of many controls is binary, one of long lines minified: both are left out.
      const text = `let a${k} = "${name.replaceAll(/\p{Cc}/gu, '').slice(0, 50)}";\n`.repeat(30);
      writeFileSync(path.join(folder, `${name}.ts`.slice(-250)), text);
      writeFileSync(path.join(folder, `${name}.min.js`.slice(-250)), 'x'); // left out, by name
    }
    const run = path.join(scratch, 'run');
    const trained = cellscope(
      'train',
      folder,
      '--out',
      run,
      '--chars',
      '4000',
      '--hidden',
      '8',
      '--sequence',
      '16',
      '--batch',
      '4',
      '--engine',
      'reference',
    );
    assert.equal(trained.status, 0, trained.text);
    const manifest = JSON.parse(readFileSync(path.join(run, 'run.json'), 'utf8'));
    assert.equal(new Set(manifest.corpus.files.map((file: { path: string }) => file.path)).size, hostileNames.length);
    assert.equal(cellscope('eval', run, folder).status, 0);
    const file = path.join(folder, `${hostileNames[0]}.ts`);
    assert.equal(cellscope('activations', run, file, '--cells', '0').status, 0);
    // Models whose names and metadata are hostile: refused, in few words.
    const long = 'A\u001b[2J<b>'.repeat(1_300_000);
    const { parameters } = someState(1);
    const models: Uint8Array[] = [
      writeSafetensors(new Map([[long, { shape: [1], data: new Float32Array(1) }]]), new Map()),
      writeSafetensors(
        parameters,
        new Map([
          ['spec', long],
          ['vocab', '[]'],
        ]),
      ),
      writeSafetensors(parameters, new Map([['vocab', JSON.stringify(['a', 'b', long])]])),
      writeSafetensors(
        new Map([...parameters, ['\u001b]0;x\u0007', { shape: [1], data: new Float32Array(1) }]]),
        new Map([['vocab', '["a","b","c"]']]),
      ),
      writeSafetensors(
        new Map([['__proto__', { shape: [1], data: new Float32Array(1) }]]),
        new Map([['__proto__', 'x']]),
      ),
    ];
    for (const bytes of models) {
      const model = path.join(scratch, 'model.safetensors');
      writeFileSync(model, bytes);
      const { status, text } = cellscope('eval', model, folder);
      assert.notEqual(status, 0);
      assert.ok(text.length < 5000, `${text.length} characters about a model`);
    }
    // A model that knows ESC and writes it.
    const speaker = path.join(scratch, 'speaker.safetensors');
    writeFileSync(speaker, encodeCheckpoint({ ...tinySpec, vocabulary: ['<unk>', '\u001b', '\n'] }, parameters));
    const sampled = spawnSync(
      process.execPath,
      [path.join(distribution, 'cli.cjs'), 'sample', speaker, '--json', '--length', '100'],
      { encoding: 'utf8' },
    );
    assertInert('sample --json', sampled.stdout);
    return `${hostileNames.length} names, ${models.length} models: nothing printed acts on a terminal, no message is long`;
  },
};

const parts = [
  '..',
  '.',
  '',
  '/',
  '\\',
  '...',
  '~',
  'C:',
  'run.json',
  'checkpoints',
  '5',
  '%2e%2e',
  '\u0000',
  '..\\..',
  'etc',
  ' ',
];

export const escapingPaths: AbuseCase = {
  name: 'escaping-paths',
  what: "paths that would lead out of a run's folder, written, renamed and removed",
  unit: 'paths',
  full: 20_000,
  quick: 1_000,
  async run({ count, scratch, seed }) {
    const random = new Random(seed);
    const outside = path.join(scratch, 'outside');
    const folder = path.join(outside, 'store/runs/run');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(outside, 'store/canary'), 'alive');
    const storage = nodeStorage(folder);
    const before = listed(outside, folder);
    let refused = 0;
    for (let k = 0; k < count; k++) {
      const relative = Array.from({ length: 1 + random.below(6) }, () => parts[random.below(parts.length)]).join(
        random.below(2) ? '/' : path.sep,
      );
      const bytes = Uint8Array.of(k);
      const attempts = [
        () => storage.write(relative, bytes),
        () => storage.append(relative, bytes),
        () => storage.create(relative, bytes),
        () => storage.rename('x', relative),
        () => storage.remove(relative),
        () => storage.read(relative),
        () => storage.list(relative),
      ];
      mkdirSync(folder, { recursive: true }); // an empty path may remove it
      try {
        await attempts[random.below(attempts.length)]!();
      } catch (error) {
        assert.ok(error instanceof StorageError, String(error));
        refused++;
      }
    }
    assert.deepEqual(listed(outside, folder), before, 'something outside of the folder changed');
    assert.equal(readFileSync(path.join(outside, 'store/canary'), 'utf8'), 'alive');
    return `${refused.toLocaleString('en-US')} refused, nothing outside was touched`;
  },
};

/** All entries below a folder but `except` and what is in it. */
function listed(folder: string, except: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !path.join(folder, name, path.sep).startsWith(except + path.sep))
    .sort();
}
