import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Standing } from '../../../src/core/cells/standing.ts';
import { colourRuns, STEPS, stepOf, typeIndex } from '../../../src/host/editor/colour-runs.ts';
import { hoverCommands, hoverMarkdown } from '../../../src/host/editor/hover-text.ts';
import { characterLabel, code, escapeMarkdown, percent, signed } from '../../../src/host/editor/labels.ts';
import { palettes, traceSvg } from '../../../src/host/editor/trace.ts';
import type { CharacterReport, Page } from '../../../src/protocol/inspector-service.ts';

const page = (lines: string[], values: number[], scale = 1, startLine = 0): Page => {
  const starts = [0];
  lines.forEach((line, k) => {
    starts.push(starts[k]! + [...line].length + (k + 1 < lines.length ? 1 : 0));
  });
  return {
    version: 1,
    startLine,
    endLine: startLine + lines.length,
    lineStarts: Uint32Array.from(starts),
    values: Float32Array.from(values),
    scale,
    pending: false,
  };
};

describe('steps of colour', () => {
  it('are symmetric, clamped and transparent around nought', () => {
    expect([-9, -1, -0.5, -0.05, 0, 0.05, 0.5, 1, 9].map((value) => stepOf(value, 1))).toEqual([
      -7, -7, -3, 0, 0, 0, 4, 7, 7,
    ]);
    expect(stepOf(5, 10)).toBe(4);
    expect(stepOf(Number.NaN, 1)).toBe(0);
    expect(Object.is(stepOf(-0.01, 1), 0)).toBe(true);
  });

  it('have a decoration type each, at most 16', () => {
    const indices = Array.from({ length: STEPS }, (_, k) => [typeIndex(k + 1), typeIndex(-k - 1)]).flat();
    expect(indices.sort((a, b) => a - b)).toEqual(Array.from({ length: 2 * STEPS }, (_, k) => k));
    expect(indices.length).toBeLessThanOrEqual(16);
  });
});

describe('runs of colour', () => {
  it('merge equal neighbours and leave transparent ones out', () => {
    const lines = ['abcde', 'f'];
    const runs = colourRuns(page(lines, [1, 1, 0, -1, -1, 1, 0.5]), (line) => lines[line]!);
    expect(runs).toEqual([
      { line: 0, start: 0, end: 2, step: 7 },
      { line: 0, start: 3, end: 5, step: -7 },
      { line: 1, start: 0, end: 1, step: 4 },
    ]);
  });

  it('stand on UTF-16 columns', () => {
    const lines = ['🐙a🐙'];
    expect(colourRuns(page(lines, [1, 0, -1]), () => lines[0]!)).toEqual([
      { line: 0, start: 0, end: 2, step: 7 },
      { line: 0, start: 3, end: 5, step: -7 },
    ]);
  });

  it('skip a line that is not the one the values belong to', () => {
    const lines = ['ab', 'cd', 'ef'];
    const now = ['ab', 'cxxd', 'e'];
    const values = [1, 1, 0, 1, 1, 0, 1, 1];
    expect(colourRuns(page(lines, values, 1, 10), (line) => now[line - 10]!)).toEqual([
      { line: 10, start: 0, end: 2, step: 7 },
      { line: 12, start: 0, end: 1, step: 7 },
    ]);
  });

  it('divide by the scale of the page', () => {
    expect(colourRuns(page(['a'], [4], 8), () => 'a')[0]!.step).toBe(4);
  });
});

describe('labels', () => {
  it('make every character visible and harmless', () => {
    expect([' ', '\n', '\t', '\r', 'a', '🐙', '<unk>'].map(characterLabel)).toEqual([
      '␣',
      '⏎',
      '⇥',
      '␍',
      'a',
      '🐙',
      '<unk>',
    ]);
    expect(characterLabel('\u202e')).toBe('U+202E');
    expect(characterLabel('\u200b')).toBe('U+200B');
    expect(characterLabel('\0')).toBe('U+0000');
    expect(characterLabel('\ud800')).toBe('U+D800');
    expect(characterLabel('\u00a0')).toBe('U+00A0');
    expect(characterLabel('\u0301')).toBe('◌\u0301');
  });

  it('fence a backtick', () => {
    expect(code('a')).toBe('`a`');
    expect(code('`')).toBe('``` ` ```');
  });

  it('escape what could be markup', () => {
    expect(escapeMarkdown('[x](command:evil) <b> `c`\n\n# h')).toBe('\\[x\\]\\(command:evil\\) \\<b\\> \\`c\\` \\# h');
  });

  it('write numbers with a true minus and small chances as such', () => {
    expect([signed(0.871), signed(-1.2), signed(-0.001)]).toEqual(['+0.87', '−1.20', '0.00']);
    expect([percent(0.602), percent(0.004), percent(0)]).toEqual(['60 %', '<1 %', '0 %']);
  });
});

