/** Text of test files, coloured by the values of a cell; each opens its place. */
import type { ShownSnippet } from '../../src/protocol/cells.ts';
import { element } from '../ui/dom.ts';
import { characterSign, fixed } from '../ui/format.ts';
import { t } from '../ui/words.ts';

/** Strongest colour: text under it must stay readable. */
const strongest = 42;
/** Steps of colour: neighbours of one step are one element. */
const steps = 12;

/** `scale`: the value of the strongest colour. */
export function snippetList(
  label: string,
  snippets: readonly ShownSnippet[],
  scale: number,
  open: (snippet: ShownSnippet) => void,
): HTMLElement {
  return element(
    'ol',
    { class: 'snippets', 'aria-label': label },
    ...snippets.map((snippet) => {
      const { path, line, index, start, values } = snippet;
      const place = line === null ? path : `${path}:${line}`;
      const link = element('button', { type: 'button', class: 'link', title: t('Open {0}', place) }, shortPath(place));
      link.addEventListener('click', () => open(snippet));
      return element(
        'li',
        {},
        element(
          'div',
          { class: 'snippet-head' },
          link,
          element('span', { class: 'snippet-value number' }, fixed(values[index - start] ?? 0)),
        ),
        element('code', { class: 'snippet' }, ...colouredText(snippet, scale)),
      );
    }),
  );
}

/** The last two names of a path. */
function shortPath(path: string): string {
  const names = path.split('/');
  return names.length > 2 ? `…/${names.slice(-2).join('/')}` : path;
}

function colouredText({ text, values, index, start }: ShownSnippet, scale: number): HTMLElement[] {
  const points = [...text];
  const runs: { text: string; step: number; at: boolean }[] = [];
  points.forEach((point, i) => {
    const share = Math.max(-1, Math.min(1, (values[i] ?? 0) / Math.max(scale, 1e-9)));
    const step = Math.round(share * steps);
    const at = start + i === index;
    const last = runs.at(-1);
    const shown = point === ' ' ? ' ' : characterSign(point);
    if (last && last.step === step && !last.at && !at) last.text += shown;
    else runs.push({ text: shown, step, at });
  });
  return runs.map((run) => {
    const span = element('span', { class: run.at ? 'at' : null }, run.text);
    if (run.step !== 0)
      span.style.backgroundColor = `color-mix(in srgb, var(${run.step < 0 ? '--cs-negative' : '--cs-positive'}) ${Math.round((Math.abs(run.step) / steps) * strongest)}%, transparent)`;
    return span;
  });
}
