import { describe, expect, it } from 'vitest';
import { parseIndices, parseOptions } from '../../../src/cli/options.ts';
import { bar, clock, short, sparkline, table } from '../../../src/cli/terminal.ts';

describe('what the terminal shows', () => {
  it('bars, sparklines and tables', () => {
    expect(bar(0.5, 4)).toBe('[##--]');
    expect(bar(7, 4)).toBe('[####]');
    expect(sparkline([1, 2, 3])).toBe('▁▅█');
    expect(sparkline([2, 2])).toBe('▁▁');
    expect(sparkline(Array.from({ length: 100 }, (_, k) => k))).toHaveLength(48);
    expect(sparkline([Number.NaN])).toBe('');
    expect(
      table([
        ['a', '10'],
        ['bcd', '5'],
      ]),
    ).toBe('a    10\nbcd   5');
  });

  it('numbers and durations', () => {
    expect([950, 71_400, 6_000_000].map(short)).toEqual(['950', '71.4k', '6.00M']);
    expect([48, 725, 3725].map(clock)).toEqual(['0:48', '12:05', '1:02:05']);
  });
});

describe('options', () => {
  const options = {
    rate: { kind: 'number', min: 0, above: true, max: 10, help: '' },
    count: { kind: 'integer', min: 0, max: 1e9, help: '' },
    kind: { kind: 'choice', choices: ['a', 'b'], help: '' },
    glob: { kind: 'list', placeholder: 'GLOB', help: '' },
    json: { kind: 'flag', help: '' },
  } as const;

  it('are converted and checked', () => {
    const args = [
      'x',
      '--rate',
      '5e-3',
      '--count=6_000_000',
      '--glob',
      '*.ts',
      '--glob',
      '*.py',
      '--kind',
      'b',
      '--json',
    ];
    expect(parseOptions(args, options)).toEqual({
      values: { rate: 0.005, count: 6_000_000, glob: ['*.ts', '*.py'], kind: 'b', json: true },
      positionals: ['x'],
    });
    for (const wrong of [
      '--rate=0',
      '--rate=',
      '--rate=x',
      '--rate=0x10',
      '--rate=11',
      '--count=1.5',
      '--kind=c',
      '--rate=NaN',
    ])
      expect(() => parseOptions([wrong], options)).toThrow(/^--(rate|count|kind) is /);
    expect(() => parseOptions(['--rate'], options)).toThrow(/argument missing/);
  });

  it('lists of indices', () => {
    expect(parseIndices('cells', '3, 17')).toEqual([3, 17]);
    for (const wrong of ['', '3,', '-1', '1.5']) expect(() => parseIndices('cells', wrong)).toThrow(/whole numbers/);
  });
});
