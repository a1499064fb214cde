/** `cellscope eval`: cross-entropy of a model on files, each from the zero state, N − 1 predictions for N characters. */
import path from 'node:path';
import { normaliseLineEnds, type SourceFile } from '../core/corpus/document.ts';
import { describeLeftOut } from '../core/corpus/left-out.ts';
import { nextCharacters, Vocabulary } from '../core/corpus/vocabulary.ts';
import type { Session } from '../core/engine/engine.ts';
import { evaluateStream, heldOutOf } from '../core/training/evaluate.ts';
import { type Command, type ExitCode, engineOption, exitCodes, jsonOption, printJson, vocabOption } from './command.ts';
import { openReadingEngine } from './engines.ts';
import { openModel } from './models.ts';
import { parseOptions } from './options.ts';
import { kindOf, readFolder, readTextFile } from './sources.ts';
import { bar, ProgressLine, print, remark, table } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const options = { ...vocabOption, ...engineOption, ...jsonOption };

export interface FileLoss {
  path: string;
  /** Predictions. */
  chars: number;
  /** Mean nats per prediction; null where there was nothing to predict. */
  nats: number | null;
}

export interface EvalResult {
  chars: number;
  nats: number;
  bits: number;
  perplexity: number;
  unknown: number;
  files: FileLoss[];
}

export const evalCommand: Command = {
  name: 'eval',
  arguments: '<model> <file or folder>…',
  summary: "a model's loss on texts",
  options,
  async run(args): Promise<ExitCode> {
    const { values, positionals } = parseOptions(args, options);
    const [target, ...sources] = positionals;
    if (!target || sources.length === 0) throw new UsageError('eval needs a model and at least one file or folder.');
    const model = await openModel(target, values.vocab);
    const files = await readSources(sources);
    const engine = await openReadingEngine(values.engine);
    const progress = new ProgressLine();
    try {
      const start = { kind: 'parameters', parameters: model.parameters } as const;
      const session = await engine.open(model.spec, start, { maxTime: 0, maxBatch: 0 });
      const result = await evaluateFiles(session, files, (done) =>
        progress.update(`${bar(done / files.length)} ${done} of ${files.length} files`),
      );
      progress.end();
      await session.close();
      if (result.unknown > 0)
        progress.say(
          `${result.unknown} characters are not in the model's vocabulary of ${model.spec.vocabulary.length}.`,
        );
      if (values.json) printJson(result);
      else print(`${describe(result)}\n`);
      return exitCodes.done;
    } finally {
      await engine.dispose();
    }
  },
};

/** Files in the order of the arguments; a folder's files by path. Everything a folder's walk leaves out is told. */
async function readSources(sources: readonly string[]): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const source of sources) {
    if ((await kindOf(source)) === 'file') files.push(await readTextFile(source));
    else {
      const { files: found, report } = await readFolder(source, {}, { maxTotalBytes: Number.POSITIVE_INFINITY });
      for (const entry of report.leftOut) remark(`Left out: ${describeLeftOut(entry)}\n`);
      files.push(...found.map((file) => ({ ...file, path: path.join(source, file.path) })));
    }
  }
  if (files.length === 0)
    throw new Error(`There is no text in ${sources.join(', ')}. Name files, or a folder with sources.`);
  return files;
}

/** @throws where there is nothing at all to predict. */
export async function evaluateFiles(
  session: Session,
  files: readonly SourceFile[],
  onFile: (done: number) => void = () => {},
): Promise<EvalResult> {
  const vocabulary = new Vocabulary(session.spec.vocabulary, session.spec.unknown);
  const losses: FileLoss[] = [];
  const total = { totalNats: 0, predictions: 0 };
  let unknown = 0;
  for (const file of files) {
    const text = normaliseLineEnds(file.text);
    const inputs = vocabulary.encode(text);
    unknown += vocabulary.countUnknown(text);
    const evaluation = (await evaluateStream(session, { inputs, targets: nextCharacters(inputs) }))!;
    losses.push({
      path: file.path,
      chars: evaluation.predictions,
      nats: heldOutOf(evaluation)?.nats ?? null,
    });
    total.totalNats += evaluation.totalNats;
    total.predictions += evaluation.predictions;
    onFile(losses.length);
  }
  const mean = heldOutOf(total);
  if (!mean)
    throw new Error(
      unknown > 0
        ? "None of the texts' characters can be predicted: they are not in the model's vocabulary. Use a model that was trained on such text."
        : 'There is nothing to predict: the texts have fewer than two characters each.',
    );
  return { chars: total.predictions, ...mean, unknown, files: losses };
}

function describe(result: EvalResult): string {
  const row = (name: string, chars: number, nats: number | null): string[] => [
    name,
    String(chars),
    nats === null ? '–' : nats.toFixed(4),
    nats === null ? '–' : (nats / Math.LN2).toFixed(4),
    nats === null ? '–' : Math.exp(nats).toFixed(3),
  ];
  return table([
    ['file', 'predictions', 'nats', 'bits', 'perplexity'],
    ...result.files.map((file) => row(file.path, file.chars, file.nats)),
    row('all', result.chars, result.nats),
  ]);
}
