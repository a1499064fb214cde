/** Selecting with the keyboard: Shift with a key that moves the cursor takes the selection's moving end along, as in the editor. */
import { t } from '../ui/words.ts';
import type { HeatmapApp } from './app.ts';
import { type CursorMove, middle } from './cursor.ts';
import { characterOfColumn, columnOf } from './layout.ts';
import type { Place } from './text.ts';
import type { Spot, TextView } from './text-view.ts';

/** Where such a key starts from: the end that moves, also of what the mouse has selected; the cursor where nothing is. */
export function movingEnd(view: TextView, cursor: CursorMove): CursorMove {
  const head = view.selection.directed?.head;
  if (!head) return cursor;
  const { line } = head;
  const character = characterOfColumn(view.layout(line), head.column);
  const { spot } = cursor;
  if (spot.line === line && spot.character === character) return cursor;
  return { spot: { line, character }, aim: middle(view.layout(line), character) };
}

/** Selects from where the selection began, or else from the cursor, up to a character, and says how much that is. */
export function selectTo({ view, text, announcer }: HeatmapApp, cursor: Spot, head: Spot): void {
  const placeOf = ({ line, character }: Spot): Place => ({ line, column: columnOf(view.layout(line), character) });
  view.selection.extend(view.selection.directed?.anchor ?? placeOf(cursor), placeOf(head));
  const { range } = view.selection;
  const count = range && text ? [...text.slice(...range)].length : 0;
  announcer.say(count === 0 ? t('Nothing is selected') : t('{0} characters selected', count));
}
