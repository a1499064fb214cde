/**
 * `npm run bench:ngrams [-- --chars 4,8,16]`: what learning interpolated Kneser–Ney n-grams of order 20 costs, by millions of
 * characters, and what they need per character of held-out text. The text is source code of installed packages. Each size is
 * learned in a process of its own: memory is its peak less what it held before.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { KneserNey, largestOrder } from '../../src/core/baselines/kneser-ney.ts';
import { normaliseLineEnds } from '../../src/core/corpus/document.ts';
import { nextCharacters, Vocabulary } from '../../src/core/corpus/vocabulary.ts';
import { Random } from '../../src/core/random.ts';

const root = path.resolve(import.meta.dirname, '../..');
const largestFile = 200_000;

interface Cost {
  chars: number;
  seconds: number;
  mebibytes: number;
  bits: number;
  microseconds: number;
}

const { values: asked } = parseArgs({
  options: { chars: { type: 'string', default: '1,4,8,16' }, one: { type: 'string' } },
});
if (asked.one === undefined) {
  console.log('characters   learning   memory at its peak        held out   a character');
  for (const millions of asked.chars.split(',')) {
    const output = execFileSync(process.execPath, [import.meta.filename, '--one', millions], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { chars, seconds, mebibytes, bits, microseconds } = JSON.parse(output.toString()) as Cost;
    const perChar = ((mebibytes * 2 ** 20) / chars).toFixed(0);
    const memory = `${mebibytes.toFixed(0)} MiB (${perChar} bytes each)`;
    console.log(
      `${(chars / 1e6).toFixed(1).padStart(8)} M ${seconds.toFixed(1).padStart(9)} s   ${memory.padEnd(24)} ${bits.toFixed(3)} bits   ${microseconds.toFixed(1)} µs`,
    );
  }
} else console.log(JSON.stringify(measure(Number(asked.one) * 1e6)));

function measure(most: number): Cost {
  const heldOut = 200_000;
  const texts = packageSources(most + heldOut);
  const vocabulary = Vocabulary.build(texts, 3);
  const encoded = texts.map((text) => vocabulary.encode(text));
  // Whole files are held out, from the end of the seeded order.
  const test: Int32Array[] = [];
  let held = 0;
  while (held < heldOut && encoded.length > 1) {
    test.push(encoded.pop()!);
    held += test.at(-1)!.length;
  }
  const before = process.memoryUsage.rss();
  const began = performance.now();
  const options = { order: largestOrder, vocabularySize: vocabulary.size, maxChars: most };
  const model = new KneserNey(encoded, options);
  const seconds = (performance.now() - began) / 1000;
  // maxRSS is in KiB.
  const mebibytes = process.resourceUsage().maxRSS / 2 ** 10 - before / 2 ** 20;
  let nats = 0;
  let predictions = 0;
  const reading = performance.now();
  for (const inputs of test)
    for (const loss of model.losses(inputs, nextCharacters(inputs)))
      if (!Number.isNaN(loss)) {
        nats += loss;
        predictions++;
      }
  const microseconds = ((performance.now() - reading) * 1000) / predictions;
  return { chars: model.trainedChars, seconds, mebibytes, bits: (nats / predictions) * Math.LOG2E, microseconds };
}

/** Source files of installed packages, none of them written by a machine to be short, in seeded order. */
function packageSources(chars: number): string[] {
  const folder = path.join(root, 'node_modules');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && !file.includes('.min.'))
    .sort();
  const texts: string[] = [];
  let total = 0;
  for (const file of new Random(1).shuffle(files)) {
    if (total >= chars) break;
    const { size } = statSync(path.join(folder, file));
    if (size > largestFile) continue;
    const text = normaliseLineEnds(readFileSync(path.join(folder, file), 'utf8'));
    if (Math.max(...text.split('\n', 50).map(({ length }) => length)) > 500) continue;
    texts.push(text);
    total += text.length;
  }
  return texts;
}
