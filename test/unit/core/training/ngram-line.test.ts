import { beforeAll, describe, expect, it } from 'vitest';
import { KneserNey } from '../../../../src/core/baselines/kneser-ney.ts';
import { type NGramLoss, ngramLoss } from '../../../../src/core/baselines/ngram-loss.ts';
import type { Corpus } from '../../../../src/core/corpus/corpus.ts';
import { nextCharacters } from '../../../../src/core/corpus/vocabulary.ts';
import { referenceEngine } from '../../../../src/core/engine/reference/reference.ts';
import { RunFolder } from '../../../../src/core/formats/run-folder.ts';
import { Random } from '../../../../src/core/random.ts';
import { validationLimit } from '../../../../src/core/training/budget.ts';
import { NGramLine } from '../../../../src/core/training/ngram-line.ts';
import { resumeTraining } from '../../../../src/core/training/run.ts';
import { validationSet } from '../../../../src/core/training/validation-set.ts';
import { MemoryStorage } from '../formats/memory-storage.ts';
import { smallCorpus, smallOptions, startSmall, TestHost } from './trainer-fixtures.ts';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await smallCorpus();
});

/** What a model of the same order says of the watched documents, all at once. */
function expected(total: number): { nats: number; predictions: number; trainedChars: number } {
  const documents = [...corpus.streams('train')].map(({ inputs }) => inputs);
  const model = new KneserNey(documents, { order: 20, vocabularySize: corpus.vocabulary.size, maxChars: 1e6 });
  const losses = validationSet(corpus, validationLimit(total), smallOptions.seed).flatMap(({ inputs, targets }) => [
    ...model.losses(inputs, targets),
  ]);
  const scored = losses.filter((loss) => !Number.isNaN(loss));
  const nats = scored.reduce((sum, loss) => sum + loss, 0) / scored.length;
  return { nats, predictions: scored.length, trainedChars: model.trainedChars };
}

describe('the n-gram line of a training', () => {
  it('is what n-grams of the training documents achieve on the watched ones; told once, and kept', async () => {
    const storage = new MemoryStorage();
    const host = new TestHost();
    const outcome = await (await startSmall(storage, corpus, { host })).run();
    expect(outcome.state).toBe('finished');
    const { manifest } = await RunFolder.open(storage);
    const { nats, predictions, trainedChars } = expected(40 * 256);
    expect(manifest.ngram).toMatchObject({ order: 20, predictions, trainedChars, ofChars: corpus.chars('train') });
    expect(manifest.ngram!.nats).toBeCloseTo(nats, 5);
    const told = host.messages.filter(({ ngram }) => ngram !== undefined);
    expect(told.map(({ ngram }) => ngram)).toEqual([manifest.ngram]);
    const first = host.messages.findIndex(({ generation }) => generation !== undefined);
    expect(host.messages.indexOf(told[0]!)).toBeGreaterThan(first);
  });

  it('changes no weight, whenever its slices come', async () => {
    const weights = async (clock: number) => {
      const storage = new MemoryStorage();
      const host = new TestHost();
      host.now = () => (host.time += clock);
      await (await startSmall(storage, corpus, { host })).run();
      const folder = await RunFolder.open(storage);
      expect(folder.manifest.ngram).toBeDefined();
      return [...(await folder.readModel('current')).parameters].map(([name, { data }]) => [name, [...data]]);
    };
    expect(await weights(0.5)).toEqual(await weights(40));
  });

  it('begins after the first checkpoint and takes a tenth of the time of the steps', async () => {
    const { folder } = await startSmall(new MemoryStorage(), corpus);
    const watched = validationSet(corpus, validationLimit(10_000), 1);
    let time = 0;
    let looks = 0;
    // Every slice takes 8 ms: the clock is looked at before and after it.
    const now = (): number => {
      if (looks++ % 2 === 1) time += 8;
      return time;
    };
    const found: NGramLoss[] = [];
    const line = new NGramLine(folder, corpus, watched, now, (loss) => found.push(loss));
    for (let step = 0; step < 50; step++) await line.beside(20);
    expect(looks).toBe(0);
    await folder.update({ current: 1 });
    for (let step = 0; step < 60; step++) await line.beside(20);
    // 60 steps of 20 ms, a tenth of it in slices of 8 ms.
    expect(looks / 2).toBe(15);
    expect(found).toHaveLength(0);
    expect(await line.finish(async () => false)).toBe(false);
    expect(await line.finish(async () => true)).toBe(true);
    expect(found).toHaveLength(1);
    expect(folder.manifest.ngram).toEqual(found[0]);
  });

  it('is taken up after a resume, and not worked out again where it is known', async () => {
    const storage = new MemoryStorage();
    const first = new TestHost();
    const trainer = await startSmall(storage, corpus, { host: first });
    await trainer.run();
    const { ngram } = (await RunFolder.open(storage)).manifest;
    const second = new TestHost('two');
    const more = await resumeTraining({ storage, engine: referenceEngine(), moreChars: 256 }, second);
    await more.run();
    expect(second.messages.some((message) => message.ngram !== undefined)).toBe(false);
    expect((await RunFolder.open(storage)).manifest.ngram).toEqual(ngram);
  });

  it('stops every few thousand places, and says how many characters it learned from', () => {
    const random = new Random(3);
    const documents = Array.from({ length: 12 }, () => Int32Array.from({ length: 9000 }, () => random.below(7)));
    const watched = [{ inputs: documents[0]!, targets: nextCharacters(documents[0]!) }];
    const work = ngramLoss({ documents, ofChars: 12 * 9000, watched, vocabularySize: 7 });
    let stops = 0;
    let step = work.next();
    for (; !step.done; step = work.next()) stops++;
    // 9000 losses in slices of 256, and 108,000 places many times over.
    expect(stops).toBeGreaterThan(60);
    expect(step.value!.trainedChars).toBe(12 * 9000);
    const nothing = ngramLoss({ documents: [], ofChars: 0, watched, vocabularySize: 7 });
    expect(nothing.next()).toEqual({ done: true, value: null });
  });

  it('a manifest without it, of an earlier version, is read; a damaged one is refused', async () => {
    const storage = new MemoryStorage();
    const { folder } = await startSmall(storage, corpus);
    expect((await RunFolder.open(storage)).manifest.ngram).toBeUndefined();
    await folder.update({ ngram: { order: 20 } as never });
    await expect(RunFolder.open(storage)).rejects.toThrow(/run\.json is damaged/);
  });
});
