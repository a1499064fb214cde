import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Vocabulary } from '../../../src/core/corpus/vocabulary.ts';
import type { Capture, Engine, Stream } from '../../../src/core/engine/engine.ts';
import { referenceEngine } from '../../../src/core/engine/reference/reference.ts';
import { encodeCheckpoint, type RunManifest } from '../../../src/core/formats/index.ts';
import { RunFolder } from '../../../src/core/formats/run-folder.ts';
import { readSafetensors, writeSafetensors } from '../../../src/core/formats/safetensors.ts';
import type { ModelSpec } from '../../../src/core/model/spec.ts';
import { defaultOptions } from '../../../src/core/training/options.ts';
import { type InspectorService, inspectorMethods } from '../../../src/protocol/inspector-service.ts';
import { type CodedError, connect, type Port, type Remote, serve } from '../../../src/worker/channel.ts';
import { Inspector } from '../../../src/worker/inspector.ts';
import { MemoryStorage } from '../core/formats/memory-storage.ts';

const spec: ModelSpec = {
  formatVersion: 1,
  layers: [{ cell: 'lstm', hiddenSize: 6, directions: ['forward'] }],
  connections: 'none',
  vocabulary: ['<unk>', 'a', 'b', ' ', '\n', '🐙'],
  unknown: 0,
};
const page = { model: 'm', document: 'd', startLine: 0, endLine: 1e6 };
const cells = [
  { layer: 0, cell: 2, quantity: 'tanhc' as const },
  { layer: 0, cell: 4, quantity: 'f' as const },
];

function port(end: MessageChannel['port1']): Port {
  return {
    post: (message, transfer) => end.postMessage(message, [...(transfer ?? [])]),
    onMessage: (listener) => end.on('message', listener),
    onClose: (listener) => end.on('close', () => listener(new Error('gone'))),
  };
}

