import { describe, expect, it } from 'vitest';
import { figureLines, verdict } from '../../bench/figures.ts';

describe('figures of the benchmark', () => {
  it('meet a target up to its number, and miss it above or where nothing was measured', () => {
    expect([19, 20, 20.01, Number.NaN].map((measured) => verdict({ measured, target: 20 }))).toEqual([
      'met',
      'met',
      'missed',
      'missed',
    ]);
    expect(verdict({ measured: 5, target: null })).toBe('');
  });

  it('are printed with their target and whether it is met, and counted', () => {
    expect(
      figureLines([
        { what: 'hover, p95', measured: 12.34, unit: 'ms', target: 20 },
        { what: 'typing', measured: 129.5, unit: 'ms', target: 50 },
        { what: 'sample', measured: 2.651, unit: 's', digits: 2, target: 2 },
        { what: 'speed', measured: 200, unit: 'k characters/s', target: null },
      ]),
    ).toEqual([
      'hover, p95               12.3 ms   target 20 ms    met',
      'typing                  129.5 ms   target 50 ms    missed',
      'sample                    2.65 s   target 2 s      missed',
      'speed       200.0 k characters/s   target –',
      'targets met: 1, missed: 2',
    ]);
  });
});
