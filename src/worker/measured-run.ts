/** A run opened for measuring its cells: the model, and the held-out texts that the run keeps, labelled as they are read. */
import { type LabelledSides, labelledSides } from '../core/cells/held-out.ts';
import type { LabelCache } from '../core/cells/label-cache.ts';
import { type HeldOutTexts, ownHeldOutTexts } from '../core/cells/sides.ts';
import type { BinaryConcept, Concept } from '../core/concepts/concept.ts';
import { grammarOf } from '../core/concepts/languages.ts';
import type { SyntaxParser } from '../core/concepts/parser.ts';
import { concepts } from '../core/concepts/registry.ts';
import { type UserConcept, userConcept } from '../core/concepts/user-defined.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { MeasuredSides, RunManifest } from '../core/formats/index.ts';
import { RunFolder } from '../core/formats/index.ts';
import { t } from '../core/words.ts';
import type { ModelReference } from '../protocol/inspector-service.ts';
import { CodedError } from './channel.ts';
import { type InspectorPlatform, type OpenModel, openModel } from './inspector-models.ts';

export interface MeasuredRun {
  /** Close its session when done. */
  model: OpenModel;
  manifest: Readonly<RunManifest>;
  generation: number;
  trainedChars: number;
  concepts: readonly Concept[];
  texts: HeldOutTexts;
  sides: LabelledSides;
  told: MeasuredSides;
}

/** What texts are labelled with, and what is kept of it from one run to the next. */
export interface Labelling {
  parser: SyntaxParser;
  cache: LabelCache;
}

export interface MeasuredRequest {
  model: ModelReference;
  userConcepts: readonly UserConcept[];
}

/**
 * `onLabelling` is told which of the user's concepts is labelled from now on, null when it is done: a pattern may take
 * longer than anybody waits, and the thread cannot be asked meanwhile.
 * @throws CodedError `no-run`, `bad-concept`; HeldOutError; what opening a model throws
 */
export async function openMeasuredRun(
  engine: Engine,
  platform: InspectorPlatform,
  { parser, cache }: Labelling,
  { model: reference, userConcepts }: MeasuredRequest,
  onLabelling: (concept: string | null) => void = () => {},
): Promise<MeasuredRun> {
  if (reference.kind !== 'run')
    throw new CodedError(
      'no-run',
      t(
        'A model file keeps no held-out text, so cells cannot be scored on text it was not trained on. Choose a run that was trained here, or name a folder on the command line: cellscope cells <model> <folder>.',
      ),
    );
  const all = [...concepts, ...userConcepts.map((concept) => watched(readConcept(concept), onLabelling))];
  const run = await RunFolder.open(platform.storage(reference.folder));
  const texts = ownHeldOutTexts(await run.readCorpus());
  const model = await openModel(engine, platform, reference);
  const generation = model.info.generation!;
  cache.keepTo(JSON.stringify(userConcepts), [...texts.validation, ...texts.test]);
  return {
    model,
    manifest: run.manifest,
    generation,
    trainedChars: model.info.generations.find(({ number }) => number === generation)?.trainedChars ?? 0,
    concepts: all,
    texts,
    sides: labelledSides(texts, model.vocabulary, all, parser, cache),
    told: describe(texts),
  };
}

function readConcept(concept: UserConcept): BinaryConcept {
  try {
    return userConcept(concept);
  } catch (error) {
    throw new CodedError('bad-concept', (error as Error).message);
  }
}

function watched(concept: BinaryConcept, onLabelling: (concept: string | null) => void): BinaryConcept {
  return {
    ...concept,
    label(document) {
      onLabelling(concept.name);
      const labels = concept.label(document);
      onLabelling(null);
      return labels;
    },
  };
}

function describe({ validation, test }: HeldOutTexts): MeasuredSides {
  const of = (documents: HeldOutTexts['test']): MeasuredSides['test'] => ({
    files: new Set(documents.map(({ path }) => path)).size,
    chars: documents.reduce((sum, { chars }) => sum + chars, 0),
  });
  const languages = new Set([...validation, ...test].map(({ language }) => language));
  return {
    validation: of(validation),
    test: of(test),
    withoutGrammar: [...languages].filter((language) => grammarOf(language) === null).sort(),
  };
}
