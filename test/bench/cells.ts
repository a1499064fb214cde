/**
 * `node test/bench/cells.ts [--model RUN] [--chars N] [--names]`: what the search for cells costs, stage by stage, against its targets for
 * 2 cores: all APs within 20 s (parsing included), all evidence within 60 s more. `npm run bench` has the two sums among its rows.
 * `--names`: also counts the names that 20 untrained networks and 20 shifted labelings of the trained one earn (none is right).
 * Without a model it takes the base model; the text is TypeScript of installed packages.
 */
import { parseArgs } from 'node:util';
import { buildAll } from '../../scripts/build.ts';
import { type CellsOptions, defaultCellsOptions, findCells } from '../../src/core/cells/find-cells.ts';
import type { Concept } from '../../src/core/concepts/concept.ts';
import { concepts } from '../../src/core/concepts/registry.ts';
import { Random } from '../../src/core/random.ts';
import { type CellsCase, namesOf, openCellsCase, timeCells } from './cells/measure.ts';

const { values: asked } = parseArgs({
  options: { model: { type: 'string' }, names: { type: 'boolean' }, chars: { type: 'string', default: '1000000' } },
});

await buildAll();
const opened = await openCellsCase(asked.model, Number(asked.chars));
const { scores, evidence, processor, stages, chars, report } = await timeCells(opened);
console.log(`${chars} held-out characters, ${opened.engine.name}`);
const row = (what: string, took: number, target: number, busy: number): void =>
  console.log(`${what}  ${took.toFixed(1)} s   target ${target} s   (processor time ${busy.toFixed(1)} s)`);
row('parsing and all APs', scores, 20, processor.scores);
row('evidence           ', evidence, 60, processor.evidence);
for (const [stage, seconds] of stages) console.log(`  until ${stage.padEnd(12)} ${seconds.toFixed(1)} s`);
console.log(`memory at the end    ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB resident`);
console.log(`names                ${namesOf(report).join(', ') || 'none'}`);
if (asked.names) await countFalseNames(opened);
await opened.close();

/** 20 untrained networks, and 20 labelings of the trained one shifted by a seeded part of each file. */
async function countFalseNames({ engine, spec, session, sides }: CellsCase): Promise<void> {
  let untrained = 0;
  for (let seed = 0; seed < 20; seed++) {
    const start = { kind: 'fresh', seed: 1000 + seed, init: defaultCellsOptions.init } as const;
    const fresh = await engine.open(spec, start, { maxTime: 0, maxBatch: 0 });
    const names = namesOf(await findCells(engine, fresh, sides(concepts), { ...defaultCellsOptions, seed }));
    await fresh.close();
    untrained += names.length;
    console.log(`untrained network ${seed}: ${names.join(', ') || 'no name'}`);
  }
  let shifted = 0;
  for (let seed = 0; seed < 20; seed++) {
    const options: CellsOptions = { ...defaultCellsOptions, seed };
    const turned = concepts.map((one) => shift(one, seed));
    const names = namesOf(await findCells(engine, session, sides(turned), options));
    shifted += names.length;
    console.log(`shifted labels ${seed}: ${names.join(', ') || 'no name'}`);
  }
  console.log(`names of 20 untrained networks: ${untrained}; of 20 shifted labelings: ${shifted}`);
}

/** A concept whose labels are turned round within each file. */
function shift(concept: Concept, seed: number): Concept {
  const turn = <T extends Int8Array | Float32Array>(values: T, purpose: string): T => {
    const by = 1 + Random.derive(seed, purpose).below(Math.max(1, values.length - 1));
    const turned = values.slice() as T;
    for (let i = 0; i < values.length; i++) turned[(i + by) % values.length] = values[i]!;
    return turned;
  };
  if (concept.scale === 'graded')
    return {
      ...concept,
      label: (document) => ({ values: turn(concept.label(document).values, document.text.slice(0, 200)) }),
    };
  return {
    ...concept,
    label(document) {
      const purpose = document.text.slice(0, 200);
      const { values, ends } = concept.label(document);
      const marks = new Int8Array(values.length);
      for (const end of ends) marks[end] = 1;
      const turned = turn(marks, purpose);
      return {
        values: turn(values, purpose),
        ends: Int32Array.from([...turned.keys()].filter((i) => turned[i] === 1)),
      };
    },
  };
}
