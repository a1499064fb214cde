/** What the inspector worker offers *Find Cells for Selection*. Types only. */
import type { Match } from '../core/cells/matching.ts';
import type { SpanConcept } from '../core/concepts/span.ts';
import type { CallContext } from '../worker/channel.ts';
import type { CellAddress } from './inspector-service.ts';

export interface FoundCells {
  /** The cells that are on in the selection and off around it, best first. */
  matches: Match[];
  /** Characters selected, and of their surroundings with them: AP by chance is their ratio. */
  selected: number;
  compared: number;
  /** Selected characters that the model does not know. */
  unknown: number;
  /** What the selection is and its surroundings are not, by the text and its grammar. */
  concepts: SpanConcept[];
}

/** A stretch where a cell is on, at least as long as was asked for. Lines 0-based, columns in UTF-16 units. */
export interface Place {
  start: { line: number; column: number };
  /** After the last character. */
  end: { line: number; column: number };
  /** Mean distance of the values from the threshold. */
  strength: number;
}

export interface FoundPlaces {
  /** Strongest first, at most as many as were asked for. */
  places: Place[];
  /** All that there are. */
  total: number;
  /** Characters searched. */
  chars: number;
}

export interface SelectionService {
  /**
   * Ranks the cells for a selection in a document that the inspector holds (UTF-16 offsets). Rejects with the codes
   * `selection-short`, `selection-long`, `selection-all` (nothing is left around it), `selection-unknown` (no character
   * that the model knows), `changed` (the text was edited meanwhile); each says what to do.
   */
  cellsForSelection(
    request: { model: string; document: string; language: string; start: number; end: number; count: number },
    context: CallContext<{ fraction: number }>,
  ): Promise<FoundCells>;
  /** Where a column is on for at least `shortest` characters, in any text. */
  placesOfCell(
    request: {
      model: string;
      cell: CellAddress;
      sign: 1 | -1;
      threshold: number;
      shortest: number;
      count: number;
      text: string;
    },
    context: CallContext,
  ): Promise<FoundPlaces>;
}
