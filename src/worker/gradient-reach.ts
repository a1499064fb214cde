/** What one prediction goes back to: in the texts of a diagnostic, and in documents as they stand in the editor. */
import type { InspectedText } from '../core/activations/inspected-text.ts';
import type { Turn } from '../core/activations/turns.ts';
import { nextCharacters, type Vocabulary } from '../core/corpus/vocabulary.ts';
import { KeptStates } from '../core/gradients/kept-states.ts';
import type { TextStream } from '../core/gradients/positions.ts';
import { type Reach, reachOf } from '../core/gradients/reach.ts';
import { t } from '../core/words.ts';
import type {
  CharacterPlace,
  DocumentReach,
  DocumentReachQuestion,
  ReachQuestion,
} from '../protocol/gradients-service.ts';
import { CodedError } from './channel.ts';
import type { OpenModel } from './inspector-models.ts';

/** Texts whose states are kept. */
const mostTexts = 8;

interface ReachText extends TextStream {
  states: KeptStates;
}

/** A model that is asked about one prediction after the other. */
export class ReachModel {
  readonly model: OpenModel;
  private readonly texts = new Map<string, ReachText>();

  constructor(model: OpenModel) {
    this.model = model;
  }

  /** A text as the model reads it, with what was kept of earlier questions. */
  text(text: string): ReachText {
    const known = this.texts.get(text);
    if (known) return known;
    const [oldest] = this.texts.keys();
    if (this.texts.size >= mostTexts && oldest !== undefined) this.texts.delete(oldest);
    const inputs = this.model.vocabulary.encode(text);
    const opened = {
      inputs,
      targets: nextCharacters(inputs),
      states: new KeptStates(this.model.session, inputs),
    };
    this.texts.set(text, opened);
    return opened;
  }
}

export async function textReach(
  reachModel: ReachModel,
  text: string,
  { at, lags, logit }: Pick<ReachQuestion, 'at' | 'lags' | 'logit'>,
  turn: Turn,
): Promise<Reach> {
  const { session, vocabulary } = reachModel.model;
  const seed = logitSeed(vocabulary, logit);
  const { states, ...stream } = reachModel.text(text);
  const kept = await states.before(Math.max(0, at - lags), turn);
  return reachOf(session, stream, { at, lags, turn, ...seed, ...(kept ? { kept } : {}) });
}

/** Of the text as it stands when the answer is given; an edit on the way starts it again. */
export async function documentReach(
  model: OpenModel,
  text: InspectedText,
  { offset, lags, logit }: Omit<DocumentReachQuestion, 'model' | 'document'>,
  turn: Turn,
): Promise<DocumentReach> {
  const seed = logitSeed(model.vocabulary, logit);
  const track = text.track(model);
  for (;;) {
    const { version } = text;
    const place = text.locate(offset);
    if (!place) throw new CodedError('empty-document', t('The document is empty: nothing is predicted in it.'));
    const { index, line, character } = place;
    if (index === 0)
      throw new CodedError(
        'no-prediction',
        t('The first character of a text is not predicted: nothing stands before it. Choose a later one.'),
      );
    const at = index - 1;
    if (logit === null && track.index(index) < 0)
      throw new CodedError(
        'no-prediction',
        t(
          "{0} is not in the model's vocabulary, so its prediction has no loss. Choose another character, or ask about the logit of a known one.",
          JSON.stringify(character),
        ),
      );
    const first = Math.max(0, at - lags);
    const { revision } = track;
    await track.ensure(first, turn);
    if (track.revision !== revision) continue;
    const { position, state } = track.stateBefore(first);
    const inputs = Int32Array.from({ length: index - position }, (_, t) => track.index(position + t));
    const targets = new Int32Array(inputs.length).fill(-1);
    targets[at - position] = track.index(index);
    const kept = { index: 0, state };
    const request = { at: at - position, lags: at - first, turn, kept, ...seed };
    const reach = await reachOf(model.session, { inputs, targets }, request);
    if (track.revision !== revision) continue;
    const placeOf = (i: number): CharacterPlace => {
      const on = text.lineAt(i);
      return { line: on, character: i - text.lineStart(on) };
    };
    return {
      version,
      predicted: { line, character: index - text.lineStart(line) },
      start: placeOf(first),
      reach: { ...reach, first, at },
    };
  }
}

/** @throws CodedError `unknown` */
function logitSeed(vocabulary: Vocabulary, logit: string | null): { logit?: number } {
  if (logit === null) return {};
  const [seed] = vocabulary.encode(logit);
  if (seed === undefined || seed < 0 || seed === vocabulary.unknown)
    throw new CodedError(
      'unknown',
      t("{0} is not in the model's vocabulary. Choose another one.", JSON.stringify(logit)),
    );
  return { logit: seed };
}
