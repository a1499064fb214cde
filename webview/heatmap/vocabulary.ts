/** Which characters of a text a model does not know. */
import { characterName } from '../ui/format.ts';

export interface Missing {
  total: number;
  /** Most frequent first. */
  characters: { character: string; count: number }[];
  /** Share of all characters, 0…1. */
  share: number;
}

/** Counts characters outside `vocabulary`; line ends count as `\n`. */
export function missingCharacters(lines: readonly string[], vocabulary: ReadonlySet<string>): Missing {
  const counts = new Map<string, number>();
  let all = lines.length - 1;
  let total = 0;
  const add = (character: string, times: number): void => {
    total += times;
    counts.set(character, (counts.get(character) ?? 0) + times);
  };
  if (all > 0 && !vocabulary.has('\n')) add('\n', all);
  for (const line of lines) {
    for (const character of line) {
      all++;
      if (!vocabulary.has(character)) add(character, 1);
    }
  }
  const characters = [...counts].map(([character, count]) => ({ character, count })).sort((a, b) => b.count - a.count);
  return { total, characters, share: all > 0 ? total / all : 0 };
}

/** What is missing, what that means and what to do; null where nothing is. */
export function describeMissing(missing: Missing, hasUnknown: boolean): string | null {
  if (missing.total === 0) return null;
  const some = missing.characters
    .slice(0, 4)
    .map(({ character, count }) => `${characterName(character)} ×${count}`)
    .join(', ');
  const rest = missing.characters.length > 4 ? ` and ${missing.characters.length - 4} more` : '';
  const meaning = hasUnknown ? 'It reads them all as <unk>.' : 'It reads them as nothing and does not score them.';
  const advice = 'To have them learned, train on files that use them.';
  const share = missing.share >= 0.2 ? ` (${Math.round(missing.share * 100)} % of the text)` : '';
  const times = missing.total === 1 ? '1 character' : `${missing.total} characters`;
  return `${times}${share} unknown to this model: ${some}${rest}. ${meaning} ${advice}`;
}
