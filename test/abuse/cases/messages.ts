/** Random and mutated messages to every guard of the webviews' protocol and to the workers. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../../src/core/random.ts';
import { type MessageKind, receive } from '../../../src/protocol/webview.ts';
import { root } from '../../harness/paths.ts';
import type { AbuseCase } from '../case.ts';
import { hostileValue, mutateValue } from '../mutate.ts';
import { beginRun, plan, startFiles, startInspector, startTraining } from '../runs.ts';
import { validValue } from '../schema.ts';

type AnyKind = MessageKind<string, unknown>;

/** Every kind of message that the protocol exports: `toHeatmap`, `fromTraining` … */
async function allKinds(): Promise<AnyKind[]> {
  const folder = path.join(root, 'src/protocol');
  const kinds: AnyKind[] = [];
  for (const file of readdirSync(folder)) {
    const exported: Record<string, unknown> = await import(path.join(folder, file));
    for (const [name, group] of Object.entries(exported))
      if (/^(to|from)[A-Z]/.test(name) && typeof group === 'object')
        kinds.push(...Object.values(group as Record<string, AnyKind>));
  }
  return kinds;
}

function assertUnpolluted(): void {
  for (const innocent of [{}, [], () => {}, new Map()] as unknown as Record<string, unknown>[])
    assert.equal(innocent.polluted, undefined, 'a prototype was polluted');
}

export const webviewMessages: AbuseCase = {
  name: 'webview-messages',
  what: 'random, mutated and misdirected messages to every guard of the webviews',
  unit: 'messages',
  full: 100_000,
  quick: 8_000,
  async run({ count, seed }) {
    const random = new Random(seed);
    const kinds = await allKinds();
    assert.ok(kinds.length >= 40, `only ${kinds.length} kinds`);
    const before = Reflect.ownKeys(Object.prototype).length;
    let refused = 0;
    for (let k = 0; k < count; k++) {
      const kind = kinds[k % kinds.length]!;
      const payload = validValue(kind.schema, random);
      assert.equal(kind.is({ type: kind.type, payload }), true, `${kind.type} refuses what is valid`);
      const message = random.below(8) === 0 ? hostileValue(random) : mutateValue({ type: kind.type, payload }, random);
      let arrived: unknown;
      const taken = receive(message, [
        (each) => {
          if (!kind.is(each)) return false;
          arrived = each.payload;
          return true;
        },
      ]);
      if (!taken) refused++;
      else assert.equal(arrived, (message as { payload: unknown }).payload);
    }
    assertUnpolluted();
    assert.equal(Reflect.ownKeys(Object.prototype).length, before);
    return `${kinds.length} kinds; ${refused.toLocaleString('en-US')} refused, the others valid; none thrown through`;
  },
};

/**
 * What the workers are asked for: all but the methods that would write where a message says, or work for long on a request that happens
 * to be valid.
 */
const methods = {
  training: [
    ...['begin', 'addFiles', 'plan', 'resume', 'pause', 'unpause', 'makeWay', 'stop'],
    ...['__proto__', 'constructor', 'toString', 'run'],
  ],
  inspector: [
    ...['prepare', 'openModel', 'closeModel', 'openDocument', 'changeDocument', 'closeDocument'],
    ...['page', 'inspect', 'overview', 'sample', 'cellsForSelection', 'placesOfCell', 'documentReach'],
    ...['gradientReport', 'gradientTexts', 'gradientReach', 'gradientContribution', 'gradientMemory'],
    ...['scoreCell', 'hasOwnProperty', 'valueOf'],
  ],
  files: ['describeModelFile', 'tensorStatistics', 'forgetModelFile', '__proto__', 'isPrototypeOf'],
};

export const workerMessages: AbuseCase = {
  name: 'worker-messages',
  what: 'random messages and calls to all three workers, about a model and a document that are open',
  unit: 'messages',
  full: 20_000,
  quick: 1_000,
  async run({ count, distribution, seed, scratch }) {
    const random = new Random(seed);
    const { begun } = await beginRun(distribution, scratch);
    // The training worker may resume a run: not the one that is read.
    const resumed = path.join(scratch, 'resumed');
    cpSync(begun, resumed, { recursive: true });
    const training = startTraining(distribution);
    const inspector = startInspector(distribution);
    const files = startFiles(distribution);
    const workers = { training, inspector, files };
    const reference = { key: 'm', kind: 'run', folder: begun, generation: null } as const;
    const text = 'let a = (b);\n';
    const reopen = async (): Promise<void> => {
      await inspector.remote.call('openModel', reference);
      await inspector.remote.call('openDocument', { document: 'd', version: 1, text });
    };
    const address = { layer: 0, cell: 0, quantity: 'h' };
    const request = (method: string): unknown => ({
      options: { hiddenSize: 4, layers: 1, seed: 1 },
      files: [{ path: 'a.ts', language: 'typescript', text: 'let a;\n' }],
      ...reference,
      ...(method === 'openModel' ? { folder: random.below(2) ? begun : path.join(scratch, 'nowhere') } : {}),
      ...(method === 'resume' ? { folder: resumed } : {}),
      path: path.join(begun, 'checkpoints/1/model.safetensors'),
      document: 'd',
      model: /^(gradient|score)/.test(method) ? reference : 'm',
      version: 1,
      text,
      texts: null,
      changes: [{ rangeOffset: 0, rangeLength: 1, text: 'x' }],
      cells: [address],
      cell: address,
      sign: 1,
      threshold: 0,
      shortest: 1,
      language: 'typescript',
      start: 1,
      end: 4,
      count: 3,
      startLine: 0,
      endLine: 1,
      offset: 1,
      lags: 10,
      positions: 3,
      at: 1,
      logit: null,
      prime: 'let',
      length: 5,
      temperature: 1,
      seed: 1,
      milliseconds: 1,
      tensor: { name: 'out.bias', dtype: 'F32', shape: [4], begin: 0, end: 16 },
    });
    let answered = 0;
    try {
      await reopen();
      for (let k = 0; k < count; k++) {
        const name = (['training', 'inspector', 'files'] as const)[k % 3]!;
        const { worker } = workers[name];
        const method = methods[name][random.below(methods[name].length)]!;
        const call = { kind: 'call', id: 1e9 + k, method, request: mutateValue(request(method), random) };
        const message = random.below(3) === 0 ? mutateValue(call, random) : call;
        worker.port.post(random.below(20) === 0 ? hostileValue(random) : message);
        // Their answers are heard by nobody; now and then all are waited for, and what they are about is opened again.
        if (k % 200 !== 199) continue;
        await reopen();
        const [page] = await inspector.remote.call('page', {
          model: 'm',
          document: 'd',
          cells: [{ ...address, quantity: 'h' }],
          startLine: 0,
          endLine: 1,
        });
        assert.equal(page!.values.length, text.length);
        answered++;
      }
      // Whatever was begun, all still do what they are for.
      await plan(training.remote, { engine: 'reference', threads: 1 });
      await files.remote.call('forgetModelFile', { path: 'none' });
    } finally {
      for (const { worker } of [training, inspector, files]) await worker.terminate();
    }
    assertUnpolluted();
    return `all live and work on; the inspector gave a page ${answered} times meanwhile`;
  },
};
