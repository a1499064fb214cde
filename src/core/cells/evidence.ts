/** Evidence for the candidates that reach half-way: nulls, cause, confidence, probes. On seeded samples. */
import type { Concept } from '../concepts/concept.ts';
import type { Engine, Session } from '../engine/engine.ts';
import type { Init } from '../model/spec.ts';
import { Random } from '../random.ts';
import { AblationBench, type CellMoments, endPlaces } from './ablation.ts';
import { BinnedSample, positionsOf, type SampleLabels } from './binned-sample.ts';
import { bootstrapByFile, intervalAbout } from './bootstrap.ts';
import { reachesHalfWay } from './candidates.ts';
import { type Column, scoredQuantities } from './columns.ts';
import { lacksOf, level } from './naming.ts';
import {
  holm,
  permutationP,
  randomTypeLabels,
  type ShiftTest,
  shiftedLabels,
  shiftsNeeded,
  thinLabels,
} from './nulls.ts';
import { sparseProbes } from './probe.ts';
import { partOf, report, type Watch } from './progress.ts';
import type { CandidateReport, CellsReport, ConceptReport } from './report.ts';
import { type ColumnSample, readSample, sampleLabels } from './sample.ts';

export interface EvidenceOptions {
  seed: number;
  /** How an untrained network starts. */
  init: Init;
  untrained: number;
  /** Least number of shifted labelings; more are made where Holm's correction needs them. */
  shifts: number;
  randomLabels: number;
  controls: number;
  resamples: number;
  /** Candidates of one concept that evidence is gathered for. */
  candidates: number;
}

export interface EvidenceInput {
  engine: Engine;
  session: Session;
  concepts: readonly Concept[];
  columns: readonly Column[];
  validation: ColumnSample;
  test: ColumnSample;
  moments: readonly CellMoments[];
}

interface Tested {
  report: ConceptReport;
  concept: number;
  candidates: CandidateReport[];
  raw: Int8Array;
  labels: SampleLabels;
}

/** Fills in the evidence of a report's candidates, in place; `onStage` is called when a stage's figures stand. */
export async function gatherEvidence(
  cells: CellsReport,
  input: EvidenceInput,
  options: EvidenceOptions,
  watch: Watch,
  onStage: () => void,
): Promise<void> {
  const { concepts, columns, test } = input;
  const tested = cells.concepts.flatMap((conceptReport): Tested[] => {
    const candidates = conceptReport.best
      .filter((candidate) => reachesHalfWay(conceptReport, candidate))
      .slice(0, options.candidates);
    const concept = concepts.findIndex(({ id }) => id === conceptReport.concept);
    const raw = sampleLabels(test, concept);
    const labels = positionsOf(raw);
    const scored = test.length - labels.unscored.length;
    // The sample may hold none of a rare concept: then nothing can be said, and nothing is named.
    const occurs = labels.positives.length > 0 && labels.positives.length < scored;
    return candidates.length > 0 && occurs ? [{ report: conceptReport, concept, candidates, raw, labels }] : [];
  });
  if (tested.length === 0) return;
  const columnOf = ({ layer, cell, quantity }: CandidateReport): number =>
    columns.findIndex((column) => column.layer === layer && column.cell === cell && column.quantity === quantity);
  const binned = new BinnedSample(test);

  for (const { candidates, labels, raw, report: of } of tested) {
    const random = Random.derive(options.seed, `bootstrap ${of.concept}`);
    for (const candidate of candidates) {
      const column = columnOf(candidate);
      candidate.sampleAp = binned.averagePrecision(column, labels, candidate.sign);
      const files = binned.segmentCounts(column, raw, test.segments);
      const interval = bootstrapByFile(files, candidate.sign, options.resamples, random);
      candidate.confidence = interval && intervalAbout(interval, candidate.sampleAp, candidate.ap);
    }
    await report(watch, 'sample', 1);
  }
  await againstRandomLabels(tested, binned, test, options);
  await againstUntrained(tested, input, options, watch);
  judge(tested);
  onStage();
  await againstShifts(cells, tested, columnOf, test, options, watch);
  judge(tested);
  onStage();
  await findCauses(tested, input, options, watch);
  judge(tested);
  onStage();
  await probe(tested, input, watch);
}

async function againstRandomLabels(
  tested: readonly Tested[],
  binned: BinnedSample,
  test: ColumnSample,
  { seed, randomLabels }: EvidenceOptions,
): Promise<void> {
  for (const { report: of, candidates, labels } of tested) {
    const random = Random.derive(seed, `random labels ${of.concept}`);
    const bests = Array.from({ length: randomLabels }, () => binned.best(randomTypeLabels(test, labels, random)));
    for (const candidate of candidates) {
      candidate.randomLabels = bests;
      candidate.selectivity = candidate.sampleAp! - Math.max(...bests);
    }
  }
}

