/**
 * `npm run report:cells [-- --hidden N --chars N]`: trains on this repository's sources and on AssemblyScript's standard library with the
 * command line's defaults, looks for cells that stand for concepts, and prints, for every concept that was found, its named cell or its
 * best candidate with what it lacks, as it is.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from '../../scripts/build.ts';
import type { CellsResult } from '../../src/cli/cells.ts';
import { chooseCodebases } from './learning/codebases.ts';

const { values: given } = parseArgs({
  options: { hidden: { type: 'string', default: '128' }, chars: { type: 'string', default: '6000000' } },
});
const command = path.resolve(import.meta.dirname, '../../dist/cli.cjs');
/** Runs the command line and gives the object on its last line. */
function cellscope<T>(...args: string[]): T {
  const output = execFileSync(process.execPath, [command, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(output.toString().trimEnd().split('\n').at(-1)!);
}

await buildAll();
const temporary = mkdtempSync(path.join(tmpdir(), 'cellscope-report-'));
try {
  for (const { name, description, folder } of chooseCodebases(['cellscope', 'assemblyscript'], undefined)) {
    const run = path.join(temporary, name);
    const { heldOut, trainedChars } = cellscope<{ heldOut: { bits: number }; trainedChars: number }>(
      ...['train', folder, '--hidden', given.hidden, '--chars', given.chars, '--out', run],
    );
    const report = cellscope<CellsResult>('cells', run, folder);
    console.log(`\n${name}: ${description}`);
    console.log(
      `LSTM 1×${given.hidden}, ${trainedChars.toLocaleString('en')} characters trained, ${heldOut.bits.toFixed(3)} bits a character held out: ${report.named} of ${report.named + report.unnamed} cells named.\n`,
    );
    console.log('| concept | cell | AP | base | 95 % | p | rise of loss, matched cells | |');
    console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
    const found = report.concepts.filter(({ best }) => best.length > 0);
    found.sort((a, b) => Number(b.best[0]!.named) - Number(a.best[0]!.named) || b.best[0]!.ap - a.best[0]!.ap);
    for (const { concept, base, best } of found) {
      const { layer, cell, sign, quantity, ap, confidence, nullP, ablation, named, lacks } = best[0]!;
      const cells = [
        concept,
        `${sign > 0 ? '+' : '−'}${quantity} ${layer}·${cell}`,
        ap.toFixed(3),
        base.toFixed(3),
        confidence ? confidence.map((bound) => bound.toFixed(2)).join('–') : '–',
        nullP?.toFixed(3) ?? '–',
        ablation ? `${Number(ablation.inside.toPrecision(2))}, ${Number(ablation.control.toPrecision(2))}` : '–',
        named ? '**named**' : `lacks ${lacks.join(', ')}`,
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
