import type { CorpusSnapshot } from '../../../../src/core/corpus/corpus.ts';
import type { SessionState } from '../../../../src/core/engine/engine.ts';
import type { RunManifest } from '../../../../src/core/formats/manifest.ts';
import type { NewGeneration } from '../../../../src/core/formats/run-folder.ts';
import { elements, parameterLayout } from '../../../../src/core/model/layout.ts';
import type { ModelSpec } from '../../../../src/core/model/spec.ts';
import type { ParameterSet } from '../../../../src/core/model/tensors.ts';
import { Random } from '../../../../src/core/random.ts';
import { defaultOptions } from '../../../../src/core/training/options.ts';

export const tinySpec: ModelSpec = {
  formatVersion: 1,
  layers: [{ cell: 'lstm', hiddenSize: 2, directions: ['forward'] }],
  connections: 'none',
  vocabulary: ['<unk>', 'a', '\n'],
  unknown: 0,
};

export const tinyCorpus: CorpusSnapshot = {
  formatVersion: 1,
  seed: 1,
  splitInsideFiles: false,
  vocabulary: tinySpec.vocabulary,
  unknown: 0,
  documents: [
    { path: 'a.ts', language: 'typescript', side: 'train', text: 'a\na😀\ud800', chars: 5, sha256: '00' },
    {
      path: 'b.ts',
      language: 'typescript',
      side: 'test',
      text: 'aa',
      chars: 2,
      sha256: '01',
      range: { start: 0, end: 2 },
    },
  ],
};

export function tinyManifest(): RunManifest {
  return {
    formatVersion: 1,
    id: 'tiny',
    name: 'Tiny',
    created: '2030-01-01T00:00:00.000Z',
    state: 'running',
    spec: tinySpec,
    options: defaultOptions,
    corpus: {
      files: [],
      chars: { train: 5, validation: 0, test: 2 },
      vocabularySize: 3,
      splitInsideFiles: false,
      seed: 1,
    },
    engine: { name: 'reference', threads: 1 },
    parameters: 0,
    trainedChars: 0,
    trainingSeconds: 0,
    generations: [],
    best: null,
    current: null,
    heldOut: null,
  };
}

/** A state whose numbers all depend on the seed. */
export function someState(seed: number, wide = false): SessionState {
  const random = new Random(seed);
  const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
  const parameters: ParameterSet = new Map();
  const optimizer: SessionState['optimizer'] = new Map();
  for (const { name, shape } of parameterLayout(tinySpec)) {
    const data = values(elements(shape));
    parameters.set(name, { shape, data: wide ? Float64Array.from(data, (x) => x + 1e-12) : data });
    optimizer.set(`m/${name}`, { shape, data: values(elements(shape)) });
  }
  return { parameters, optimizer, steps: seed, carry: [{ h: values(4), c: values(4) }] };
}

export function someGeneration(seed: number): NewGeneration {
  return { session: someState(seed), trainedChars: seed * 1000, validationNats: null, trainer: { seed } };
}
