import { describe, expect, it } from 'vitest';
import type { CandidateReport } from '../../../../src/core/cells/report.ts';
import { conceptsVersion } from '../../../../src/core/concepts/version.ts';
import {
  type CellsFile,
  encodeCellsFile,
  outdatedBy,
  parseCellsFile,
} from '../../../../src/core/formats/cells-file.ts';

const candidate: CandidateReport = {
  layer: 0,
  cell: 14,
  quantity: 'tanhc',
  sign: 1,
  validationAp: 0.9,
  ap: 0.88,
  threshold: 0.25,
  f1: 0.8,
  iou: 0.7,
  pearson: 0.6,
  sampleAp: 0.87,
  confidence: [0.8, 0.92],
  untrained: [0.2, 0.3],
  randomLabels: [0.1],
  selectivity: 0.77,
  shift: { shifts: 199, reached: 0, p: 0.005, adjusted: 0.03 },
  ablation: { inside: 0.2, outside: 0.01, control: 0.05, exceeds: 1, places: 40, controls: 20 },
  named: true,
  lacks: [],
};

const unmeasured: CandidateReport = {
  ...candidate,
  cell: 3,
  sampleAp: null,
  confidence: null,
  untrained: null,
  randomLabels: null,
  selectivity: null,
  shift: null,
  ablation: null,
  named: false,
  lacks: ['precision', 'untrained', 'random-labels', 'chance', 'cause'],
};

const file: CellsFile = {
  formatVersion: 1,
  generation: 7,
  trainedChars: 1_000_000,
  measured: '2030-01-01T00:00:00.000Z',
  seed: 1,
  concepts: conceptsVersion,
  userConcepts: [{ name: 'to do', pattern: 'TODO', ignoreCase: true }],
  quantities: ['f', 'i'],
  texts: { validation: { files: 3, chars: 900 }, test: { files: 4, chars: 1000 }, withoutGrammar: ['markdown'] },
  report: {
    concepts: [
      {
        concept: 'string',
        name: 'inside a string',
        base: 0.1,
        positives: 100,
        scored: 1000,
        best: [candidate, unmeasured],
        probes: [{ k: 1, averagePrecision: 0.88, columns: [14] }],
      },
    ],
    graded: [
      {
        concept: 'position',
        name: 'position in the line',
        chars: 1000,
        best: [{ layer: 0, cell: 2, quantity: 'h', pearson: -0.9, spearman: -0.8 }],
      },
    ],
    named: 1,
    unnamed: 63,
    chars: { validation: 900, test: 1000 },
    complete: true,
  },
};

/** The file with one place of its JSON changed. */
function altered(from: string, to: string): Uint8Array {
  const text = new TextDecoder().decode(encodeCellsFile(file));
  expect(text).toContain(from);
  return new TextEncoder().encode(text.replace(from, to));
}

describe('the file of found cells', () => {
  it('is read as it was written', () => {
    expect(parseCellsFile(encodeCellsFile(file))).toEqual(file);
  });

  it('has no further quantities where it is from before they could be asked for', () => {
    expect(parseCellsFile(altered(',"quantities":["f","i"]', '')).quantities).toEqual([]);
  });

  it('keeps thresholds that are met everywhere, of either sign', () => {
    const everywhere: CandidateReport[] = [
      { ...candidate, sign: 1, threshold: Number.NEGATIVE_INFINITY },
      { ...candidate, sign: -1, threshold: Number.POSITIVE_INFINITY },
    ];
    const [concept] = file.report.concepts;
    const report = { ...file.report, concepts: [{ ...concept!, best: everywhere }] };
    const read = parseCellsFile(encodeCellsFile({ ...file, report }));
    expect(read.report.concepts[0]!.best).toEqual(everywhere);
  });

  it('that is damaged, of another version or of other kinds of values is refused with a reason', () => {
    const bytes = encodeCellsFile(file);
    expect(() => parseCellsFile(bytes.subarray(0, bytes.length - 20))).toThrow(/not valid JSON/);
    expect(() => parseCellsFile(altered('"formatVersion":1', '"formatVersion":2'))).toThrow(/formatVersion/);
    expect(() => parseCellsFile(altered('"ap":0.88', '"ap":"much"'))).toThrow(/ap/);
    expect(() => parseCellsFile(altered('"quantity":"tanhc"', '"quantity":"x"'))).toThrow(/quantity/);
    expect(() => parseCellsFile(altered('"lacks":[]', '"lacks":["luck"]'))).toThrow(/lacks/);
  });

  it('is outdated once the run has another model, or concepts are others', () => {
    const { userConcepts, quantities } = file;
    const none = { generation: false, concepts: false, quantities: false };
    const by = (concepts: typeof userConcepts): ReturnType<typeof outdatedBy> =>
      outdatedBy(file, 7, concepts, quantities);
    expect(by(userConcepts)).toEqual(none);
    expect(outdatedBy(file, 8, userConcepts, quantities)).toEqual({ ...none, generation: true });
    expect(by([])).toEqual({ ...none, concepts: true });
    expect(by([{ name: 'to do', pattern: 'TODO' }])).toEqual({ ...none, concepts: true });
    expect(by([{ ...userConcepts[0]!, description: 'Left for later.' }])).toEqual(none);
    expect(outdatedBy({ ...file, concepts: conceptsVersion - 1 }, 7, userConcepts, quantities).concepts).toBe(true);
    expect(outdatedBy(file, 7, userConcepts, ['i', 'f'])).toEqual(none);
    expect(outdatedBy(file, 7, userConcepts, ['f'])).toEqual({ ...none, quantities: true });
  });
});
