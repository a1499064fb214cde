/** media/base/SOURCES.md: what the base model was trained on, under which licences, and what came out. */
import type { RunManifest } from '../../src/core/formats/manifest.ts';
import type { BaseSource } from './sources.ts';

export function sourcesPage(
  sources: readonly BaseSource[],
  { corpus, options, trainedChars, heldOut, engine }: RunManifest,
  model: { bytes: number; sha256: string },
): string {
  const count = (value: number): string => value.toLocaleString('en-US');
  const rows = sources.map(({ name, folder, version, license, licenseFile, files }) => {
    const chars = files.reduce((sum, { text }) => sum + text.length, 0);
    return `| ${name} | ${version} | ${folder || '.'} | ${files.length} | ${count(chars)} | ${license} | ${licenseFile ?? 'stated in package.json'} |`;
  });
  const bits = (heldOut!.nats / Math.LN2).toFixed(3);
  return `# The base model

\`lstm-1x128.safetensors\` holds starting weights for a training: a network that has read other people's code before it reads yours. It was
trained by \`npm run make:base\` on the npm packages below, all under licences that allow it; no text of them is part of Cellscope. Setting
\`cellscope.training.start\`, or \`--start base\` on the command line.

- Network: ${options.architecture.toUpperCase()} ${options.layers}×${options.hiddenSize} over ${corpus.vocabularySize} characters
- Trained on ${count(trainedChars)} characters (${count(corpus.chars.train)} different ones), windows of ${options.sequence}, batch ${options.batch}, Adam ${options.learningRate}, seed ${options.seed}, engine \`${engine.name}\`
- Loss on its own test files: ${bits} bits a character
- File: ${count(model.bytes)} bytes, SHA-256 \`${model.sha256}\`

| package | version | folder | files | characters | licence | licence text |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}
