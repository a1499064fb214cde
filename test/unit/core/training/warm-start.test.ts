import { describe, expect, it } from 'vitest';
import { Corpus } from '../../../../src/core/corpus/corpus.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { encodeCheckpoint } from '../../../../src/core/formats/checkpoint.ts';
import { encodeManifest, parseManifest } from '../../../../src/core/formats/manifest-file.ts';
import { RunFolder } from '../../../../src/core/formats/run-folder.ts';
import { initialize } from '../../../../src/core/model/initialize.ts';
import type { ModelSpec } from '../../../../src/core/model/spec.ts';
import type { ParameterSet } from '../../../../src/core/model/tensors.ts';
import { evaluateStreams } from '../../../../src/core/training/evaluate.ts';
import { specOf } from '../../../../src/core/training/model-of-options.ts';
import { resumeTraining, startTraining } from '../../../../src/core/training/run.ts';
import { type BaseModel, misfitOf, readBaseModel, warmStart } from '../../../../src/core/training/warm-start.ts';
import { Killed, MemoryStorage } from '../formats/memory-storage.ts';
import { hookedEngine, sampleFiles, smallCorpus, smallOptions, startSmall, TestHost } from './trainer-fixtures.ts';

const options = { ...smallOptions, dropout: 0 };

/** A base over these characters with random weights of another seed. */
async function baseOver(characters: readonly string[], changes: Partial<ModelSpec> = {}): Promise<BaseModel> {
  const vocabulary = ['<unk>', ...characters];
  const spec = { ...specOf(options, { entries: vocabulary, unknown: 0 }), ...changes };
  return readBaseModel('a base', encodeCheckpoint(spec, initialize(spec, 'orthogonal', 99)));
}

/** Row `index` of a tensor [V, n], or column of one [n, V]. */
function row(parameters: ParameterSet, name: string, index: number): number[] {
  const { shape, data } = parameters.get(name)!;
  const width = shape[1] ?? 1;
  return [...data.slice(index * width, (index + 1) * width)];
}
function column(parameters: ParameterSet, name: string, index: number): number[] {
  const { shape, data } = parameters.get(name)!;
  return Array.from({ length: shape[0]! }, (_, k) => data[k * shape[1]! + index]!);
}

