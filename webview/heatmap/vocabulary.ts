/** Which characters of a text a model does not know. */
import { characterName } from '../ui/format.ts';
import { t } from '../ui/words.ts';

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
  const { total, characters } = missing;
  const some = characters
    .slice(0, 4)
    .map(({ character, count }) => `${characterName(character)} ×${count}`)
    .join(', ');
  const list = characters.length > 4 ? t('{0} and {1} more', some, characters.length - 4) : some;
  const percent = Math.round(missing.share * 100);
  const found =
    missing.share >= 0.2
      ? total === 1
        ? t('1 character ({0} % of the text) unknown to this model: {1}.', percent, list)
        : t('{0} characters ({1} % of the text) unknown to this model: {2}.', total, percent, list)
      : total === 1
        ? t('1 character unknown to this model: {0}.', list)
        : t('{0} characters unknown to this model: {1}.', total, list);
  const meaning = hasUnknown
    ? t('It reads them all as <unk>. To have them learned, train on files that use them.')
    : t('It reads them as nothing and does not score them. To have them learned, train on files that use them.');
  return `${found} ${meaning}`;
}
