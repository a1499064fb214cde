/** Find cells for a selection, and the places of a cell, in turns between the inspector's other work. */
import { InspectedText } from '../core/activations/inspected-text.ts';
import { zeroState } from '../core/activations/states.ts';
import type { Turn } from '../core/activations/turns.ts';
import { matchingSpans } from '../core/cells/matching.ts';
import { cellsForSpan, longestSelection, shortestSelection, surroundingsOf } from '../core/cells/selection.ts';
import { concepts } from '../core/concepts/registry.ts';
import { conceptsOfSpan } from '../core/concepts/span.ts';
import { t } from '../core/words.ts';
import type { FoundCells, FoundPlaces, SelectionService } from '../protocol/selection-service.ts';
import { CodedError } from './channel.ts';
import type { EditedSyntax } from './edited-syntax.ts';
import type { OpenModel } from './inspector-models.ts';

type Request<M extends keyof SelectionService> = Parameters<SelectionService[M]>[0];

/** @throws CodedError as SelectionService says. */
export async function cellsForSelection(
  model: OpenModel,
  text: InspectedText,
  request: Request<'cellsForSelection'>,
  syntax: EditedSyntax,
  turn: Turn,
  onProgress: (fraction: number) => void,
): Promise<FoundCells> {
  const start = text.indexAt(request.start);
  const end = text.indexAt(request.end);
  const { version } = text;
  check(start, end);
  const { from, to } = surroundingsOf(start, end, text.length);
  if (to - from === end - start)
    throw new CodedError(
      'selection-all',
      t('The whole text is selected, so there is nothing around it to compare with. Select a part of it.'),
    );
  const track = text.track(model);
  let unknown = 0;
  for (let i = start; i < end; i++) if (!isKnown(model, track.index(i))) unknown++;
  if (unknown === end - start)
    throw new CodedError(
      'selection-unknown',
      t(
        'The model knows none of the selected characters. Select other text, or train on files that have these characters.',
      ),
    );
  await track.ensure(from, turn);
  const before = track.stateBefore(from);
  if (text.version !== version) throw changed();
  const inputs = Int32Array.from({ length: to - before.position }, (_, i) => track.index(before.position + i));
  const span = {
    inputs,
    state: before.state,
    from: from - before.position,
    start: start - before.position,
    end: end - before.position,
  };
  const matches = await cellsForSpan(model.session, span, request.count, turn, onProgress);
  if (text.version !== version) throw changed();
  const breathe = (): Promise<void> => turn(async () => {});
  const document = await syntax.read(request.document, request.language, text.normalised, breathe);
  const ofSpan = await conceptsOfSpan(document, concepts, { start, end, from, to }, breathe);
  if (text.version !== version) throw changed();
  return { matches, selected: end - start, compared: to - from, unknown, concepts: ofSpan };
}

export async function placesOfCell(
  model: OpenModel,
  { cell, sign, threshold, shortest, count, text }: Request<'placesOfCell'>,
  turn: Turn,
): Promise<FoundPlaces> {
  const inspected = new InspectedText(0, text);
  const track = inspected.track(model);
  const reading = await track.read(() => 0, track.length, zeroState(track.spec), { columns: [cell] }, turn);
  const spans = matchingSpans(reading!.columns[0]!, { sign, threshold }, shortest, Number.POSITIVE_INFINITY);
  const places = spans.slice(0, count).map(({ start, end, strength }) => ({
    start: inspected.placeOf(start),
    end: inspected.placeOf(end),
    strength,
  }));
  return { places, total: spans.length, chars: track.length };
}

function check(start: number, end: number): void {
  const selected = end - start;
  if (selected < shortestSelection)
    throw new CodedError(
      'selection-short',
      t('Select at least {0} characters: in fewer, many cells peak by chance.', shortestSelection),
    );
  if (selected > longestSelection)
    throw new CodedError(
      'selection-long',
      t(
        '{0} characters are selected. Select at most {1}, so that the cells can be compared with the text around them.',
        selected,
        longestSelection,
      ),
    );
}

function isKnown({ vocabulary }: OpenModel, index: number): boolean {
  return index >= 0 && index !== vocabulary.unknown;
}

function changed(): CodedError {
  return new CodedError('changed', t('The text changed while its cells were compared. Select again.'));
}
