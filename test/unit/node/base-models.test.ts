/** The base models that are shipped are the networks that their names say, and all of them over the same characters. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { baseModelName, baseSizes, readBaseModel } from '../../../src/core/training/index.ts';

const folder = path.resolve(import.meta.dirname, '../../../media/base');

it.each(baseSizes)('the base model of %i cells', async (hiddenSize) => {
  const name = baseModelName({ hiddenSize });
  const { spec } = await readBaseModel(name, await readFile(path.join(folder, `${name}.safetensors`)));
  expect(spec.layers).toEqual([{ cell: 'lstm', hiddenSize, directions: ['forward'] }]);
  for (const character of 'az09{}("\'\n\t ') expect(spec.vocabulary).toContain(character);
});

it('sizes without a base model of their own are offered the smallest, which says why it does not fit', () => {
  expect([64, 128, 200, 256].map((hiddenSize) => baseModelName({ hiddenSize }))).toEqual([
    'lstm-1x128',
    'lstm-1x128',
    'lstm-1x128',
    'lstm-1x256',
  ]);
});