describe('the inspector', () => {
  let channel: MessageChannel;
  let remote: Remote<InspectorService>;
  let files: MemoryStorage;
  let run: MemoryStorage;
  /** Called before each slice that the engine reads. */
  let beforeSlice: (stream: Stream) => Promise<void>;

  beforeEach(async () => {
    files = new MemoryStorage();
    run = new MemoryStorage();
    beforeSlice = async () => {};
    const reference = referenceEngine();
    const engine: Engine = {
      ...reference,
      open: async (...args) => {
        const session = await reference.open(...args);
        const watched = Object.create(session) as typeof session;
        watched.run = async (stream: Stream, capture: Capture) => {
          await beforeSlice(stream);
          return session.run(stream, capture);
        };
        return watched;
      },
    };
    const { parameters } = await (await referenceEngine().open(spec, start(3), limits)).save();
    await files.write('model.safetensors', encodeCheckpoint(spec, parameters));
    channel = new MessageChannel();
    serve<InspectorService>(
      port(channel.port2),
      new Inspector({
        openEngine: async () => engine,
        storage: () => run,
        readFile: (path) => files.read(path),
        readAsset: async () => new Uint8Array(),
        pause: () => new Promise((resolve) => setImmediate(resolve)),
      }),
      inspectorMethods,
    );
    remote = connect<InspectorService>(port(channel.port1));
  });
  afterEach(() => channel.port1.close());

  const limits = { maxTime: 0, maxBatch: 1 };
  const start = (seed: number) => ({ kind: 'fresh', seed, init: 'uniform' }) as const;

  async function open(text: string): Promise<void> {
    await remote.call('openModel', { key: 'm', kind: 'file', path: 'model.safetensors' });
    await remote.call('openDocument', { document: 'd', version: 1, text });
  }

  it('opens a checkpoint file and says what it is', async () => {
    const info = await remote.call('openModel', { key: 'm', kind: 'file', path: 'model.safetensors' });
    expect(info).toEqual({ key: 'm', spec, name: 'model.safetensors', generation: null, generations: [] });
  });

  it('opens a run: the newest generation while it trains, the best afterwards, any kept one on request', async () => {
    const manifest: RunManifest = {
      formatVersion: 1,
      id: 'r',
      name: 'a run',
      created: '2025-01-01T00:00:00Z',
      state: 'running',
      spec,
      options: defaultOptions,
      corpus: {
        files: [],
        chars: { train: 1, validation: 0, test: 0 },
        vocabularySize: spec.vocabulary.length,
        splitInsideFiles: false,
        seed: 1,
      },
      engine: { name: 'reference', threads: 1 },
      parameters: 1,
      trainedChars: 0,
      trainingSeconds: 0,
      generations: [],
      best: null,
      current: null,
      heldOut: null,
    };
    const vocabulary = [...spec.vocabulary];
    const corpus = {
      formatVersion: 1 as const,
      seed: 1,
      splitInsideFiles: false,
      vocabulary,
      unknown: 0,
      documents: [],
    };
    const folder = await RunFolder.create(run, manifest, corpus);
    for (const [chars, seed] of [
      [100, 4],
      [200, 5],
    ] as const) {
      const session = await (await referenceEngine().open(spec, start(seed), limits)).save();
      await folder.saveGeneration({ trainedChars: chars, validationNats: chars / 100, trainer: null, session });
    }
    await folder.update({ best: 1 });
    const reference = { key: 'm', kind: 'run' as const, folder: 'run' };
    expect(await remote.call('openModel', { ...reference, generation: null })).toMatchObject({
      name: 'a run',
      generation: 2,
    });
    // It stands still for now, and goes on: the newest still.
    await folder.setState('paused');
    expect((await remote.call('openModel', { ...reference, generation: null })).generation).toBe(2);
    await folder.setState('finished');
    expect((await remote.call('openModel', { ...reference, generation: null })).generation).toBe(1);
    expect((await remote.call('openModel', { ...reference, generation: 2 })).generations).toHaveLength(2);
    await expect(remote.call('openModel', { ...reference, generation: 9 })).rejects.toThrow(
      /does not keep generation 9/,
    );
  });

  it('refuses a damaged model with its reason', async () => {
    await files.write('model.safetensors', (await files.read('model.safetensors')).slice(0, 300));
    await expect(remote.call('openModel', { key: 'm', kind: 'file', path: 'model.safetensors' })).rejects.toMatchObject(
      { code: 'truncated' },
    );
    await expect(remote.call('openModel', { key: 'm', kind: 'file', path: 'gone' })).rejects.toThrow(/does not exist/);
  });

  it('opens a model without a vocabulary with one that is given, and checks that', async () => {
    const { tensors } = readSafetensors(await files.read('model.safetensors'));
    await files.write('bare.safetensors', writeSafetensors(tensors, new Map()));
    await files.write('vocabulary.json', new TextEncoder().encode(JSON.stringify(spec.vocabulary)));
    await files.write('short.json', new TextEncoder().encode('["a", "b"]'));
    const open = (vocabulary?: string) =>
      remote.call('openModel', {
        key: 'm',
        kind: 'file',
        path: 'bare.safetensors',
        ...(vocabulary === undefined ? {} : { vocabulary }),
      });
    await expect(open()).rejects.toMatchObject({ code: 'vocabulary-missing' });
    await expect(open('short.json')).rejects.toThrow(/has 2 characters, the model 6/);
    await expect(open('bare.safetensors')).rejects.toThrow(/not valid JSON/);
    expect((await open('vocabulary.json')).spec).toEqual(spec);
  });

  it('gives a page of values and follows edits in UTF-16 offsets', async () => {
    let source = 'ab🐙 a\r\nba ab\r\n';
    await open(source);
    const session = await referenceEngine().open(
      spec,
      { kind: 'parameters', parameters: await (await referenceEngine().open(spec, start(3), limits)).parameters() },
      limits,
    );
    const vocabulary = new Vocabulary(spec.vocabulary, 0);
    const check = async (version: number): Promise<void> => {
      const [first, second] = await remote.call('page', { ...page, cells });
      const inputs = vocabulary.encode(source.replaceAll('\r\n', '\n'));
      const truth = await session.run({ inputs, start: null, targets: null }, { columns: cells });
      expect(first!.version).toBe(version);
      for (const [k, got] of [first!, second!].entries()) {
        expect(got.values.length).toBe(inputs.length);
        got.values.forEach((value, i) => {
          expect(Math.abs(value - truth.columns[k]![i]!)).toBeLessThan(1e-6);
        });
      }
    };
    await check(1);
    source = `${source.slice(0, 4)}\r\n${source.slice(5)}`; // over the blank after the octopus
    await remote.call('changeDocument', {
      document: 'd',
      version: 5,
      changes: [{ rangeOffset: 4, rangeLength: 1, text: '\r\n' }],
    });
    await check(5);
  });

  it('reports the character at an offset', async () => {
    await open('ab\r\n🐙ba');
    const report = await remote.call('inspect', { model: 'm', document: 'd', offset: 5, cell: { layer: 0, cell: 1 } });
    expect(report).toMatchObject({ version: 1, index: 3, line: 1, column: 0, character: '🐙', stripStart: 3 });
    expect(report.surprisal).toBeGreaterThan(0);
    expect(report.expected).toHaveLength(5);
    expect(Object.keys(report.cell.values).sort()).toEqual(['c', 'f', 'g', 'h', 'i', 'o', 'tanhc']);
    expect(report.strips[0]!.values).toBeInstanceOf(Float32Array);
    expect(report.strips[0]!.values).toHaveLength(3);
    await remote.call('openDocument', { document: 'd', version: 2, text: '' });
    await expect(remote.call('inspect', { model: 'm', document: 'd', offset: 0, cell: null })).rejects.toMatchObject({
      code: 'empty-document',
    });
  });

  it('answers a hover while a long recomputation goes on', async () => {
    await open('ab a\n'.repeat(8000));
    let slices = 0;
    let sent = (): void => {};
    const asked = new Promise<void>((resolve) => {
      sent = resolve;
    });
    beforeSlice = async () => {
      if (++slices === 3) sent();
    };
    const order: string[] = [];
    const whole = remote.call('overview', { model: 'm', document: 'd' }).then((cells) => {
      order.push('overview');
      return cells;
    });
    await asked;
    const before = slices;
    await remote
      .call('inspect', { model: 'm', document: 'd', offset: 20, cell: { layer: 0, cell: 0 } })
      .then(() => order.push('hover'));
    expect(slices - before).toBeLessThan(20);
    expect(await whole).toHaveLength(6);
    expect(order).toEqual(['hover', 'overview']);
  });

  it('computes visible lines before the rest, and tells how far it is', async () => {
    await open('ab a\n'.repeat(6000));
    const [head] = await remote.call('page', { ...page, cells, endLine: 40 });
    expect(head).toMatchObject({ endLine: 40, pending: true });
    await remote.call('overview', { model: 'm', document: 'd' });
    const [tail] = await remote.call('page', { ...page, cells, startLine: 5990 });
    expect(tail!.pending).toBe(false);
    expect(tail!.endLine).toBe(6001);
  });

  it('summarises every cell of a document', async () => {
    await open('ab a\n'.repeat(200));
    const [values] = await remote.call('page', { ...page, cells });
    const overview = await remote.call('overview', { model: 'm', document: 'd' });
    const mean = values!.values.reduce((sum, value) => sum + value, 0) / values!.values.length;
    expect(overview[2]!.mean).toBeCloseTo(mean, 6);
    expect(overview[2]!.max).toBe(Math.max(...values!.values));
    expect(overview.map(({ cell }) => cell)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('stops what was cancelled, and what belongs to a model that is closed', async () => {
    await open('ab a\n'.repeat(8000));
    const controller = new AbortController();
    const cancelled = remote.call('page', { ...page, cells }, { signal: controller.signal });
    beforeSlice = async () => controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    beforeSlice = async () => {};
    const orphan = remote.call('overview', { model: 'm', document: 'd' });
    const orphaned = expect(orphan).rejects.toMatchObject({ code: 'cancelled' });
    await remote.call('closeModel', { key: 'm' });
    await orphaned;
    await expect(remote.call('page', { ...page, cells })).rejects.toMatchObject({ code: 'no-model' });
  });

  it('asks for the text again where the copies have come apart', async () => {
    await open('ab');
    const changes = [{ rangeOffset: 90, rangeLength: 1, text: 'b' }];
    await expect(remote.call('changeDocument', { document: 'd', version: 2, changes })).rejects.toMatchObject({
      code: 'out-of-step',
    });
    const error = (await remote.call('page', { ...page, cells }).catch((reason) => reason)) as CodedError;
    expect(error.code).toBe('no-document');
  });

  it('refuses cells that the model does not have', async () => {
    await open('ab');
    for (const wrong of [
      { layer: 1, cell: 0, quantity: 'h' as const },
      { layer: 0, cell: 6, quantity: 'h' as const },
      { layer: 0, cell: 0.5, quantity: 'h' as const },
      { layer: 0, cell: 0, quantity: 'z' as const },
    ]) {
      await expect(remote.call('page', { ...page, cells: [wrong] })).rejects.toMatchObject({ code: 'no-cell' });
    }
  });

  it('ranks cells for a selection in UTF-16 offsets, and says why it cannot', async () => {
    const text = `${'ab a\r\nba '.repeat(40)}🐙🐙🐙🐙${' ab\r\n'.repeat(40)}`;
    await open(text);
    const request = { model: 'm', document: 'd', language: 'plaintext', count: 3 };
    const start = text.indexOf('🐙');
    const found = await remote.call('cellsForSelection', { ...request, start, end: start + 8 });
    expect(found).toMatchObject({ selected: 4, unknown: 0 });
    expect(found.compared).toBeGreaterThan(300);
    expect(found.matches.length).toBeGreaterThan(0);
    for (const [k, match] of found.matches.entries()) {
      expect(match.averagePrecision).toBeLessThanOrEqual(found.matches[k - 1]?.averagePrecision ?? 1);
      expect(match.sign * (match.inside - match.around)).toBeGreaterThan(0);
    }
    const refused = (change: { start?: number; end?: number; model?: string }) =>
      remote.call('cellsForSelection', { ...request, start, end: start + 8, ...change }).then(
        () => null,
        (error: CodedError) => error.code,
      );
    expect(await refused({ end: start + 4 })).toBe('selection-short');
    expect(await refused({ end: start })).toBe('selection-short');
    expect(await refused({ model: 'other' })).toBe('no-model');
    await open('ab ba ab');
    expect(await refused({ start: 0, end: 8 })).toBe('selection-all');
    await open('a'.repeat(3000));
    expect(await refused({ start: 0, end: 2500 })).toBe('selection-long');
    await open('ab ab zzz ab');
    expect(await refused({ start: 6, end: 9 })).toBe('selection-unknown');
  });

  it('finds the places of a cell in any text, by line and column', async () => {
    await open('ab');
    const text = 'ab🐙 a\r\nba ab\r\nbb';
    const cell = { layer: 0, cell: 2, quantity: 'h' as const };
    const all = { model: 'm', cell, threshold: -2, sign: 1 as const, shortest: 2, count: 5, text };
    // Every value is over −2: the whole text is one place.
    const { places, total, chars } = await remote.call('placesOfCell', all);
    expect([total, chars]).toEqual([1, 14]);
    expect(places[0]).toMatchObject({ start: { line: 0, column: 0 }, end: { line: 2, column: 2 } });
    expect(await remote.call('placesOfCell', { ...all, sign: -1 })).toMatchObject({ places: [], total: 0 });
    expect(await remote.call('placesOfCell', { ...all, shortest: 15 })).toMatchObject({ total: 0 });
    await expect(remote.call('placesOfCell', { ...all, cell: { ...cell, cell: 99 } })).rejects.toMatchObject({
      code: 'no-cell',
    });
  });

  it('streams a sample and repeats it for the same seed', async () => {
    await open('ab');
    const request = { model: 'm', prime: 'ab '.repeat(300), length: 40, temperature: 1, seed: 9 };
    let streamed = '';
    const { text } = await remote.call('sample', request, { onProgress: (part) => (streamed += part.text) });
    expect([...text]).toHaveLength(40);
    expect(streamed).toBe(text);
    expect((await remote.call('sample', request)).text).toBe(text);
  });
});
