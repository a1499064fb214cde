/** media/base/SOURCES.md: what the base models were trained on, under which licences, and what came out. */
import type { RunManifest } from '../../src/core/formats/manifest.ts';
import { type BaseScore, scoredConcepts } from './scores.ts';
import type { BaseSource } from './sources.ts';

export interface MadeBase {
  file: string;
  manifest: RunManifest;
  bytes: number;
  sha256: string;
  scores: BaseScore[];
}

const count = (value: number): string => value.toLocaleString('en-US');
const bitsOf = ({ heldOut }: RunManifest): string => (heldOut!.nats / Math.LN2).toFixed(3);

/** Mean over codebases and concepts; a concept without any cell counts as nothing. */
const meanAp = ({ scores }: MadeBase): number => scores.reduce((sum, { ap }) => sum + (ap ?? 0), 0) / scores.length;

export function sourcesPage(sources: readonly BaseSource[], made: readonly MadeBase[]): string {
  const { corpus, options, engine } = made[0]!.manifest;
  const best = made.reduce((a, b) => (meanAp(b) > meanAp(a) ? b : a));
  return `# The base models

Starting weights for a training: networks that have read other people's code before they read yours. They were trained by \`npm run
make:base\` on the npm packages below, all under licences that allow it; no text of them is part of Cellscope. Setting
\`cellscope.training.start\`, or \`--start base\` on the command line; a training starts from the one of its size.

Windows of ${options.sequence} characters, ${options.batch} lanes, Adam ${options.learningRate}, ${options.schedule} schedule, seed ${options.seed}, engine \`${engine.name}\`; ${count(corpus.chars.train)} characters to train on, over ${corpus.vocabularySize} different ones.

| file | characters trained | best checkpoint after | bits a character, own test files | bytes | SHA-256 |
| --- | ---: | ---: | ---: | ---: | --- |
${made.map(modelRow).join('\n')}

How well the best single cell follows a concept in code that the models have not read: average precision, cell chosen on one half of a
codebase's files, scored on the other. The highest mean has **${best.file}**.

| codebase | concept | ${made.map(({ file }) => file).join(' | ')} |
| --- | --- | ${made.map(() => '---:').join(' | ')} |
${scoreRows(made).join('\n')}
| mean | | ${made.map((each) => meanAp(each).toFixed(3)).join(' | ')} |

## What they read

| package | version | folder | files | characters | licence | licence text |
| --- | --- | --- | ---: | ---: | --- | --- |
${sources.map(sourceRow).join('\n')}
`;
}

function modelRow({ file, manifest, bytes, sha256 }: MadeBase): string {
  const best = manifest.generations.find(({ number }) => number === manifest.best);
  return `| ${file} | ${count(manifest.trainedChars)} | ${count(best!.trainedChars)} | ${bitsOf(manifest)} | ${count(bytes)} | \`${sha256}\` |`;
}

function scoreRows(made: readonly MadeBase[]): string[] {
  const codebases = [...new Set(made[0]!.scores.map(({ codebase }) => codebase))];
  return codebases.flatMap((codebase) =>
    scoredConcepts.map((concept) => {
      const aps = made.map(
        ({ scores }) =>
          scores.find((each) => each.codebase === codebase && each.concept === concept)?.ap?.toFixed(3) ?? '–',
      );
      return `| ${codebase} | ${concept} | ${aps.join(' | ')} |`;
    }),
  );
}

function sourceRow({ name, version, folder, files, license, licenseFile }: BaseSource): string {
  const chars = files.reduce((sum, { text }) => sum + text.length, 0);
  return `| ${name} | ${version} | ${folder || '.'} | ${files.length} | ${count(chars)} | ${license} | ${licenseFile ?? 'stated in package.json'} |`;
}
