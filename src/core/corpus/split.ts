import { Random } from '../random.ts';
import type { Side } from './document.ts';
import { countCharacters, sides } from './document.ts';
import { groupNearDuplicates } from './near-duplicates.ts';

/** A file as the split sees it. */
export interface SplitFile {
  text: string;
  chars: number;
}

/** Share of the characters that validation and test aim at, each. */
export const heldOutShare = 0.1;
/** A side with a smaller share of the characters counts as empty. */
const smallestShare = 0.01;

/**
 * Sides by file, seeded; near-duplicates stay together. Null where a side would be empty that way (one file, all files
 * alike, or one file that is nearly everything): then the split must be made inside files.
 */
export function splitByFile(files: readonly SplitFile[], seed: number): Side[] | null {
  const total = files.reduce((sum, file) => sum + file.chars, 0);
  const groups = groupNearDuplicates(files.map((file) => file.text)).map((members) => ({
    members,
    chars: members.reduce((sum, k) => sum + files[k]!.chars, 0),
    side: 'train' as Side,
  }));
  const chars: Record<Side, number> = { train: total, validation: 0, test: 0 };
  const move = (group: (typeof groups)[number], side: Side): void => {
    chars[group.side] -= group.chars;
    chars[side] += group.chars;
    group.side = side;
  };
  const aim = heldOutShare * total;
  for (const group of Random.derive(seed, 'split').shuffle([...groups])) {
    const side = (['test', 'validation'] as const).find(
      (held) => chars[held] < aim && chars[held] + group.chars <= 1.2 * aim,
    );
    if (side) move(group, side);
  }
  // Few, large files: the smallest that is left goes to a side that got (almost) nothing.
  for (const side of ['test', 'validation'] as const) {
    if (chars[side] >= smallestShare * total) continue;
    const smallest = groups
      .filter((group) => group.side === 'train' && group.chars >= smallestShare * total)
      .sort((a, b) => a.chars - b.chars)[0];
    if (smallest) move(smallest, side);
  }
  if (sides.some((side) => chars[side] < Math.max(2, smallestShare * total))) return null;
  const result = new Array<Side>(files.length).fill('train');
  for (const group of groups) for (const k of group.members) result[k] = group.side;
  return result;
}

/** A part of a text: UTF-16 offsets for slicing, characters for the record. */
export interface Part {
  side: Side;
  from: number;
  to: number;
  start: number;
  end: number;
}

/** Texts shorter than this many characters are not cut: they go to training whole. */
const shortestCut = 100;

/**
 * Cuts one (normalised) text into training (first 80 %), validation and test parts, after a line's end where one is near.
 */
export function splitInside(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  let start = 0;
  const add = (side: Side, to: number): void => {
    if (to <= from) return;
    const end = start + countCharacters(text.slice(from, to));
    parts.push({ side, from, to, start, end });
    from = to;
    start = end;
  };
  if (text.length >= shortestCut) {
    add('train', cutNear(text, 1 - 2 * heldOutShare));
    add('validation', cutNear(text, 1 - heldOutShare));
    add('test', text.length);
  } else add('train', text.length);
  return parts;
}

/** Offset after the line end nearest to `share` of the text, else a character's boundary there. */
function cutNear(text: string, share: number): number {
  const aim = Math.round(text.length * share);
  const reach = Math.floor((text.length * heldOutShare) / 3);
  const before = text.lastIndexOf('\n', aim - 1) + 1;
  if (aim - before <= reach) return before;
  const after = text.indexOf('\n', aim) + 1;
  if (after > 0 && after - aim <= reach) return after;
  return (text.charCodeAt(aim) & 0xfc00) === 0xdc00 && (text.charCodeAt(aim - 1) & 0xfc00) === 0xd800 ? aim + 1 : aim;
}
