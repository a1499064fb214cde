import { describe, expect, it } from 'vitest';
import type { CandidateReport, CellsReport } from '../../../src/core/cells/report.ts';
import { shownBirth, shownCells } from '../../../src/host/panels/cells-messages.ts';
import { offsetOfSnippet } from '../../../src/host/panels/snippet-offset.ts';
import { fromCells, mostBorn, type ShownBaseline, type ShownPicture, toCells } from '../../../src/protocol/cells.ts';
import { gapOf, pairsOf } from '../../../webview/cells/pairs.ts';
import {
  baselineVerdict,
  conceptRows,
  fileText,
  histogramText,
  lackText,
  matches,
  measuredOn,
  memoryText,
  scoredOn,
  summary,
} from '../../../webview/cells/words.ts';
import { sortRows } from '../../../webview/ui/sorted-table.ts';

const candidate: CandidateReport = {
  layer: 0,
  cell: 14,
  quantity: 'tanhc',
  sign: -1,
  validationAp: 0.95,
  ap: 0.93,
  threshold: -0.2,
  f1: 0.9,
  iou: 0.8,
  pearson: -0.7,
  sampleAp: 0.92,
  confidence: [0.9, 0.95],
  untrained: [0.2, 0.31],
  randomLabels: [0.4],
  selectivity: 0.5,
  shift: { shifts: 199, reached: 0, p: 0.005, adjusted: 0.03 },
  ablation: { inside: 0.3, outside: 0.01, control: 0.02, exceeds: 1, places: 90, controls: 20 },
  named: true,
  lacks: [],
};

function reportOf(change: Partial<CandidateReport> = {}): CellsReport {
  const best = [{ ...candidate, ...change }];
  const counts = { base: 0.2, positives: 200, scored: 1000, probes: null };
  return {
    concepts: [
      { concept: 'comment', name: 'inside a comment', ...counts, best },
      { concept: 'user:todo', name: 'todo', ...counts, best: [] },
    ],
    graded: [{ concept: 'position-in-line', name: 'position in the line', chars: 900, best: [] }],
    named: change.named === false ? 0 : 1,
    unnamed: change.named === false ? 128 : 127,
    chars: { validation: 5000, test: 6000 },
    complete: true,
  };
}

const todo = { name: 'todo', pattern: 'TODO' };
const sides = { validation: { files: 3, chars: 5000 }, test: { files: 1, chars: 6000 }, withoutGrammar: [] };
const shown = (change: Partial<CandidateReport> = {}) =>
  shownCells(reportOf(change), 24, sides, [todo], ['tanhc', 'h']);

describe('a report on its way to the panel', () => {
  it('keeps its figures, with the concepts’ descriptions, and passes the guard', () => {
    const report = shown();
    const [first] = report.concepts[0]!.best;
    expect(first).toMatchObject({ ap: 0.93, p: 0.03, shifts: 199, untrained: 0.31, randomLabels: 0.4, lacks: [] });
    expect(report.concepts[0]!.description).not.toBe('');
    expect(report.concepts[1]!.description).toBe('Matches of TODO.');
    const message = toCells.report({ run: 'r', report, outdated: null, measuring: null, failure: null });
    expect(toCells.report.is(structuredClone(message))).toBe(true);
  });

  it('says what is lacking in words, and sends no number that is none', () => {
    const bare = { named: false, lacks: ['precision' as const], ap: 0.4, sampleAp: null, untrained: null };
    const nothing = {
      randomLabels: null,
      shift: null,
      ablation: null,
      confidence: null,
      threshold: Number.NEGATIVE_INFINITY,
    };
    const [first] = shown({ ...bare, ...nothing }).concepts[0]!.best;
    expect(first!.threshold).toBeNull();
    expect(first!.lacks).toEqual(['AP of at least 0.60']);
    expect([first!.p, first!.untrained, first!.ablation]).toEqual([null, null, null]);
  });

  it('checkpoints come in the order of training, whatever order they were measured in', () => {
    const at = (generation: number, ap: number) => ({
      generation,
      trainedChars: 1000 * generation,
      concepts: [
        {
          concept: 'comment',
          base: 0.2,
          best: { layer: 0, cell: generation, quantity: 'h' as const, sign: 1 as const, ap },
          followed: null,
        },
      ],
    });
    const birth = shownBirth('r', [{ id: 'comment', name: 'comment', followed: null }], [at(3, 0.9), at(1, 0.3)], null);
    expect(birth.points.map(({ generation }) => generation)).toEqual([1, 3]);
    expect(birth.points[1]!.concepts[0]).toMatchObject({ id: 'comment', ap: 0.9, cell: 3 });
    expect(toCells.birth.is(toCells.birth(birth))).toBe(true);
  });
});

