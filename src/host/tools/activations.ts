import { quantitiesOf } from '../../core/model/spec.ts';
import { t } from '../../core/words.ts';
import type { Page } from '../../protocol/inspector-service.ts';
import { runReference } from '../commands/runs.ts';
import type { Inspection, Runs } from '../contracts.ts';
import type { BackgroundWorker } from '../inspection/background-worker.ts';
import { mostLines } from './inputs.ts';
import { chooseRun } from './run-choice.ts';
import type { Tool } from './tool.ts';
import { openWorkspaceFile } from './workspace-file.ts';

/** Characters of one answer; the lines after them are left out, and the answer says so. */
const mostCharacters = 4000;
/** Longest text that is read for a question, UTF-16 units: the state at a line rests on all before it. */
const longestText = 2_000_000;

/** One cell over some lines of a file of the workspace, as the heatmap shows it; the heatmap itself stays where it is. */
export function activations(
  runs: Runs,
  inspection: Pick<Inspection, 'model'>,
  worker: BackgroundWorker,
): Tool<'cellscope_activations'> {
  return {
    name: 'cellscope_activations',
    doing: ({ file, layer = 0, cell }) => t('Reading cell {0}·{1} over {2}', layer, cell, file),
    answer: async ({ run, file, startLine, endLine, layer = 0, cell, quantity }, signal) => {
      if (endLine < startLine) throw new Error(`endLine (${endLine}) lies before startLine (${startLine}).`);
      if (endLine - startLine >= mostLines) throw new Error(`Ask for at most ${mostLines} lines at a time.`);
      const entry = await chooseRun(runs, inspection, run);
      const spec = entry.manifest.spec.layers[layer];
      if (!spec) throw new Error(`The run has the layers 0 to ${entry.manifest.spec.layers.length - 1}, not ${layer}.`);
      if (cell >= spec.hiddenSize) throw new Error(`Layer ${layer} has the cells 0 to ${spec.hiddenSize - 1}.`);
      const kinds = quantitiesOf[spec.cell];
      if (quantity && !kinds.includes(quantity))
        throw new Error(`A cell of kind ${spec.cell} has the quantities ${kinds.join(', ')}, not ${quantity}.`);
      const document = await openWorkspaceFile(file);
      if (startLine > document.lineCount) throw new Error(`The file has ${document.lineCount} lines.`);
      const text = document.getText();
      if (text.length > longestText)
        throw new Error(`The file has over ${longestText} characters: too long to read here.`);
      const chosen = { layer, cell, quantity: quantity ?? kinds[0]! };
      const lines = { startLine: startLine - 1, endLine: Math.min(endLine, document.lineCount) };
      // One question after the other: names need not differ.
      const model = { ...runReference(entry), key: 'tool' };
      const page = await worker.ask(signal, async (remote) => {
        try {
          const info = await remote.call('openModel', model, { signal });
          await remote.call('openDocument', { document: 'tool', version: 1, text });
          const request = { model: 'tool', document: 'tool', cells: [chosen], ...lines };
          const [read] = await remote.call('page', request, { signal });
          return { ...read!, generation: info.generation };
        } finally {
          await remote.call('closeDocument', { document: 'tool' });
          await remote.call('closeModel', { key: 'tool' });
        }
      });
      return {
        run: entry.id,
        checkpoint: page.generation,
        file: document.uri.path.split('/').at(-1),
        ...chosen,
        /** Values are told as they are; the heatmap's colours divide them by this. */
        scale: page.scale,
        ...described(page, (line) => document.lineAt(line).text),
      };
    },
  };
}

/** One value a character (code point) of each line; the last one is the line end's, where there is one. */
function described(page: Page, textOf: (line: number) => string): object {
  const lines: object[] = [];
  let characters = 0;
  for (let line = page.startLine; line < page.endLine; line++) {
    const k = line - page.startLine;
    const values = page.values.subarray(page.lineStarts[k], page.lineStarts[k + 1]);
    characters += values.length;
    if (characters > mostCharacters)
      return { lines, leftOut: `From line ${line + 1} on: over ${mostCharacters} characters. Ask again from there.` };
    lines.push({ line: line + 1, text: textOf(line), values: Array.from(values, (value) => Number(value.toFixed(3))) });
  }
  return { lines, leftOut: null };
}
