/**
 * The same training in PyTorch: it gets the documents as our vocabulary and split make them, in our order of every epoch, our starting
 * weights and all of the recipe in a folder, and tells what it came to.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Corpus } from '../../../src/core/corpus/corpus.ts';
import type { Engine } from '../../../src/core/engine/engine.ts';
import { evaluationInterval, totalChars, validationLimit } from '../../../src/core/training/budget.ts';
import { cellOf, type TrainingOptions } from '../../../src/core/training/index.ts';
import { initOf, specOf } from '../../../src/core/training/model-of-options.ts';
import { validationSet } from '../../../src/core/training/validation-set.ts';
import type { Result } from './ours.ts';

/** The system's own: python3-torch is Debian's. */
const python = '/usr/bin/python3';
/** Orders of the documents that are handed over for a budget in seconds; later epochs begin again with the first. */
const epochsForSeconds = 12;

export type PeerStart = 'ours' | 'pytorch';

export interface PeerResult extends Result {
  threads: number;
  /** Of the first window before any update: the peer's, and ours on the same weights. */
  firstLoss: { theirs: number; ours: number };
}

/** Version and BLAS of the installed PyTorch, or null with the reason printed. */
export function findPeer(): string | null {
  const script =
    'import torch\nlines = [line.split()[-1] for line in open("/proc/self/maps") if "blas" in line.split("/")[-1]]\nprint(torch.__version__, lines[0] if lines else "an unknown BLAS")';
  try {
    const [version, blas] = execFileSync(python, ['-c', script], { encoding: 'utf8', stdio: 'pipe' }).trim().split(' ');
    if (!/openblas|mkl/.test(blas!))
      console.log(
        `WARNING: PyTorch runs on ${blas}, many times slower than OpenBLAS (Debian: apt install libopenblas0).`,
      );
    return `PyTorch ${version} CPU (Debian build, ${path.basename(blas!)})`;
  } catch {
    console.log(
      'SKIPPED: no comparison, as PyTorch is not installed for /usr/bin/python3 (Debian: apt install python3-torch libopenblas0).',
    );
    return null;
  }
}

/**
 * `threads` 0: the faster of 1 and 2, timed on this recipe.
 * @param onStart called when all is handed over and PyTorch is about to begin.
 */
export async function trainPeer(
  corpus: Corpus,
  engine: Engine,
  options: TrainingOptions,
  { start, threads }: { start: PeerStart; threads: number },
  onStart: () => void = () => {},
): Promise<PeerResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cellscope-learning-peer-'));
  try {
    const { texts, chars } = await handOverTexts(folder, corpus, options);
    const { tensors, firstLoss } = await handOverStart(folder, corpus, engine, options);
    const total = totalChars(options.budget, chars);
    const { layers, hiddenSize, batch, sequence, learningRate, schedule, warmup, clipNorm, optimizer, seed } = options;
    const request = {
      recipe: { layers, hiddenSize, batch, sequence, learningRate, schedule, warmup, clipNorm, optimizer, seed },
      cell: cellOf[options.architecture],
      vocabulary: corpus.vocabulary.size,
      totalChars: total,
      seconds: options.budget.kind === 'seconds' ? options.budget.amount : null,
      evaluateEvery: total === null ? null : evaluationInterval(total, 0),
      start,
      threads,
      texts,
      tensors,
    };
    await writeFile(path.join(folder, 'request.json'), JSON.stringify(request));
    // With a thread pool of its own beside PyTorch's, OpenBLAS makes it 2–20 times slower.
    const env = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
    const training = promisify(execFile)(python, [path.join(import.meta.dirname, 'peer.py'), folder], { env });
    onStart();
    const { stdout } = await training;
    const { firstLoss: theirs, ...result } = JSON.parse(stdout) as Result & { threads: number; firstLoss: number };
    return { ...result, firstLoss: { theirs, ours: firstLoss } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** texts.i32: the training stream of every epoch, where documents start in it, then the held-out documents. */
async function handOverTexts(
  folder: string,
  corpus: Corpus,
  { budget, seed }: TrainingOptions,
): Promise<{ texts: Record<string, number | number[]>; chars: number }> {
  const chars = corpus.trainSampler({ time: 1, batch: 1, seed }).charsPerEpoch;
  const total = totalChars(budget, chars);
  const epochs = total === null ? epochsForSeconds : Math.ceil(total / chars) + 1;
  // One lane, one window: an epoch's documents in their order.
  const sampler = corpus.trainSampler({ time: chars, batch: 1, seed });
  const parts: Int32Array[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const { inputs, reset } = sampler.next();
    parts.push(inputs, Int32Array.from(reset));
  }
  const held = {
    watched: validationSet(corpus, validationLimit(total), seed),
    validation: [...corpus.streams('validation')],
    test: [...corpus.streams('test')],
  };
  const lengths: Record<string, number[]> = {};
  for (const [name, streams] of Object.entries(held)) {
    lengths[name] = streams.map(({ inputs }) => inputs.length);
    for (const { inputs } of streams) parts.push(inputs);
  }
  await writeFile(path.join(folder, 'texts.i32'), Buffer.concat(parts.map(bytesOf)));
  return { texts: { chars, epochs, ...lengths }, chars };
}

/** start.f32: our starting weights by PyTorch's names. Also our loss of the first window with them. */
async function handOverStart(
  folder: string,
  corpus: Corpus,
  engine: Engine,
  options: TrainingOptions,
): Promise<{ tensors: { name: string; shape: number[] }[]; firstLoss: number }> {
  const { sequence: time, batch, seed } = options;
  const start = { kind: 'fresh', seed, init: initOf(options) } as const;
  const session = await engine.open(specOf(options, corpus.vocabulary), start, { maxTime: time, maxBatch: batch });
  const parameters = await session.parameters();
  const { loss } = await session.gradients(corpus.trainSampler({ time, batch, seed }).next());
  await session.close();
  const entries = [...parameters];
  await writeFile(
    path.join(folder, 'start.f32'),
    Buffer.concat(entries.map(([, { data }]) => bytesOf(Float32Array.from(data)))),
  );
  return { tensors: entries.map(([name, { shape }]) => ({ name, shape })), firstLoss: loss };
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