describe('a warm start', () => {
  it('moves the rows and columns of each character to its place here, and draws the others as a fresh network does', async () => {
    const corpus = await smallCorpus();
    // All but "c" and "=", in reverse, with one that is not needed here.
    const known = corpus.vocabulary.entries.filter((entry) => !['<unk>', 'c', '='].includes(entry)).reverse();
    const base = await baseOver(['ß', ...known]);
    const spec = specOf(options, corpus.vocabulary);
    const { parameters, origin } = warmStart(base, options, corpus);
    const fresh = initialize(spec, options.init, options.seed);
    expect(origin).toEqual({ name: 'a base', sha256: base.sha256, mapped: spec.vocabulary.length - 2, fresh: 2 });
    expect([...parameters.keys()]).toEqual([...fresh.keys()]);
    const lowest = Math.min(...base.parameters.get('out.bias')!.data);
    spec.vocabulary.forEach((character, here) => {
      const there = base.spec.vocabulary.indexOf(character);
      const [source, index] = there < 0 ? [fresh, here] : [base.parameters, there];
      expect(column(parameters, 'rnn.weight_ih_l0', here)).toEqual(column(source, 'rnn.weight_ih_l0', index));
      expect(row(parameters, 'out.weight', here)).toEqual(row(source, 'out.weight', index));
      expect(parameters.get('out.bias')!.data[here]).toBe(
        there < 0 ? lowest : base.parameters.get('out.bias')!.data[there],
      );
    });
    for (const name of ['rnn.weight_hh_l0', 'rnn.bias_ih_l0', 'rnn.weight_ih_l1', 'rnn.weight_hh_l1'])
      expect(parameters.get(name)!.data).toEqual(base.parameters.get(name)!.data);
  });

  it('is the base itself where the vocabularies have the same characters in another order', async () => {
    const corpus = await smallCorpus();
    const base = await baseOver(corpus.vocabulary.entries.slice(1).reverse());
    const spec = specOf(options, corpus.vocabulary);
    const nats = async (model: { spec: ModelSpec; parameters: ParameterSet }): Promise<number> => {
      const engine = referenceEngine();
      const limits = { maxTime: 0, maxBatch: 0 };
      const session = await engine.open(model.spec, { kind: 'parameters', parameters: model.parameters }, limits);
      const other = Corpus.restore({ ...corpus.snapshot(), vocabulary: model.spec.vocabulary });
      return (await evaluateStreams(session, other.streams('test')))!.totalNats;
    };
    const { parameters } = warmStart(base, options, corpus);
    expect(await nats({ spec, parameters })).toBeCloseTo(await nats(base), 6);
  });

  it('says why a base does not fit', async () => {
    const corpus = await smallCorpus();
    const characters = corpus.vocabulary.entries.slice(1);
    const base = await baseOver(characters);
    expect(misfitOf(base, options, corpus)).toBeNull();
    expect(misfitOf(base, { ...options, hiddenSize: 5 }, corpus)).toMatch(
      /lstm 4 \+ lstm 4 instead of lstm 5 \+ lstm 5/,
    );
    expect(misfitOf(base, { ...options, architecture: 'gru' }, corpus)).toMatch(/another network/);
    expect(misfitOf(base, { ...options, layers: 1 }, corpus)).toMatch(/another network/);
    expect(misfitOf(base, { ...options, connections: 'residual' }, corpus)).toMatch(/another network/);
    const foreign = await Corpus.build(
      sampleFiles(24).map((file) => ({ ...file, text: file.text.replaceAll(/[a-e]/g, 'λ') })),
      { seed: 1, minCount: 1 },
    );
    expect(misfitOf(base, options, foreign)).toMatch(/knows \d\d % of the text's characters/);
  });

  it('is written down, and a training from it resumes exactly', async () => {
    const corpus = await smallCorpus();
    const base = await baseOver(corpus.vocabulary.entries.slice(1));
    const about = { corpus, options, id: 'r', name: 'R', created: '2030-01-01' };
    const whole = new MemoryStorage();
    const trainer = await startTraining({ storage: whole, engine: referenceEngine(), base, ...about }, new TestHost());
    await trainer.run();
    const { start } = trainer.folder.manifest;
    expect(start).toEqual({ name: 'a base', sha256: base.sha256, mapped: corpus.vocabulary.size, fresh: 0 });
    expect(parseManifest(encodeManifest(trainer.folder.manifest)).start).toEqual(start);
    const first = await trainer.folder.readModel(trainer.folder.manifest.generations[0]!.number);
    expect(first.parameters.get('rnn.weight_hh_l0')!.data).toEqual(base.parameters.get('rnn.weight_hh_l0')!.data);

    const broken = new MemoryStorage();
    const host = new TestHost();
    const engine = hookedEngine((step) => {
      host.time += 3000;
      if (step === 25) throw new Killed();
      return undefined;
    });
    const killed = await startTraining({ storage: broken, engine, base, ...about }, host);
    await expect(killed.run()).rejects.toThrow(Killed);
    const resumed = await resumeTraining({ storage: broken, engine: referenceEngine() }, new TestHost('two'));
    await resumed.run();
    const last = async (storage: MemoryStorage) => (await (await RunFolder.open(storage)).loadGeneration()).session;
    expect(await last(broken)).toEqual(await last(whole));
    expect(resumed.folder.manifest.start).toEqual(start);

    const cold = await startSmall(new MemoryStorage(), corpus, { options });
    expect(cold.folder.manifest.start).toBeUndefined();
  });
});
