/** `cellscope activations`: values of chosen cells along a file. Value i is the state after reading character i. */
import { DocumentText } from '../core/corpus/text.ts';
import { Vocabulary } from '../core/corpus/vocabulary.ts';
import type { LayerState, Session } from '../core/engine/engine.ts';
import { type ModelSpec, type Quantity, quantitiesOf } from '../core/model/spec.ts';
import { type Command, type ExitCode, engineOption, exitCodes, jsonOption, printJson, vocabOption } from './command.ts';
import { openReadingEngine } from './engines.ts';
import { describeModel, openModel } from './models.ts';
import { parseIndices, parseOptions } from './options.ts';
import { kindOf, readTextFile } from './sources.ts';
import { print } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const options = {
  layer: { kind: 'integer', min: 0, max: 63, help: 'layer, from 0 (default 0)' },
  cells: { kind: 'text', placeholder: 'N,N,…', help: 'cells, from 0 (default 0)' },
  quantity: {
    kind: 'choice',
    choices: ['c', 'tanhc', 'h', 'i', 'f', 'g', 'o', 'z', 'r', 'n'],
    help: 'what to read of a cell (default: tanhc of an LSTM, h of the others)',
  },
  ...vocabOption,
  ...engineOption,
  ...jsonOption,
} as const;

export interface ActivationsResult {
  layer: number;
  cells: number[];
  quantity: Quantity;
  chars: number;
  /** [cells][chars] */
  values: number[][];
}

export const activationsCommand: Command = {
  name: 'activations',
  arguments: '<model> <file>',
  summary: 'values of single cells along a text',
  options,
  async run(args): Promise<ExitCode> {
    const { values, positionals } = parseOptions(args, options);
    const [target, file, ...rest] = positionals;
    if (!target || !file || rest.length > 0) throw new UsageError('activations needs a model and one file.');
    const model = await openModel(target, values.vocab);
    const request = checkRequest(model.spec, values.layer ?? 0, values.cells ?? '0', values.quantity);
    if ((await kindOf(file)) === 'folder') throw new UsageError(`${file} is a folder: name one file.`);
    const text = new DocumentText((await readTextFile(file)).text);
    const engine = await openReadingEngine(values.engine);
    try {
      const start = { kind: 'parameters', parameters: model.parameters } as const;
      const session = await engine.open(model.spec, start, { maxTime: 0, maxBatch: 0 });
      const columns = await readColumns(session, text, request);
      await session.close();
      const { layer, cells, quantity } = request;
      if (values.json) {
        // Nine significant digits tell every float32 from its neighbours.
        const rounded = columns.map((column) => Array.from(column, (value) => Number(value.toPrecision(9))));
        printJson({ layer, cells, quantity, chars: text.length, values: rounded } satisfies ActivationsResult);
      } else printTable(text, columns, request);
      return exitCodes.done;
    } finally {
      await engine.dispose();
    }
  },
};

export interface ColumnsRequest {
  layer: number;
  cells: number[];
  quantity: Quantity;
}

/** @throws UsageError where the model has no such layer, cell or quantity. */
export function checkRequest(
  spec: ModelSpec,
  layer: number,
  cellList: string,
  quantity: Quantity | undefined,
): ColumnsRequest {
  const layerSpec = spec.layers[layer];
  if (!layerSpec)
    throw new UsageError(
      `There is no layer ${layer}: ${describeModel(spec)} has layers 0 to ${spec.layers.length - 1}.`,
    );
  const cells = parseIndices('cells', cellList);
  const missing = cells.find((cell) => cell >= layerSpec.hiddenSize);
  if (missing !== undefined)
    throw new UsageError(`There is no cell ${missing}: layer ${layer} has cells 0 to ${layerSpec.hiddenSize - 1}.`);
  const known = quantitiesOf[layerSpec.cell];
  if (quantity !== undefined && !known.includes(quantity))
    throw new UsageError(`A ${layerSpec.cell} cell has no ${quantity}: choose one of ${known.join(', ')}.`);
  return { layer, cells, quantity: quantity ?? known[0]! };
}

/** Characters read at a time. */
const chunk = 4096;

/** [cells] of [chars] values, read from the zero state. */
export async function readColumns(
  session: Session,
  text: DocumentText,
  { layer, cells, quantity }: ColumnsRequest,
): Promise<Float32Array[]> {
  const vocabulary = new Vocabulary(session.spec.vocabulary, session.spec.unknown);
  const inputs = vocabulary.encode(text.slice());
  const columns = cells.map(() => new Float32Array(inputs.length));
  const requests = cells.map((cell) => ({ layer, cell, quantity }));
  let start: LayerState[] | null = null;
  for (let from = 0; from < inputs.length; from += chunk) {
    const part = { inputs: inputs.slice(from, from + chunk), start, targets: null };
    const captured = await session.run(part, { columns: requests });
    captured.columns.forEach((column, k) => {
      columns[k]!.set(column, from);
    });
    start = captured.end;
  }
  return columns;
}

/** Tab-separated, one character a line: index, line from 1, the character, a value for each cell. */
function printTable(text: DocumentText, columns: readonly Float32Array[], { cells, quantity }: ColumnsRequest): void {
  const lines = [['index', 'line', 'character', ...cells.map((cell) => `${quantity}[${cell}]`)].join('\t')];
  let index = 0;
  for (const character of text.slice()) {
    const numbers = columns.map((column) => column[index]!.toPrecision(6));
    lines.push([index, text.lineAt(index) + 1, JSON.stringify(character), ...numbers].join('\t'));
    index++;
  }
  print(`${lines.join('\n')}\n`);
}
