/** What a person is told before training: one line, or a whole document. */
import {
  type DrySummary,
  drySummary,
  drySummaryRows,
  durationWords,
  splitRow,
  vocabularyRow,
} from '../../core/corpus/dry-summary.ts';
import { exclusionWords } from '../../core/corpus/exclusion.ts';
import { countLeftOut, type LeftOut } from '../../core/corpus/left-out.ts';
import { inertText } from '../../core/formats/inert-text.ts';
import { t, whole } from '../../core/words.ts';
import { bytesText, countText } from '../runs/format.ts';
import type { PlannedTraining } from './controller.ts';

/** Longer or larger than this is asked about by default. */
const longSeconds = 1800;
const largeBytes = 2 * 2 ** 30;

function summaryOf({ plan, reading }: PlannedTraining): DrySummary {
  const { corpus, parameters, expectedSeconds: seconds, memoryBytes } = plan;
  return drySummary(corpus, reading.report, { parameters, seconds, memoryBytes });
}

export function isLarge(planned: PlannedTraining): boolean {
  const { sampled, expected } = summaryOf(planned);
  return sampled || expected.seconds > longSeconds || expected.memoryBytes > largeBytes;
}

/** What a person is told unasked. */
export function summaryLine(planned: PlannedTraining): string {
  const { files, chars, languages, vocabularySize, splitInsideFiles, expected, leftOut, sampled } = summaryOf(planned);
  const main = languages
    .slice(0, 3)
    .map(({ language }) => inertText(language, 40)) // a workspace's settings may call a language anything
    .join(', ');
  return [
    files === 1
      ? t('1 file, {0} characters ({1})', countText(chars), main)
      : t('{0} files, {1} characters ({2})', files, countText(chars), main),
    sampled ? t('sampled: over the total size limit') : '',
    t('{0} characters in the vocabulary', vocabularySize),
    splitInsideFiles ? t('held out inside files') : '',
    leftOut.length === 0 ? '' : t('left out: {0}', leftOutWords(leftOut, 2).join('; ')),
    t('expected {0} and {1} of memory', durationWords(expected.seconds), bytesText(expected.memoryBytes)),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What a person who is asked is told below that line: vocabulary, split, what was left out and why, the first weights. */
export function summaryDetail(planned: PlannedTraining): string {
  const summary = summaryOf(planned);
  const rows = [vocabularyRow(summary), splitRow(summary), [t('Starts from'), startText(planned)] as const];
  const left = leftOutWords(summary.leftOut, 5);
  return [
    ...rows.map(([name, value]) => `${name}: ${value}`),
    '',
    `${t('Left out')}: ${left.length === 0 ? t('nothing') : ''}`.trim(),
    ...left.map((each) => `• ${each}`),
  ].join('\n');
}

/** `ignored by .gitignore (2 files, 1 folder)`, what took most away first; the rest as a count of reasons. */
function leftOutWords(leftOut: readonly LeftOut[], most: number): string[] {
  const sorted = [...leftOut].sort((a, b) => b.files + b.folders - a.files - a.folders);
  const more = sorted.length - most;
  return [
    ...sorted.slice(0, most).map((entry) => `${exclusionWords(entry.reason)} (${countLeftOut(entry)})`),
    ...(more > 0 ? [more === 1 ? t('1 more reason') : t('{0} more reasons', more)] : []),
  ];
}

/** Markdown with the rows of the summary, the languages and all that was left out with its reason. */
export function summaryDocument(planned: PlannedTraining): string {
  const summary = summaryOf(planned);
  const rows = [...drySummaryRows(summary), [t('Starts from'), startText(planned)] as const].map(
    ([name, value]) => `| ${name} | ${cell(value)} |`,
  );
  const languages = summary.languages.map(
    ({ language, files, chars }) => `| ${cell(inertText(language))} | ${files} | ${whole(chars)} |`,
  );
  const left = summary.leftOut.map(
    ({ reason, files, folders, examples }) =>
      `| ${cell(exclusionWords(reason))} | ${files} | ${folders} | ${cell(examples.map((each) => inertText(each)).join(', '))} |`,
  );
  return [
    `# ${t('What Cellscope would train on')}`,
    '',
    '| | |\n|---|---|',
    ...rows,
    '',
    `## ${t('Languages')}`,
    '',
    `| ${t('language')} | ${t('files')} | ${t('characters')} |\n|---|---:|---:|`,
    ...languages,
    '',
    `## ${t('Left out')}`,
    '',
    ...(left.length > 0
      ? [`| ${t('reason')} | ${t('files')} | ${t('folders')} | ${t('for example')} |\n|---|---:|---:|---|`, ...left]
      : [t('Nothing.')]),
    '',
    t('Settings under {0} include and exclude files and change the limits.', '`cellscope.files`'),
    '',
  ].join('\n');
}

function startText({ plan: { start } }: PlannedTraining): string {
  if (start.kind === 'base') return t('the base model “{0}”, which has read other code', start.name);
  return start.reason === null ? t('random weights') : t('random weights: {0}', start.reason);
}

/** A table cell holds no bars and no line ends. */
function cell(text: string): string {
  return text.replace(/[|\\]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}
