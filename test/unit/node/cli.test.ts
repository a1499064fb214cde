import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivationsResult } from '../../../src/cli/activations.ts';
import type { EvalResult } from '../../../src/cli/eval.ts';
import type { TrainResult } from '../../../src/cli/train.ts';
import type { DrySummary } from '../../../src/core/corpus/dry-summary.ts';
import type { RunManifest } from '../../../src/core/formats/manifest.ts';
import { readSafetensors, writeSafetensors } from '../../../src/core/formats/safetensors.ts';
import { defaultOptions } from '../../../src/core/training/options.ts';
import { codeLike } from '../core/corpus/texts.ts';

const root = path.resolve(import.meta.dirname, '../../..');
let folder: string;
let cli: string;
const at = (...names: string[]): string => path.join(folder, ...names);

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { child, ended };
}

const cellscope = (...args: string[]): Promise<Ended> => start(args).ended;

/** The JSON object on the last line of standard output. */
async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await cellscope(...args, '--json', '--engine', 'reference');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as T;
}

const recipe = ['--hidden', '8', '--batch', '4', '--sequence', '32', '--engine', 'reference'];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cellscope-cli-'));
  cli = at('cli.cjs');
  await build({
    entryPoints: [path.join(root, 'src/cli/main.ts')],
    outfile: cli,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  mkdirSync(at('code'));
  for (let k = 0; k < 12; k++) writeFileSync(at('code', `file${k}.ts`), codeLike(k + 1, 1500));
  const trained = await cellscope('train', 'code', '--out', 'run', '--chars', '20000', ...recipe);
  if (trained.code !== 0) throw new Error(trained.stderr);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const manifest = (run: string): RunManifest => JSON.parse(readFileSync(at(run, 'run.json'), 'utf8')) as RunManifest;

describe('cellscope train', () => {
  it('prints what came out as one JSON object', async () => {
    const result = await json<TrainResult>(
      'train',
      'code',
      '--out',
      'small',
      '--chars',
      '4000',
      ...recipe.slice(0, -2),
    );
    expect(result).toMatchObject({ arch: 'lstm', state: 'finished', threads: 1, run: at('small') });
    const vocabulary = manifest('small').spec.vocabulary.length;
    // LSTM: 4H(V + H + 2) and the output layer V(H + 1).
    expect(result.parameters).toBe(4 * 8 * (vocabulary + 8 + 2) + vocabulary * 9);
    expect(result.trainedChars).toBeGreaterThanOrEqual(4000);
    expect(result.charsPerSecond).toBeCloseTo(result.trainedChars / result.seconds, 3);
    expect(result.heldOut!.bits).toBeCloseTo(result.heldOut!.nats / Math.LN2, 10);
    expect(result.heldOut!.perplexity).toBeCloseTo(2 ** result.heldOut!.bits, 8);
    expect(result.ngram).toEqual(manifest('small').ngram);
    expect(result.ngram!.nats).toBeGreaterThan(0);
  });

  it('starts from the weights of another run', async () => {
    await cellscope('train', 'code', '--out', 'warm', '--chars', '1', '--start', 'run', ...recipe);
    await cellscope('train', 'code', '--out', 'cold', '--chars', '1', ...recipe);
    expect(manifest('warm').start).toMatchObject({ name: expect.stringContaining('code'), fresh: 0 });
    expect(manifest('cold').start).toBeUndefined();
    const recurrent = (run: string, generation: number): unknown =>
      readSafetensors(readFileSync(at(run, 'checkpoints', String(generation), 'model.safetensors'))).tensors.get(
        'rnn.weight_hh_l0',
      );
    const [first, cold] = ['warm', 'cold'].map((run) => recurrent(run, manifest(run).generations[0]!.number));
    const { trainedChars, validationNats } = manifest('warm').generations[0]!;
    expect(trainedChars).toBe(0);
    expect(first).toEqual(recurrent('run', manifest('run').best!));
    expect(cold).not.toEqual(first);
    expect(validationNats).toBeLessThan(manifest('cold').generations[0]!.validationNats!);
  });

  it('refuses wrong arguments with code 2 and the reason', async () => {
    const cases: [string[], RegExp][] = [
      [['train'], /--out/],
      [['train', '--out', 'x'], /needs a folder/],
      [['train', 'nowhere', '--out', 'x'], /no file or folder nowhere/],
      [['train', 'code', '--out', 'x', '--hidden', '1.5'], /--hidden is a whole number of at least 1/],
      [['train', 'code', '--out', 'x', '--lr', '0'], /--lr is a number above 0/],
      [['train', 'code', '--out', 'x', '--arch', 'lsmt'], /--arch is one of lstm, gru/],
      [['train', 'code', '--out', 'x', '--chars', '5', '--epochs', '1'], /one budget/],
      [['train', 'code', '--out', 'x', '--dropout', '0.2'], /between layers/],
      [['train', 'code', '--out', 'x', '--momentum', '0.5'], /--optimizer sgd/],
      [['train', 'code', '--out', 'x', '--arch', 'irnn', '--init', 'uniform'], /identity/],
      [['train', 'code', '--out', 'x', '--connections', 'dense'], /one layer/],
      [['train', 'code', '--out', 'x', '--layers', '5'], /at most 4/],
      [['train', 'code', '--out', 'x', '--speed', '5'], /Unknown option/],
      [['train', 'code', '--out', 'run'], /--resume/],
      [['train', '--resume', '--out', 'run', '--hidden', '9'], /hiddenSize 8/],
      [['train', '--resume', '--out', 'run', '--chars', '5'], /new total/],
      [['train', '--resume', '--out', 'run', '--start', 'fresh'], /leave --start out/],
      [['train', 'code', '--out', 'x', '--start', 'run'], /another network: lstm 8 instead of lstm 128/],
      [['fly'], /no command "fly"/],
    ];
    for (const [args, reason] of cases) {
      const { code, stderr, stdout } = await cellscope(...args);
      expect([args.join(' '), code]).toEqual([args.join(' '), 2]);
      expect(stderr).toMatch(reason);
      expect(stdout).toBe('');
    }
    expect(existsSync(at('x'))).toBe(false);
  });

  it('fails with code 1 and the reasons where a folder has no text', async () => {
    mkdirSync(at('bad'));
    writeFileSync(at('bad', 'blob.ts'), Buffer.alloc(500));
    const { code, stderr } = await cellscope('train', 'bad', '--out', 'x');
    expect(code).toBe(1);
    expect(stderr).toMatch(/no text to train on in bad/);
    expect(stderr).toMatch(/1 file: binary, not text \(blob\.ts\)/);
  });

  it('does not read its own run folder, and trains on a single file', async () => {
    const inside = await json<TrainResult>(
      'train',
      'code',
      '--out',
      'code/run',
      '--chars',
      '500',
      ...recipe.slice(0, -2),
    );
    expect(inside.state).toBe('finished');
    const again = await json<TrainResult>('train', 'code', '--out', 'code/run', '--resume');
    expect(again.trainedChars).toBe(inside.trainedChars);
    rmSync(at('code/run'), { recursive: true });
    writeFileSync(at('one.txt'), codeLike(99, 3000));
    await json<TrainResult>('train', 'one.txt', '--out', 'one', '--chars', '500', ...recipe.slice(0, -2));
    expect(manifest('one').corpus.splitInsideFiles).toBe(true);
  });

  it('trains on the files that --include and --exclude leave over; --dry-run only tells which, and why not the others', async () => {
    mkdirSync(at('mixed/old'), { recursive: true });
    for (const name of ['a.ts', 'b.ts', 'c.ts', 'd.ts', 'p.py', 'old/e.ts'])
      writeFileSync(at('mixed', name), codeLike(name.charCodeAt(0), 900));
    const args = ['train', 'mixed', '--out', 'chosen', '--include', '*.ts', '--include', '*.tsx', '--exclude', 'old'];
    const dry = await json<DrySummary>(...args, ...recipe.slice(0, -2), '--dry-run');
    expect(dry).toMatchObject({ files: 4, languages: [{ language: 'typescript', files: 4 }], splitInsideFiles: false });
    expect(dry.leftOut).toEqual([
      { reason: 'excluded', files: 0, folders: 1, examples: ['old/'] },
      { reason: 'not-included', files: 1, folders: 0, examples: ['p.py'] },
    ]);
    const told = await cellscope(...args, ...recipe, '--dry-run');
    expect([told.code, told.stdout]).toEqual([0, '']);
    expect(told.stderr).toMatch(/Left out +1 folder: left out by the exclude settings \(old\/\)/);
    expect(told.stderr).toMatch(/Expected time/);
    expect(existsSync(at('chosen'))).toBe(false);

    await json<TrainResult>(...args, ...recipe.slice(0, -2), '--chars', '300');
    expect(manifest('chosen').corpus.files.map((file) => file.path)).toEqual(['a.ts', 'b.ts', 'c.ts', 'd.ts']);
  });

  it('follows .gitignore from the top of the repository that the folder is a part of', async () => {
    mkdirSync(at('repository/part'), { recursive: true });
    mkdirSync(at('repository/.git'));
    writeFileSync(at('repository/.gitignore'), '/part/secret.ts\n');
    for (const name of ['a.ts', 'secret.ts']) writeFileSync(at('repository/part', name), codeLike(5, 900));
    const dry = await json<DrySummary>('train', 'repository/part', '--dry-run');
    expect(dry.files).toBe(1);
    expect(dry.leftOut).toEqual([{ reason: 'ignored', files: 1, folders: 0, examples: ['secret.ts'] }]);
  });

  it('ends after --epochs passes over the training files, or after --seconds', async () => {
    const train = (out: string, ...budget: string[]): Promise<TrainResult> =>
      json('train', 'code', '--out', out, ...budget, ...recipe.slice(0, -2));
    const epochs = await train('epochs', '--epochs', '0.5');
    const half = manifest('epochs').corpus.chars.train / 2;
    expect(epochs.state).toBe('finished');
    expect(epochs.trainedChars).toBeGreaterThanOrEqual(Math.round(half));
    expect(epochs.trainedChars).toBeLessThan(half + 4 * 32); // the last step: batch × sequence
    expect(manifest('epochs').options.budget).toEqual({ kind: 'epochs', amount: 0.5 });

    const seconds = await train('seconds', '--seconds', '0.3');
    expect(seconds.state).toBe('finished');
    expect(seconds.trainedChars).toBeGreaterThan(0);
    expect(seconds.trainedChars).toBeLessThan(defaultOptions.budget.amount); // what it would train on without
    expect(manifest('seconds').options.budget).toEqual({ kind: 'seconds', amount: 0.3 });
  });

  it('saves on Ctrl-C with code 130, and the resumed run ends with the weights of an uninterrupted one', async () => {
    const args = ['train', 'code', '--chars', '60000', ...recipe];
    const straight = cellscope(...args, '--out', 'straight');
    const { child, ended } = start([...args, '--out', 'cut', '--json']);
    while (!existsSync(at('cut/checkpoints/current.json')) && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    const result = JSON.parse(stdout) as TrainResult;
    expect(result.state).toBe('interrupted');
    expect(result.trainedChars).toBeLessThan(60000);
    expect(manifest('cut').state).toBe('interrupted');
    expect(existsSync(at('cut/lock.json'))).toBe(false);

    const resumed = await cellscope(...args, '--out', 'cut', '--resume');
    expect([resumed.code, (await straight).code]).toEqual([0, 0]);
    const weights = (run: string): Buffer =>
      readFileSync(at(run, 'checkpoints', String(manifest(run).current), 'model.safetensors'));
    expect(weights('cut').equals(weights('straight'))).toBe(true);
    expect(manifest('cut').heldOut).toEqual(manifest('straight').heldOut);
  });
});

describe('cellscope eval', () => {
  it('gives the held-out loss on the test files, weighted by predictions', async () => {
    const { corpus, heldOut } = manifest('run');
    const test = corpus.files.filter((file) => file.side === 'test');
    const result = await json<EvalResult>('eval', 'run', ...test.map((file) => path.join('code', file.path)));
    expect(result.chars).toBe(test.reduce((sum, file) => sum + file.chars - 1, 0));
    expect(result.nats).toBeCloseTo(heldOut!.nats, 10);
    const weighted = result.files.reduce((sum, file) => sum + file.chars * file.nats!, 0);
    expect(weighted / result.chars).toBeCloseTo(result.nats, 10);
  });

  it('reads a folder, and a .safetensors as well as its run', async () => {
    const run = await json<EvalResult>('eval', 'run', 'code');
    expect(run.files.map((file) => file.path)).toEqual(
      readdirSync(at('code'))
        .map((name) => path.join('code', name))
        .sort(),
    );
    const file = `run/checkpoints/${manifest('run').best}/model.safetensors`;
    expect(await json<EvalResult>('eval', file, 'code')).toEqual(run);
  });

  it('reads a model with PyTorch names alone, its vocabulary given beside it', async () => {
    const { best, spec } = manifest('run');
    const { tensors } = readSafetensors(readFileSync(at('run/checkpoints', String(best), 'model.safetensors')));
    writeFileSync(at('foreign.safetensors'), writeSafetensors(tensors, new Map([['format', 'pt']])));
    writeFileSync(at('vocab.json'), JSON.stringify(spec.vocabulary));
    const foreign = await json<EvalResult>('eval', 'foreign.safetensors', 'code', '--vocab', 'vocab.json');
    expect(foreign).toEqual(await json<EvalResult>('eval', 'run', 'code'));
    const without = await cellscope('eval', 'foreign.safetensors', 'code');
    expect(without.code).toBe(2);
    expect(without.stderr).toMatch(/--vocab FILE/);
  });

  it('computes with a checkpoint that PyTorch wrote what PyTorch computes', async () => {
    const reference = path.join(root, 'test/reference');
    const expected: { text: string; nats: number; c: number[][][]; h: number[][][] } = JSON.parse(
      readFileSync(path.join(reference, 'checkpoint.json'), 'utf8'),
    );
    const model = path.join(reference, 'checkpoint.safetensors');
    writeFileSync(at('torch.ts'), expected.text);
    const evaluated = await json<EvalResult>('eval', model, 'torch.ts');
    expect(evaluated.nats).toBeCloseTo(expected.nats, 5);
    expect(evaluated).toMatchObject({ chars: expected.text.length - 1, unknown: 0 });
    for (const layer of [0, 1])
      for (const quantity of ['c', 'h'] as const) {
        const { values } = await json<ActivationsResult>(
          ...['activations', model, 'torch.ts', '--cells', '0,1,2,3,4'],
          ...['--layer', String(layer), '--quantity', quantity],
        );
        values.forEach((column, cell) => {
          for (const [t, value] of column.entries())
            expect(value).toBeCloseTo(expected[quantity][layer]![cell]![t]!, 5);
        });
      }
  });

  it('continues a text with a checkpoint that PyTorch wrote as PyTorch would', async () => {
    const reference = path.join(root, 'test/reference');
    const { text, h }: { text: string; h: number[][][] } = JSON.parse(
      readFileSync(path.join(reference, 'checkpoint.json'), 'utf8'),
    );
    const model = path.join(reference, 'checkpoint.safetensors');
    const { tensors, metadata } = readSafetensors(readFileSync(model));
    const vocabulary = JSON.parse(metadata.get('vocab')!) as string[];
    const weight = tensors.get('decoder.weight')!.data as Float32Array; // [V, H]
    const bias = tensors.get('decoder.bias')!.data as Float32Array; // [V]
    /** The most likely character after text[t], from PyTorch's own h of the top layer: argmax W h + b. */
    const following = (t: number): string => {
      const logits = vocabulary.map((_, k) =>
        h[1]!.reduce((sum, cell, j) => sum + weight[5 * k + j]! * cell[t]!, bias[k]!),
      );
      return vocabulary[logits.indexOf(Math.max(...logits))]!;
    };
    const sample = async (prime: string, ...more: string[]): Promise<string> =>
      (await json<{ text: string }>('sample', model, '--prime', prime, ...more)).text;
    for (const t of [3, 10, 20])
      expect(await sample(text.slice(0, t + 1), '--temperature', '0', '--length', '1')).toBe(following(t));
    const greedy = await sample('if (', '--temperature', '0', '--length', '20', '--seed', '9');
    expect(greedy).toHaveLength(20);
    expect(await sample(`if (${greedy.slice(0, 8)}`, '--temperature', '0', '--length', '12')).toBe(greedy.slice(8));
    const [drawn, again] = [await sample('if (', '--seed', '3'), await sample('if (', '--seed', '3')];
    expect(again).toBe(drawn);
    expect(drawn.slice(0, 20)).not.toBe(greedy);
  });

  it('counts a CRLF as one character and unknown characters', async () => {
    const text = 'const a = 1;\n// 😀 é\nlet b;\n';
    writeFileSync(at('unix.ts'), text);
    writeFileSync(at('dos.ts'), text.replaceAll('\n', '\r\n'));
    const [unix, dos] = [
      await json<EvalResult>('eval', 'run', 'unix.ts'),
      await json<EvalResult>('eval', 'run', 'dos.ts'),
    ];
    expect(unix.chars).toBe([...text].length - 1);
    expect(unix.unknown).toBe(2);
    expect({ ...dos, files: [] }).toEqual({ ...unix, files: [] });
  });

  it('fails with the reason for a corrupt model, a binary file, and nothing to predict', async () => {
    writeFileSync(at('broken.safetensors'), 'not a model');
    writeFileSync(at('blob.bin'), Buffer.alloc(100));
    writeFileSync(at('short.txt'), 'x');
    for (const [model, file, reason] of [
      ['broken.safetensors', 'unix.ts', /./],
      ['run', 'blob.bin', /binary/],
      ['run', 'short.txt', /nothing to predict/],
    ] as const) {
      const { code, stderr, stdout } = await cellscope('eval', model, file);
      expect(code).toBe(1);
      expect(stderr).toMatch(reason);
      expect(stderr).not.toMatch(/ at .*\(.*:\d+:\d+\)/); // no stack
      expect(stdout).toBe('');
    }
    expect((await cellscope('eval', 'nowhere', 'unix.ts')).code).toBe(2);
  });
});

describe('cellscope activations', () => {
  it('gives the state after reading each character', async () => {
    writeFileSync(at('a.ts'), 'let 😀 = 1;\r\nlet b;\r\n');
    writeFileSync(at('b.ts'), 'let 😀 = 1;\r\nlet c;\r\n');
    const read = (file: string): Promise<ActivationsResult> =>
      json('activations', 'run', file, '--layer', '0', '--cells', '3,5', '--quantity', 'c');
    const [a, b] = [await read('a.ts'), await read('b.ts')];
    expect(a).toMatchObject({ layer: 0, cells: [3, 5], quantity: 'c', chars: 18 });
    expect(a.values.map((column) => column.length)).toEqual([18, 18]);
    // The first difference is the character 15: values before it agree, from it on they differ.
    for (const k of [0, 1]) {
      expect(a.values[k]!.slice(0, 15)).toEqual(b.values[k]!.slice(0, 15));
      expect(a.values[k]![15]).not.toBe(b.values[k]![15]);
    }
  });

  it('tanhc is tanh of c, and the default', async () => {
    const read = (...more: string[]): Promise<ActivationsResult> =>
      json('activations', 'run', 'a.ts', '--cells', '2', ...more);
    const [c, tanhc] = [await read('--quantity', 'c'), await read()];
    expect(tanhc.quantity).toBe('tanhc');
    tanhc.values[0]!.forEach((value, i) => {
      expect(value).toBeCloseTo(Math.tanh(c.values[0]![i]!), 6);
    });
  });

  it('reads a text longer than one chunk as one stream', async () => {
    const text = codeLike(7, 9000);
    writeFileSync(at('long.ts'), text);
    writeFileSync(at('tail.ts'), text.slice(0, 4300));
    const [long, tail] = [
      await json<ActivationsResult>('activations', 'run', 'long.ts', '--cells', '1'),
      await json<ActivationsResult>('activations', 'run', 'tail.ts', '--cells', '1'),
    ];
    expect(long.chars).toBe(text.length);
    expect(long.values[0]!.slice(0, 4300)).toEqual(tail.values[0]);
  });

  it('refuses cells, layers and quantities that are not there', async () => {
    for (const [args, reason] of [
      [['--cells', '8'], /cells 0 to 7/],
      [['--cells', '1,x'], /3,17/],
      [['--layer', '1'], /layers 0 to 0/],
      [['--quantity', 'z'], /has no z/],
    ] as const) {
      const { code, stderr } = await cellscope('activations', 'run', 'a.ts', ...args);
      expect(code).toBe(2);
      expect(stderr).toMatch(reason);
    }
  });
});

describe('cellscope sample', () => {
  it('repeats itself for a seed and prints as many characters as asked', async () => {
    const sample = (seed: string): Promise<{ text: string }> =>
      json('sample', 'run', '--prime', 'function ', '--length', '50', '--seed', seed);
    const [one, again, other] = [await sample('1'), await sample('1'), await sample('2')];
    expect([...one.text]).toHaveLength(50);
    expect(again.text).toBe(one.text);
    expect(other.text).not.toBe(one.text);
    const plain = await cellscope('sample', 'run', '--prime', 'function ', '--length', '50', '--engine', 'reference');
    expect(plain.stdout).toBe(`function ${one.text}\n`);
  });
});

describe('help', () => {
  it('lists every command, and every option of a command', async () => {
    const overview = await cellscope('--help');
    expect(overview.code).toBe(0);
    for (const name of ['train', 'eval', 'activations', 'sample', 'bench']) {
      expect(overview.stdout).toContain(`cellscope ${name}`);
      expect((await cellscope(name, '--help')).code).toBe(0);
    }
    expect((await cellscope()).code).toBe(2);
    expect((await cellscope('train', '--help')).stdout).toContain('--schedule constant|cosine|step');
  });
});
