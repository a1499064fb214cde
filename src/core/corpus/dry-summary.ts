import type { CorpusSummary } from '../formats/manifest.ts';
import { t, whole } from '../words.ts';
import type { LeftOut } from './left-out.ts';
import type { WalkReport } from './walk.ts';

export interface LanguageShare {
  language: string;
  files: number;
  chars: number;
}

/** What training will cost; from a short timing of the engine. */
export interface Expectation {
  parameters: number;
  seconds: number;
  memoryBytes: number;
}

/** What is told before training: what would be read, what not and why, and what it will cost. */
export interface DrySummary {
  files: number;
  chars: number;
  /** Largest first. */
  languages: LanguageShare[];
  vocabularySize: number;
  /** Characters by side of the split. */
  sides: CorpusSummary['chars'];
  splitInsideFiles: boolean;
  sampled: boolean;
  invalid: WalkReport['invalid'];
  leftOut: LeftOut[];
  expected: Expectation;
}

/** Files, characters and languages of a corpus; a file that is split inside counts once. */
export function corpusShares(corpus: CorpusSummary): Pick<DrySummary, 'files' | 'chars' | 'languages'> {
  const paths = new Set<string>();
  const languages = new Map<string, LanguageShare>();
  for (const { path, language, chars } of corpus.files) {
    const share = languages.get(language) ?? { language, files: 0, chars: 0 };
    languages.set(language, share);
    share.chars += chars;
    if (!paths.has(path)) share.files++;
    paths.add(path);
  }
  return {
    files: paths.size,
    chars: corpus.files.reduce((sum, file) => sum + file.chars, 0),
    languages: [...languages.values()].sort((a, b) => b.chars - a.chars),
  };
}

/** `report` is null where no folder was walked. */
export function drySummary(corpus: CorpusSummary, report: WalkReport | null, expected: Expectation): DrySummary {
  return {
    ...corpusShares(corpus),
    vocabularySize: corpus.vocabularySize,
    sides: corpus.chars,
    splitInsideFiles: corpus.splitInsideFiles,
    sampled: report?.sampled ?? false,
    invalid: report?.invalid ?? { files: 0, places: 0 },
    leftOut: report?.leftOut ?? [],
    expected: { parameters: expected.parameters, seconds: expected.seconds, memoryBytes: expected.memoryBytes },
  };
}

/** The summary as rows of a name and a value, for a table in whatever form. */
export function drySummaryRows(summary: DrySummary): [name: string, value: string][] {
  const { files, chars, languages, expected, invalid } = summary;
  const shown = languages.slice(0, 6).map(({ language, chars: own }) => `${language} ${share(own, chars)}`);
  const rows: [string, string][] = [
    [t('Files'), whole(files)],
    [t('Characters'), whole(chars)],
    [t('Languages'), [...shown, ...(languages.length > 6 ? [t('{0} more', languages.length - 6)] : [])].join(', ')],
    vocabularyRow(summary),
    splitRow(summary),
    [t('Parameters'), whole(expected.parameters)],
    [t('Expected time'), durationWords(expected.seconds)],
    [t('Expected memory'), `${whole(Math.max(1, Math.round(expected.memoryBytes / 1e6)))} MB`],
  ];
  if (summary.sampled)
    rows.push([t('Sample'), t('the text is over the total limit: a seeded sample of files is used')]);
  if (invalid.places > 0)
    rows.push([
      t('Invalid bytes'),
      t('{0} places in {1} files are shown as U+FFFD', whole(invalid.places), whole(invalid.files)),
    ]);
  return rows;
}

export function vocabularyRow({ vocabularySize }: DrySummary): [name: string, value: string] {
  return [t('Vocabulary'), t('{0} characters (rarer ones share <unk>)', whole(vocabularySize))];
}

export function splitRow({ chars, sides, splitInsideFiles }: DrySummary): [name: string, value: string] {
  const [train, validation, test] = [sides.train, sides.validation, sides.test].map((part) => share(part, chars));
  return [
    t('Split'),
    splitInsideFiles
      ? t(
          '{0} train, {1} validation, {2} test, inside files: there are too few different files to hold whole ones out',
          train!,
          validation!,
          test!,
        )
      : t('{0} train, {1} validation, {2} test, by file, near-duplicates together', train!, validation!, test!),
  ];
}

function share(part: number, of: number): string {
  return `${((100 * part) / Math.max(1, of)).toFixed(0)} %`;
}

/** `under a minute`, `about 3 minutes`, `about 2.5 hours`. */
export function durationWords(seconds: number): string {
  if (seconds < 60) return t('under a minute');
  if (seconds < 90) return t('about a minute');
  if (seconds < 5400) return t('about {0} minutes', Math.round(seconds / 60));
  return t('about {0} hours', (seconds / 3600).toFixed(1));
}