describe('the hover', () => {
  const report: CharacterReport = {
    version: 1,
    line: 4,
    column: 2,
    index: 12,
    character: '`',
    surprisal: 2.674,
    expected: [
      { character: '[', probability: 0.6 },
      { character: '\n', probability: 0.19 },
      { character: '|', probability: 0.001 },
    ],
    cell: { layer: 0, cell: 14, values: { tanhc: 0.87, h: 0.82, c: 1.33, i: 0.14, f: 0.91, g: 0.53, o: 0.95 } },
    loudest: [{ layer: 1, cell: 3, value: 0.9, z: -2.14 }],
    stripStart: 10,
    strips: [
      { quantity: 'tanhc', values: Float32Array.of(0.1, -0.4, 0.87, 0.2) },
      { quantity: 'f', values: Float32Array.of(0.5, 0.6, 0.91, 0.7) },
    ],
    watched: [],
  };
  const text = hoverMarkdown(report, { layer: 0, cell: 14, quantity: 'tanhc' }, palettes.dark);

  it('tells the character, its surprisal and what was expected next', () => {
    expect(text).toContain('``` ` ``` · surprisal **2.67 bits**');
    expect(text).toContain('next: `[` 60 % · `⏎` 19 % · `|` <1 %');
  });

  it('tells beside the surprisal whether the text was trained on or held out; nothing where that is not known', () => {
    const chosen = { layer: 0, cell: 14, quantity: 'tanhc' } as const;
    expect(hoverMarkdown(report, chosen, palettes.dark, [], 'held out')).toContain('**2.67 bits** · *held out*\n');
    expect(text).toContain('**2.67 bits**\n');
  });

  it('tells the cell and its gates here', () => {
    expect(text).toContain('**layer 0 · cell 14:** tanh c **+0.87** · h **+0.82** · c **+1.33** · ');
    expect(text).toContain('forget f **0.91** · input i **0.14** · output o **0.95** · new g **+0.53**');
  });

  it('shows the trace of the chosen quantity, in words too', () => {
    expect(text).toContain('![tanh c along the line, from −0.40 to +0.87, +0.87 here](data:image/svg+xml;base64,');
    const uri = /base64,([^|]+)\|/.exec(text)![1]!;
    const svg = Buffer.from(uri, 'base64').toString();
    expect(svg).toBe(traceSvg(report.strips[0]!.values, 2, 'tanhc', palettes.dark));
    // The hair stands at the third of four characters.
    expect(svg).toContain('<line x1="250.0" x2="250.0"');
  });

  it('links commands that are allowed, and no others', () => {
    const commands = [...text.matchAll(/\(command:([\w.]+)/g)].map((match) => match[1]!);
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) expect(hoverCommands).toContain(command);
    expect(text).toContain(`[1·3](command:cellscope.selectCell?${encodeURIComponent('[{"layer":1,"cell":3}]')}) −2.1`);
  });

  it('names the named cells that are on here, by their frozen thresholds and signs', () => {
    const named = (name: string, cell: number, sign: 1 | -1, threshold: number): Standing => ({
      concept: { concept: `user:${name}`, name } as Standing['concept'],
      candidate: { layer: 0, cell, quantity: 'h', sign, threshold, ap: 0.9 } as Standing['candidate'],
    });
    const names = [
      named('on above', 1, 1, 0.2),
      named('off below', 2, 1, 0.4),
      named('on below', 3, -1, 0.4),
      named('off at', 4, -1, 0.3),
    ];
    const watched = { ...report, watched: [0.3, 0.3, 0.3, 0.3] };
    const shown = hoverMarkdown(watched, { layer: 0, cell: 14, quantity: 'h' }, palettes.dark, names);
    const line = shown.split('\n\n').find((part) => part.startsWith('named cells on here'))!;
    const target = encodeURIComponent('[{"layer":0,"cell":1,"quantity":"h"}]');
    expect(line).toContain(`**on above** [0·1](command:cellscope.selectCell?${target}) AP 0.90 · **on below** [0·3]`);
    expect(line).not.toContain('off');
    expect(text).not.toContain('named cells');
  });

  it('says so where there is no surprisal, and does without a strip', () => {
    const bare = hoverMarkdown(
      { ...report, surprisal: null, strips: [], loudest: [] },
      { layer: 0, cell: 14, quantity: 'h' },
      palettes.light,
    );
    expect(bare).toContain('no surprisal');
    expect(bare).not.toContain('data:image');
    expect(bare).not.toContain('loudest');
  });
});

describe('the trace', () => {
  it('is made of numbers alone, within its frame', () => {
    const svg = traceSvg(Float32Array.of(0.5, -3, Number.POSITIVE_INFINITY, 1), 1, 'g', palettes.highContrast);
    const circle = /cy="([\d.]+)"/.exec(svg)!;
    expect(Number(circle[1])).toBeGreaterThan(0);
    expect(Number(circle[1])).toBeLessThan(56);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('has the colours that the extension contributes for the heatmap', () => {
    const { contributes } = JSON.parse(
      readFileSync(path.resolve(import.meta.dirname, '../../../package.json'), 'utf8'),
    );
    for (const side of ['positive', 'negative'] as const) {
      const colour = contributes.colors.find(({ id }: { id: string }) => id === `cellscope.heatmap.${side}`);
      const drawn = Object.entries(palettes).map(([theme, palette]) => [theme, palette[side]]);
      expect(Object.fromEntries(drawn)).toEqual(colour.defaults);
    }
  });

  it('fills its height with an unbounded c, and leaves gates from nought up', () => {
    const big = traceSvg(Float32Array.of(-12, 12), 1, 'c', palettes.dark);
    expect(/points="([^"]+)"/.exec(big)![1]).toBe('100.0,37.0 300.0,3.0');
    const gate = traceSvg(Float32Array.of(0, 1), 1, 'f', palettes.dark);
    expect(/points="([^"]+)"/.exec(gate)![1]).toBe('100.0,37.0 300.0,3.0');
  });
});
