/** One row of the list of cells: its concept and score where it has one, else its range over this text. */
import type { CellStanding } from '../../src/protocol/heatmap.ts';
import { element } from '../ui/dom.ts';
import { fixed, signed } from '../ui/format.ts';
import { t, translated } from '../ui/words.ts';

export interface CellStatistics {
  mean: number;
  deviation: number;
  min: number;
  max: number;
}

export interface CellRowContent {
  layer: number;
  cell: number;
  selected: boolean;
  statistics: CellStatistics | undefined;
  /** Largest |value| of all cells: the track's ends. */
  range: number;
  /** Loudness at the cursor, where the list is sorted by it. */
  z: number | undefined;
  /** Where it is laid over the chosen cell. */
  place: 'over' | 'under' | undefined;
  standings: readonly CellStanding[];
  /** Whether concept and score are shown instead of the range. */
  showConcept: boolean;
}

export function createCellRow(): HTMLElement {
  return element(
    'div',
    { class: 'cell-row' },
    element('span', { class: 'name' }),
    element(
      'span',
      { class: 'box' },
      element('i', { class: 'whisker' }),
      element('i', { class: 'negative' }),
      element('i', { class: 'positive' }),
    ),
    element('span', { class: 'concept' }),
    element('span', { class: 'number' }),
    // For the pointer: the list itself has keys for it.
    element('span', {
      class: 'toggle',
      'aria-hidden': 'true',
      title: t(
        'Lay this cell over the chosen one, or take it away (Ctrl or ⌘ with a click; the key + for the chosen one)',
      ),
    }),
  );
}

export function fillCellRow(row: HTMLElement, content: CellRowContent): void {
  const { layer, cell, statistics, z, place, standings } = content;
  const [name, track, concept, number] = row.children as unknown as HTMLElement[];
  const [first] = standings;
  const withConcept = content.showConcept && first !== undefined;
  row.classList.toggle('selected', content.selected);
  row.classList.toggle('with-concept', withConcept);
  row.dataset.place = place ?? '';
  row.dataset.standing = first ? (first.named ? 'named' : 'candidate') : '';
  name!.textContent = `${layer} · ${cell}`;
  concept!.textContent = withConcept ? conceptsOf(standings) : '';
  track!.hidden = withConcept || !statistics;
  number!.textContent = withConcept
    ? `${first.ap.toFixed(2)} / ${first.base.toFixed(first.base < 0.01 ? 3 : 2)}`
    : z !== undefined
      ? `z ${signed(z, 1)}`
      : statistics
        ? `σ ${fixed(statistics.deviation)}`
        : '';
  const words = [...standings.map(({ words }) => words), statistics ? rangeWords(statistics) : ''].filter(Boolean);
  const label =
    place === 'over'
      ? t('Layer {0}, cell {1}, laid over the line', layer, cell)
      : place === 'under'
        ? t('Layer {0}, cell {1}, laid under the line', layer, cell)
        : t('Layer {0}, cell {1}', layer, cell);
  row.setAttribute('aria-label', [label, ...words].join('. '));
  row.title = words.length === 0 ? '' : [label, ...words].join('\n');
  if (statistics && !withConcept) drawRange(track!, statistics, content.range);
}

/** Names, or where there is none the concepts that it is the best candidate for. */
function conceptsOf(standings: readonly CellStanding[]): string {
  const named = standings.filter((standing) => standing.named);
  return (named.length > 0 ? named : standings).map(({ concept }) => translated(concept)).join(', ');
}

function rangeWords({ mean, deviation, min, max }: CellStatistics): string {
  return t(
    'Over this text: mean {0}, deviation {1}, from {2} to {3}',
    signed(mean),
    fixed(deviation),
    signed(min),
    signed(max),
  );
}

function drawRange(track: HTMLElement, { mean, deviation, min, max }: CellStatistics, range: number): void {
  const at = (value: number): number => 50 + 50 * Math.max(-1, Math.min(1, value / range));
  const [whisker, negative, positive] = track.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
  span(whisker, at(min), at(max));
  span(negative, at(mean - deviation), Math.min(50, at(mean + deviation)));
  span(positive, Math.max(50, at(mean - deviation)), at(mean + deviation));
}

function span(part: HTMLElement, from: number, to: number): void {
  part.style.insetInlineStart = `${from}%`;
  part.style.inlineSize = `${Math.max(0, to - from)}%`;
}
