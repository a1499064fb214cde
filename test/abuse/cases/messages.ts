/** Random and mutated messages to every guard of the webviews' protocol and to the workers. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../../src/core/random.ts';
import { type MessageKind, receive } from '../../../src/protocol/webview.ts';
import { root } from '../../harness/paths.ts';
import type { AbuseCase } from '../case.ts';
import { hostileValue, mutateValue } from '../mutate.ts';
import { plan, startInspector, startTraining } from '../runs.ts';
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

/** Methods that would work for long, or write where the message says, on a request that happens to be valid. */
const methods = {
  training: [
    'begin',
    'addFiles',
    'plan',
    'resume',
    'pause',
    'unpause',
    'stop',
    '__proto__',
    'constructor',
    'toString',
    'run',
  ],
  inspector: [
    'openModel',
    'closeModel',
    'openDocument',
    'changeDocument',
    'closeDocument',
    'page',
    'inspect',
    'overview',
    'gradientReport',
    'gradientTexts',
    'gradientReach',
    'hasOwnProperty',
    'valueOf',
  ],
};

export const workerMessages: AbuseCase = {
  name: 'worker-messages',
  what: 'random messages and calls to both workers',
  unit: 'messages',
  full: 20_000,
  quick: 1_000,
  async run({ count, distribution, seed, scratch }) {
    const random = new Random(seed);
    const training = startTraining(distribution);
    const inspector = startInspector(distribution);
    const request = (): unknown =>
      mutateValue(
        {
          options: { hiddenSize: 4, layers: 1, seed: 1 },
          files: [{ path: 'a.ts', language: 'typescript', text: 'let a;\n' }],
          key: 'm',
          kind: 'run',
          folder: path.join(scratch, 'nowhere'),
          path: path.join(scratch, 'nothing'),
          document: 'd',
          model: 'm',
          version: 1,
          text: 'abc',
          changes: [{ rangeOffset: 0, rangeLength: 1, text: 'x' }],
          cells: [{ layer: 0, cell: 0, quantity: 'h' }],
          startLine: 0,
          endLine: 2,
          offset: 1,
          lags: 10,
          positions: 3,
          at: 1,
          logit: null,
        },
        random,
      );
    try {
      for (let k = 0; k < count; k++) {
        const [name, { worker }] = k % 2 ? (['training', training] as const) : (['inspector', inspector] as const);
        const list = methods[name];
        const call = { kind: 'call', id: 1e9 + k, method: list[random.below(list.length)], request: request() };
        const message = random.below(3) === 0 ? mutateValue(call, random) : call;
        worker.port.post(random.below(20) === 0 ? hostileValue(random) : message);
        // Their answers are heard by nobody; now and then all are waited for.
        if (k % 200 === 199) await inspector.remote.call('closeDocument', { document: 'none' });
      }
      // Whatever was begun, both still do what they are for.
      await plan(training.remote, { engine: 'reference', threads: 1 });
      await inspector.remote.call('openDocument', { document: 'd', version: 1, text: 'abc' });
    } finally {
      await training.worker.terminate();
      await inspector.worker.terminate();
    }
    assertUnpolluted();
    return 'both workers live and work on';
  },
};
