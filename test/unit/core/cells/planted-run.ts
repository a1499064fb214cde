/** A run folder whose network has one cell that is exactly “inside double quotes”, with texts kept on every side. */
import type { CorpusDocument, Side } from '../../../../src/core/corpus/document.ts';
import { RunFolder } from '../../../../src/core/formats/run-folder.ts';
import type { Storage } from '../../../../src/core/formats/storage.ts';
import { initialize } from '../../../../src/core/model/initialize.ts';
import { tinyManifest } from '../formats/run-fixtures.ts';
import { plantedParameters, plantedSpec, quotedTexts, vocabulary } from './planted.ts';

const hiddenSize = 24;

export interface PlantedRunOptions {
  id: string;
  /** Files of the validation and of the test side. */
  files: number;
  /** Characters of each. */
  size: number;
  language: string;
}

export async function writePlantedRun(storage: Storage, changes: Partial<PlantedRunOptions> = {}): Promise<RunFolder> {
  const { id, files, size, language } = { id: 'planted', files: 7, size: 700, language: 'typescript', ...changes };
  const side = (name: Side, count: number, seed: number): CorpusDocument[] =>
    quotedTexts(count, size, seed).map((document, k) => ({
      ...document,
      path: `${name}/${k}.ts`,
      side: name,
      language,
    }));
  const documents = [...side('train', 1, 10), ...side('validation', files, 11), ...side('test', files, 12)];
  const spec = plantedSpec(hiddenSize);
  const base = tinyManifest();
  const chars = (of: Side): number =>
    documents.reduce((sum, document) => sum + (document.side === of ? document.chars : 0), 0);
  const folder = await RunFolder.create(
    storage,
    {
      ...base,
      id,
      name: 'Planted',
      state: 'finished',
      spec,
      options: { ...base.options, hiddenSize },
      corpus: {
        ...base.corpus,
        chars: { train: chars('train'), validation: chars('validation'), test: chars('test') },
      },
    },
    {
      formatVersion: 1,
      seed: 1,
      splitInsideFiles: false,
      vocabulary: [...vocabulary.entries],
      unknown: null,
      documents,
    },
  );
  await savePlanted(folder, 1000);
  return folder;
}

/** One more generation with the planted cell, or (`untrained`) one in which no cell is anything. */
export async function savePlanted(folder: RunFolder, trainedChars: number, untrained = false): Promise<number> {
  const spec = plantedSpec(hiddenSize);
  const parameters = untrained ? initialize(spec, 'orthogonal', 8) : plantedParameters(spec, 1, 5);
  const session = { parameters, optimizer: new Map(), steps: 1, carry: [] };
  const number = await folder.saveGeneration({ trainedChars, validationNats: 1, trainer: null, session });
  await folder.update({ best: number });
  return number;
}