describe('what the panel says', () => {
  it('a named cell goes before a better one without a name; what does not occur is told', () => {
    const report = shown();
    report.concepts[0]!.best.unshift({ ...report.concepts[0]!.best[0]!, cell: 7, ap: 0.95, named: false });
    const rows = conceptRows(report);
    expect(rows.map(({ status, first }) => [status, first?.cell])).toEqual([
      ['named', 14],
      ['absent', undefined],
    ]);
  });

  it('says which quantities were scored, and why a model file has no page', () => {
    expect(scoredOn(shown())).toBe('Scored: tanh c, h.');
    expect(scoredOn({ ...shown(), quantities: ['h', 'z'] })).toBe('Scored: h, update gate z.');
    expect(fileText('x.safetensors')).toMatch(/^x\.safetensors is a model file\. It keeps no held-out text/);
  });

  it('sums up without praise', () => {
    expect(summary(shown())).toBe('1 cell has a name; 99% of the 128 have none.');
    expect(summary(shown({ named: false }))).toBe('None of the 128 cells has earned a name. Most cells never do.');
    expect(measuredOn(shown())).toContain('5,000 characters in 3 files of the validation side');
    expect(measuredOn(shown())).toContain('6,000 characters in 1 file of the test side, checkpoint 24');
    expect(lackText(['a', 'b', 'c'])).toBe('lacks a, and 2 more');
    expect(lackText([])).toBe('');
  });

  it('finds a concept by any of its words and by its cell', () => {
    const [row] = conceptRows(shown());
    for (const text of ['comm', 'INSIDE com', '0·14', '']) expect(matches(row!, text)).toBe(true);
    expect(matches(row!, 'comment string')).toBe(false);
  });

  it('medians of a histogram, memory with and without a gate', () => {
    const picture = {
      concept: 'comment',
      histogram: { low: -1, high: 1, inside: [0, 0, 0, 4], outside: [5, 1, 0, 0] },
      memory: { gate: 'f', lags: 400, horizon: null, spans: { count: 12, median: 0.5 } },
    } as unknown as ShownPicture;
    expect(histogramText(picture)).toBe('median inside 0.75, median outside −0.75, on a scale from −1.00 to 1.00');
    expect(memoryText(picture)).toMatch(/forget gate still keeps more than 1 % .* 400 characters.* 12\), 50% of what/);
    expect(memoryText({ ...picture, memory: null })).toMatch(/no gate/);
  });

  it('who predicts better, by how many bits', () => {
    const all = { label: 'all', count: 1000, network: Math.LN2 * 2, baseline: Math.LN2 * 2.5 };
    const of = (tables: object): ShownBaseline =>
      ({ order: 20, tables: { all: { ...all, ...tables } } }) as unknown as ShownBaseline;
    expect(baselineVerdict('LSTM', of({}))).toEqual({
      claim: 'LSTM beats the 20-gram.',
      evidence:
        'LSTM needs 2.000 bits per character, the 20-gram 2.500: 0.500 fewer for the network, over 1,000 characters of test files.',
    });
    expect(baselineVerdict('LSTM', of({ network: 2 })).claim).toBe('The 20-gram beats LSTM.');
    expect(baselineVerdict('LSTM', of({ network: null })).claim).toBe('There is nothing to compare.');
  });

  it('two runs side by side: concepts that occur for neither are left out', () => {
    const pairs = pairsOf(shown(), shown({ ap: 0.5, named: false }));
    expect(pairs.map(({ id }) => id)).toEqual(['comment']);
    expect(pairs[0]!.sides.map((side) => side!.status)).toEqual(['named', 'candidate']);
    expect(gapOf(pairs[0]!.sides)).toBeCloseTo(0.43, 10);
    expect(gapOf([pairs[0]!.sides[0], null])).toBeNull();
  });
});

describe('sorted rows', () => {
  const value = (row: number | null) => row;
  it('rows without a value stand last in either direction, equal ones keep their order', () => {
    expect(sortRows([2, null, 3, 1], value, false)).toEqual([1, 2, 3, null]);
    expect(sortRows([2, null, 3, 1], value, true)).toEqual([3, 2, 1, null]);
    const rows = [
      { name: 'b', rank: 1 },
      { name: 'a', rank: 1 },
    ];
    expect(sortRows(rows, ({ rank }) => rank, true)).toEqual(rows);
    expect(sortRows(rows, ({ name }) => name, false)[0]!.name).toBe('a');
  });
});

describe('the place of a snippet', () => {
  const text = 'one two\none 🙂 two\nthree one 🙂 two\n';
  it('is where its text stands, nearest to where it stood', () => {
    expect(offsetOfSnippet(text, '🙂 two', 12, 14)).toBe(text.indexOf('🙂 two') + 3);
    const second = text.lastIndexOf('🙂 two');
    expect(offsetOfSnippet(text, '🙂 two', 27, 29)).toBe(second + 3);
    expect(offsetOfSnippet(`// new\n${text}`, 'three', 18, 19)).toBe(text.indexOf('three') + 7 + 1);
  });
  it('is null where the text is gone', () => {
    expect(offsetOfSnippet(text, 'four', 0, 0)).toBeNull();
    expect(offsetOfSnippet(text, '', 0, 0)).toBeNull();
  });
});

describe('messages from the panel', () => {
  const cell = { run: 'r', layer: 0, cell: 3, quantity: 'h' as const, sign: 1 as const, concept: null };
  it('are refused where they could do harm', () => {
    expect(fromCells.cell.is(fromCells.cell(cell))).toBe(true);
    for (const change of [{ cell: -1 }, { layer: 0.5 }, { quantity: 'constructor' }, { sign: 2 }, { run: 7 }])
      expect(fromCells.cell.is({ type: 'cells/cell', payload: { ...cell, ...change } })).toBe(false);
    const concepts = Array.from({ length: mostBorn + 1 }, (_, k) => String(k));
    expect(fromCells.birth.is({ type: 'cells/askBirth', payload: { run: 'r', concepts } })).toBe(false);
    expect(fromCells.birth.is({ type: 'cells/askBirth', payload: { run: 'r', concepts: [] } })).toBe(false);
    expect(fromCells.baseline.is({ type: 'cells/askBaseline', payload: { run: 'r', order: 21 } })).toBe(false);
    expect(fromCells.note.is(fromCells.note({ run: 'r', layer: 0, cell: 1, text: 'x'.repeat(20_001) }))).toBe(false);
    expect(fromCells.exportCsv.is(fromCells.exportCsv({ name: '../x', text: '' }))).toBe(false);
  });
  it('every kind has a type of its own', () => {
    const types = [...Object.values(toCells), ...Object.values(fromCells)].map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
  });
});
