/** `cellscope gradients`: how far back the gradient of a prediction reaches, by layer. */
import { normaliseLineEnds } from '../core/corpus/document.ts';
import { nextCharacters, Vocabulary } from '../core/corpus/vocabulary.ts';
import type { StateProfile } from '../core/gradients/lag-profile.ts';
import { choosePositions, counts, type Position, type TextStream } from '../core/gradients/positions.ts';
import {
  defaultLags,
  defaultPositions,
  fullGradientReport,
  type GradientReport,
  gradientReport,
} from '../core/gradients/report.ts';
import type { BlockSpectrum } from '../core/gradients/spectrum.ts';
import { type Command, type ExitCode, engineOption, exitCodes, jsonOption, printJson, vocabOption } from './command.ts';
import { openReadingEngine } from './engines.ts';
import { describeGradients } from './gradients-text.ts';
import { describeModel, openModel } from './models.ts';
import { parseIndices, parseOptions } from './options.ts';
import { kindOf, readTextFile } from './sources.ts';
import { bar, ProgressLine, print } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const options = {
  positions: {
    kind: 'text',
    placeholder: 'N,N,…',
    help: `characters, from 0, whose next one is predicted (default: ${defaultPositions} by seed)`,
  },
  lags: { kind: 'integer', min: 1, max: 10_000, help: `characters to look back (default ${defaultLags})` },
  seed: { kind: 'integer', min: 0, max: 2 ** 32 - 1, help: 'of the positions (default 1)' },
  ...vocabOption,
  ...engineOption,
  ...jsonOption,
} as const;

export interface ProfileResult {
  /** 0…K */
  lags: number[];
  /** null where no gradient arrives at lag 0. */
  relative: (number | null)[];
  /** null: beyond K. */
  horizon: number | null;
}

/** By gate where there are gates, else one number. */
export type PerGate<T> = T | Record<string, T>;

export interface GradientsResult {
  layers: {
    layer: number;
    rho: PerGate<number>;
    sigmaMax: PerGate<number>;
    h: ProfileResult;
    c: ProfileResult | null;
    /** Per gate and cell, the share of characters. */
    saturation: Record<string, { left: number[]; right: number[] }>;
  }[];
  /** The positions that count, file by file. */
  positions: number[];
  lags: number;
}

export const gradientsCommand: Command = {
  name: 'gradients',
  arguments: '<model> <file>…',
  summary: 'how far back learning reaches',
  options,
  async run(args): Promise<ExitCode> {
    const { values, positionals } = parseOptions(args, options);
    const [target, ...files] = positionals;
    if (!target || files.length === 0) throw new UsageError('gradients needs a model and at least one file.');
    const given = values.positions === undefined ? null : parseIndices('positions', values.positions);
    const model = await openModel(target, values.vocab);
    const vocabulary = new Vocabulary(model.spec.vocabulary, model.spec.unknown);
    const texts: TextStream[] = [];
    for (const file of files) {
      if ((await kindOf(file)) === 'folder') throw new UsageError(`${file} is a folder: name files.`);
      const inputs = vocabulary.encode(normaliseLineEnds((await readTextFile(file)).text));
      texts.push({ inputs, targets: nextCharacters(inputs) });
    }
    const { lags = defaultLags, seed = 1 } = values;
    const progress = new ProgressLine();
    const positions = given
      ? givenPositions(texts, given, lags, (line) => progress.say(line))
      : seededPositions(texts, lags, seed);
    const engine = await openReadingEngine(values.engine);
    try {
      const start = { kind: 'parameters', parameters: model.parameters } as const;
      const session = await engine.open(model.spec, start, { maxTime: 0, maxBatch: 0 });
      const onProgress = (fraction: number): void => progress.update(`${bar(fraction)} ${positions.length} positions`);
      if (values.json) {
        const report = await gradientReport(session, texts, positions, lags, { onProgress });
        printJson(toResult(report));
      } else {
        const report = await fullGradientReport(session, texts, positions, lags, { onProgress });
        progress.end();
        print(`${describeModel(model.spec)}, ${describeGradients(report, model.spec)}\n`);
      }
      progress.end();
      await session.close();
      return exitCodes.done;
    } finally {
      await engine.dispose();
    }
  },
};

/**
 * The given positions that count, in every text that has them; those with too few characters before them are told and left
 * out. @throws UsageError where no text has such a prediction, or none counts.
 */
export function givenPositions(
  texts: readonly TextStream[],
  given: readonly number[],
  lags: number,
  say: (line: string) => void,
): Position[] {
  const positions: Position[] = [];
  const early: number[] = [];
  for (const at of new Set(given)) {
    const found = [...texts.keys()].filter((text) => counts(texts[text]!, at, 0));
    if (found.length === 0)
      throw new UsageError(
        `No file has a character ${at} with one after it that the model knows. Choose another position.`,
      );
    if (at < lags) early.push(at);
    else positions.push(...found.map((text) => ({ text, at })));
  }
  if (early.length > 0)
    say(`Left out: ${early.join(', ')}; a position counts where ${lags} characters (--lags) stand before it.`);
  if (positions.length === 0)
    throw new UsageError(`No position has ${lags} characters before it. Choose later ones, or fewer --lags.`);
  return positions.sort((a, b) => a.text - b.text || a.at - b.at);
}

function seededPositions(texts: readonly TextStream[], lags: number, seed: number): Position[] {
  const positions = choosePositions(texts, defaultPositions, lags, seed);
  if (positions.length > 0) return positions;
  const longest = Math.max(...texts.map(({ inputs }) => inputs.length));
  throw new UsageError(
    `No character has ${lags} characters before it and a known one after it: the longest file has ${longest}. Choose a longer file, or fewer --lags.`,
  );
}

function toResult({ layers, positions, lags }: GradientReport): GradientsResult {
  const profile = (state: StateProfile): ProfileResult => ({
    lags: Array.from(state.relative.keys()),
    relative: Array.from(state.relative, (value) => (Number.isFinite(value) ? Number(value.toPrecision(9)) : null)),
    horizon: state.horizon,
  });
  return {
    layers: layers.map(({ layer, spectrum, profile: { h, c }, saturation }) => ({
      layer,
      rho: perGate(spectrum, 'rho'),
      sigmaMax: perGate(spectrum, 'sigmaMax'),
      h: profile(h),
      c: c && profile(c),
      saturation: Object.fromEntries(
        saturation.gates.map(({ gate, left, right }) => [gate, { left: Array.from(left), right: Array.from(right) }]),
      ),
    })),
    positions: positions.map(({ at }) => at),
    lags,
  };
}

function perGate(spectrum: readonly BlockSpectrum[], value: 'rho' | 'sigmaMax'): PerGate<number> {
  if (spectrum.length === 1) return spectrum[0]![value];
  return Object.fromEntries(spectrum.map((block) => [block.gate, block[value]]));
}
