/** What a person is told before training: one line, or a whole document. */
import { type DrySummary, drySummary, drySummaryRows, durationWords } from '../../core/corpus/dry-summary.ts';
import { exclusionWords } from '../../core/corpus/exclusion.ts';
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

export function summaryLine(planned: PlannedTraining): string {
  const { files, chars, languages, expected, leftOut, sampled } = summaryOf(planned);
  const left = leftOut.reduce((sum, entry) => sum + entry.files, 0);
  const main = languages
    .slice(0, 3)
    .map(({ language }) => language)
    .join(', ');
  return [
    files === 1
      ? t('1 file, {0} characters ({1})', countText(chars), main)
      : t('{0} files, {1} characters ({2})', files, countText(chars), main),
    sampled ? t('sampled: over the total size limit') : '',
    left === 0 ? '' : left === 1 ? t('1 file left out') : t('{0} files left out', left),
    t('expected {0} and {1} of memory', durationWords(expected.seconds), bytesText(expected.memoryBytes)),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Markdown with the rows of the summary, the languages and all that was left out with its reason. */
export function summaryDocument(planned: PlannedTraining): string {
  const summary = summaryOf(planned);
  const rows = [...drySummaryRows(summary), [t('Starts from'), startText(planned)] as const].map(
    ([name, value]) => `| ${name} | ${cell(value)} |`,
  );
  const languages = summary.languages.map(
    ({ language, files, chars }) => `| ${cell(language)} | ${files} | ${whole(chars)} |`,
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
