import { mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ByteSource, bytesInMemory } from '../../../src/core/formats/byte-source.ts';
import { writeSafetensors } from '../../../src/core/formats/safetensors.ts';
import type { CallContext } from '../../../src/worker/channel.ts';
import { ModelFiles } from '../../../src/worker/model-files.ts';
import { openNodeFile } from '../../../src/worker/node-files.ts';

const context = (signal = new AbortController().signal) => {
  const fractions: number[] = [];
  const made: CallContext<{ fraction: number }> = { signal, progress: ({ fraction }) => fractions.push(fraction) };
  return Object.assign(made, { fractions });
};

describe('model files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'cellscope-files-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A sparse file whose single tensor has `bytes` bytes of zeros. */
  function sparse(name: string, bytes: number): string {
    const file = path.join(folder, name);
    const header = new TextEncoder().encode(
      JSON.stringify({ big: { dtype: 'F32', shape: [bytes / 4], data_offsets: [0, bytes] } }).padEnd(128),
    );
    const prefix = new Uint8Array(8);
    new DataView(prefix.buffer).setBigUint64(0, 128n, true);
    const handle = openSync(file, 'w');
    writeSync(handle, prefix);
    writeSync(handle, header);
    truncateSync(file, 136 + bytes);
    return file;
  }

  it('of a gigabyte are described from their header, and their tensors are read in pieces', async () => {
    const file = sparse('big.safetensors', 2 ** 30);
    const reads: number[] = [];
    const files = new ModelFiles(async (name) => {
      const source = await openNodeFile(name);
      const counted: ByteSource = {
        ...source,
        read: (start, end) => {
          reads.push(end - start);
          return source.read(start, end);
        },
      };
      return counted;
    });
    const { tensors, values, refusal, size } = await files.describeModelFile({ path: file });
    expect(reads).toEqual([8, 136]);
    expect([values, size]).toEqual([2 ** 28, 2 ** 30 + 136]);
    expect(refusal).toMatch(/lacks the tensor/);
    const controller = new AbortController();
    const asked = context(controller.signal);
    asked.progress = ({ fraction }) => {
      asked.fractions.push(fraction);
      if (asked.fractions.length === 3) controller.abort();
    };
    const cancelled = files.tensorStatistics({ path: file, tensor: tensors[0]! }, asked);
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(asked.fractions.length).toBe(3);
    expect(Math.max(...reads)).toBeLessThanOrEqual(2 ** 22);
  });

  it('give the statistics of a tensor, wherever it lies', async () => {
    const file = path.join(folder, 'two.safetensors');
    writeFileSync(
      file,
      writeSafetensors(
        new Map([
          ['odd', { shape: [3], data: Float32Array.of(1, 2, 3) }],
          ['wide', { shape: [2], data: Float64Array.of(-3, 4) }],
        ]),
        new Map(),
      ),
    );
    const files = new ModelFiles(openNodeFile);
    const { tensors } = await files.describeModelFile({ path: file });
    const [odd, wide] = await Promise.all(
      tensors.map((tensor) => files.tensorStatistics({ path: file, tensor }, context())),
    );
    expect(odd).toMatchObject({ count: 3, min: 1, max: 3, mean: 2, norm: Math.sqrt(14) });
    expect(wide).toMatchObject({ count: 2, min: -3, max: 4, mean: 0.5, norm: 5 });
  });

  it('that were handed over are held until they are forgotten', async () => {
    const files = new ModelFiles(() => Promise.reject(new Error('not here')));
    const bytes = writeSafetensors(new Map([['x', { shape: [1], data: Float32Array.of(7) }]]), new Map());
    const { tensors } = await files.describeModelFile({ path: 'memory:x', bytes });
    const asked = { path: 'memory:x', tensor: tensors[0]! };
    expect(await files.tensorStatistics(asked, context())).toMatchObject({ max: 7 });
    await files.forgetModelFile({ path: 'memory:x' });
    await expect(files.tensorStatistics(asked, context())).rejects.toThrow('not here');
  });

  it('that become shorter, vanish or are no files say so', async () => {
    const files = new ModelFiles(openNodeFile);
    const file = sparse('shrinks.safetensors', 2 ** 12);
    const { tensors } = await files.describeModelFile({ path: file });
    truncateSync(file, 1000);
    await expect(files.tensorStatistics({ path: file, tensor: tensors[0]! }, context())).rejects.toMatchObject({
      code: 'changed',
    });
    await expect(files.describeModelFile({ path: file })).rejects.toMatchObject({ code: 'truncated' });
    await expect(files.describeModelFile({ path: path.join(folder, 'none') })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(files.describeModelFile({ path: folder })).rejects.toMatchObject({ code: 'unreadable' });
  });

  it('with absurd names, texts and numbers of tensors are listed within bounds', async () => {
    const one = { shape: [1], data: Float32Array.of(1) };
    const tensors = new Map(Array.from({ length: 12_000 }, (_, k) => [`t${k}`, one]));
    tensors.set('n'.repeat(1e6), one);
    const metadata = new Map([
      ['long', 'x'.repeat(1e6)],
      ...Array.from({ length: 500 }, (_, k): [string, string] => [`key${k}`, 'value']),
    ]);
    const bytes = writeSafetensors(tensors, metadata);
    const listed = await new ModelFiles(async () => bytesInMemory(bytes)).describeModelFile({ path: 'x' });
    expect([listed.tensorCount, listed.metadataCount]).toEqual([12_001, 501]);
    expect(JSON.stringify(listed).length).toBeLessThan(2_000_000);
    expect(listed.metadata[0]).toMatchObject({ key: 'long', length: 1e6 });
  });
});