async function againstUntrained(
  tested: readonly Tested[],
  { engine, session, columns, test }: EvidenceInput,
  { seed, init, untrained }: EvidenceOptions,
  watch: Watch,
): Promise<void> {
  for (const { candidates } of tested) for (const candidate of candidates) candidate.untrained = [];
  for (let network = 0; network < untrained; network++) {
    const own = partOf(watch, network / untrained, (network + 1) / untrained);
    await report(own, 'untrained', 0);
    const start = { kind: 'fresh', seed: seed + 1 + network, init } as const;
    const fresh = await engine.open(session.spec, start, { maxTime: 0, maxBatch: 0 });
    const binned = new BinnedSample(await readSample(fresh, columns, test, own, 'untrained'));
    await fresh.close();
    for (const { candidates, labels } of tested) {
      const best = binned.best(labels);
      for (const candidate of candidates) candidate.untrained!.push(best);
    }
  }
}

/** Shifted labelings are compared on every other character: neighbours say nearly the same. */
const shiftStride = 2;

async function againstShifts(
  cells: CellsReport,
  tested: readonly Tested[],
  columnOf: (candidate: CandidateReport) => number,
  test: ColumnSample,
  { seed, shifts }: EvidenceOptions,
  watch: Watch,
): Promise<void> {
  // The family is every concept that occurs, tested or not: one that was not reached half-way counts with p = 1.
  const family = cells.concepts.filter(({ best }) => best.length > 0);
  const needed = shiftsNeeded(family.length, shifts, level);
  const binned = new BinnedSample(test, shiftStride);
  let done = 0;
  for (const { report: of, candidates, labels } of tested) {
    const random = Random.derive(seed, `shifts ${of.concept}`);
    const tests = candidates.map((): ShiftTest => ({ shifts: 0, reached: 0 }));
    const thinned = thinLabels(labels, shiftStride);
    const observed = candidates.map((one) => binned.averagePrecision(columnOf(one), thinned, one.sign));
    for (let k = 0; k < needed; k++) {
      const best = binned.best(thinLabels(shiftedLabels(test.segments, labels, random), shiftStride));
      tests.forEach((shiftTest, candidate) => {
        shiftTest.shifts++;
        if (best >= observed[candidate]!) shiftTest.reached++;
      });
      await report(watch, 'shifts', (done + (k + 1) / needed) / tested.length);
      // More shifts sharpen small p-values only.
      if (k + 1 === shifts && tests.every((shiftTest) => permutationP(shiftTest) >= level)) break;
    }
    done++;
    candidates.forEach((candidate, k) => {
      const p = permutationP(tests[k]!);
      candidate.shift = { ...tests[k]!, p, adjusted: 1 };
    });
  }
  const least = family.map(({ best }) => Math.min(1, ...best.map(({ shift }) => shift?.p ?? 1)));
  const adjusted = holm(least);
  family.forEach(({ best }, k) => {
    // A concept's other candidates keep their distance from its best one.
    for (const { shift } of best) if (shift) shift.adjusted = Math.min(1, adjusted[k]! * (shift.p / least[k]!));
  });
}

async function findCauses(
  tested: readonly Tested[],
  { session, test, moments }: EvidenceInput,
  { seed, controls }: EvidenceOptions,
  watch: Watch,
): Promise<void> {
  let done = 0;
  const tick = (): Promise<void> => report(watch, 'ablation', done / tested.length);
  const bench = new AblationBench(session, test, moments, tick);
  for (const { report: of, concept, candidates } of tested) {
    const places = endPlaces(test, concept);
    for (const candidate of candidates) {
      const random = Random.derive(seed, `controls ${of.concept} ${candidate.layer}:${candidate.cell}`);
      candidate.ablation = await bench.ablate(candidate.layer, candidate.cell, places, controls, random);
    }
    done++;
  }
}

async function probe(
  tested: readonly Tested[],
  { session, columns, validation, test }: EvidenceInput,
  watch: Watch,
): Promise<void> {
  const features = columns.flatMap(({ layer, quantity }, column) =>
    scoredQuantities[session.spec.layers[layer]!.cell][0] === quantity ? [column] : [],
  );
  const of = (sample: ColumnSample): Float32Array[] => features.map((column) => sample.columns[column]!);
  let done = 0;
  for (const { report: conceptReport, concept, raw } of tested) {
    const train = { columns: of(validation), labels: sampleLabels(validation, concept) };
    const probes = sparseProbes(train, { columns: of(test), labels: raw });
    conceptReport.probes =
      probes?.map((result) => ({ ...result, columns: result.columns.map((j) => features[j]!) })) ?? null;
    await report(watch, 'probe', ++done / tested.length);
  }
}

/** Applies the rule of names with what is measured so far. */
function judge(tested: readonly Tested[]): void {
  for (const { report: of, candidates } of tested)
    for (const candidate of candidates) {
      candidate.lacks = lacksOf({
        base: of.base,
        averagePrecision: candidate.ap,
        sampleAveragePrecision: candidate.sampleAp,
        untrained: candidate.untrained,
        randomLabels: candidate.randomLabels,
        adjustedP: candidate.shift?.adjusted ?? null,
        ablation: candidate.ablation,
      });
      candidate.named = candidate.lacks.length === 0;
    }
}
