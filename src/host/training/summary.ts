/** What a person is told before training: one line, or a whole document. */
import { type DrySummary, drySummary, drySummaryRows, durationWords } from '../../core/corpus/dry-summary.ts';
import { exclusionLabel } from '../../core/corpus/exclusion.ts';
import { inertText } from '../../core/formats/inert-text.ts';
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
    `${files} files, ${countText(chars)} characters (${main})`,
    sampled ? 'sampled: over the total size limit' : '',
    left > 0 ? `${left} files left out` : '',
    `expected ${durationWords(expected.seconds)} and ${bytesText(expected.memoryBytes)} of memory`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Markdown with the rows of the summary, the languages and all that was left out with its reason. */
export function summaryDocument(planned: PlannedTraining): string {
  const summary = summaryOf(planned);
  const rows = [...drySummaryRows(summary), ['Starts from', startText(planned)] as const].map(
    ([name, value]) => `| ${name} | ${cell(value)} |`,
  );
  const languages = summary.languages.map(
    ({ language, files, chars }) => `| ${cell(language)} | ${files} | ${chars.toLocaleString('en-US')} |`,
  );
  const left = summary.leftOut.map(
    ({ reason, files, folders, examples }) =>
      `| ${cell(exclusionLabel[reason])} | ${files} | ${folders} | ${cell(examples.map((each) => inertText(each)).join(', '))} |`,
  );
  return [
    '# What Cellscope would train on',
    '',
    '| | |\n|---|---|',
    ...rows,
    '',
    '## Languages',
    '',
    '| language | files | characters |\n|---|---:|---:|',
    ...languages,
    '',
    '## Left out',
    '',
    ...(left.length > 0 ? ['| reason | files | folders | for example |\n|---|---:|---:|---|', ...left] : ['Nothing.']),
    '',
    'Settings under `cellscope.files` include and exclude files and change the limits.',
    '',
  ].join('\n');
}

function startText({ plan: { start } }: PlannedTraining): string {
  if (start.kind === 'base') return `the base model “${start.name}”, which has read other code`;
  return start.reason === null ? 'random weights' : `random weights: ${start.reason}`;
}

/** A table cell holds no bars and no line ends. */
function cell(text: string): string {
  return text.replace(/[|\\]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}
