import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { Overlays } from '../../../webview/heatmap/overlays.ts';
import { ShownColours } from '../../../webview/heatmap/shown-colours.ts';
import { readState } from '../../../webview/heatmap/state.ts';
import { cellKey } from '../../../webview/heatmap/values.ts';
import { contrast, mix, parseColour, type Rgb } from '../../../webview/ui/colour.ts';

const cell = (number: number) => ({ layer: 0, cell: number, quantity: 'tanhc' as const });
const lstm = { cell: 'lstm' as const, hiddenSize: 16 };

type Matrix = readonly (readonly [number, number, number])[];

/** Full severity, on linear RGB (Machado, Oliveira, Fernandes 2009). */
const deficiencies: Record<string, Matrix> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** CIE L*a*b* of a colour as it is seen. */
function lab(colour: Rgb, matrix: Matrix): number[] {
  const linear = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  const dot = (row: readonly number[], v: number[]): number => row.reduce((sum, m, k) => sum + m * v[k]!, 0);
  const seen = matrix.map((row) => Math.max(0, Math.min(1, dot(row, linear))));
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const [x, y, z] = [
    f(dot([0.4124, 0.3576, 0.1805], seen) / 0.95047),
    f(dot([0.2126, 0.7152, 0.0722], seen)),
    f(dot([0.0193, 0.1192, 0.9505], seen) / 1.08883),
  ] as const;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function difference(a: Rgb, b: Rgb, matrix: Matrix): number {
  const other = lab(b, matrix);
  return Math.hypot(...lab(a, matrix).map((value, k) => value - other[k]!));
}

describe('cells laid over the chosen one', () => {
  it('are two at most; a removed one leaves its place to the next', () => {
    const overlays = new Overlays();
    expect(overlays.add(cell(1))?.place).toBe('over');
    expect(overlays.add(cell(2))?.place).toBe('under');
    expect(overlays.add(cell(3))).toBeNull();
    overlays.remove('over');
    expect(overlays.cells.map((each) => [each.cell, each.place])).toEqual([[2, 'under']]);
    expect(overlays.add(cell(3))?.place).toBe('over');
    expect(overlays.cells.map((each) => each.cell)).toEqual([3, 2]);
  });

  it('of which a model lacks go', () => {
    const overlays = new Overlays();
    overlays.add(cell(3));
    overlays.add({ layer: 1, cell: 0, quantity: 'f' });
    expect(overlays.fit([lstm, { cell: 'lstm', hiddenSize: 4 }])).toBe(false);
    expect(overlays.fit([lstm])).toBe(true);
    expect(overlays.cells.map((each) => each.cell)).toEqual([3]);
    expect(overlays.fit([{ cell: 'gru', hiddenSize: 16 }])).toBe(true);
    expect(overlays.cells).toEqual([]);
  });

  it('outlive a reload, and damaged ones are none', () => {
    const overlays = new Overlays();
    overlays.add(cell(3));
    const kept = JSON.parse(JSON.stringify({ overlays: overlays.cells, line: 4 }));
    expect(new Overlays(readState(kept).overlays).cells).toEqual(overlays.cells);
    expect(readState({ overlays: [{ ...cell(1), place: 'behind' }] }).overlays).toEqual([]);
    expect(readState({}).overlays).toEqual([]);
  });
});

describe('their colours', () => {
  const one = (value: number): Float32Array[] => [Float32Array.of(value), Float32Array.of(value)];
  const places = (colours: ShownColours) => colours.overlays.map(({ place, values }) => [place, values(0)?.[0]]);

  function setUp() {
    const colours = new ShownColours();
    colours.setModel('m', false);
    colours.reset(2);
    colours.setCell(cell(1));
    colours.setOverlays([{ ...cell(2), place: 'over' }]);
    return colours;
  }

  it('are settled when every cell on the screen has fresh values', () => {
    const colours = setUp();
    expect(colours.put(cellKey('m', cell(1)), 0, one(1), 1)).toBe(true);
    expect(colours.settled(0, 2)).toBe(false);
    expect(colours.stale(1)).toBe(true);
    expect(colours.fresh(1)).toBe(true);
    expect(colours.put(cellKey('m', cell(2)), 0, one(-1), 1)).toBe(true);
    expect(colours.settled(0, 2)).toBe(true);
    expect(places(colours)).toEqual([['over', -1]]);
    expect(colours.overlayValue('over', 1, 0)).toBe(-1);
    expect(colours.overlayValue('under', 1, 0)).toBeUndefined();
    expect(colours.put(cellKey('m', cell(9)), 0, one(1), 1)).toBe(false);
  });

  it('stand until those of the next checkpoint come, and go with their cell', () => {
    const colours = setUp();
    colours.put(cellKey('m', cell(2)), 0, one(-1), 1);
    colours.setModel('n', true);
    expect(places(colours)).toEqual([['over', -1]]);
    expect(colours.overlayValue('over', 0, 0)).toBeUndefined();
    colours.put(cellKey('n', cell(2)), 0, one(0.5), 1);
    expect(places(colours)).toEqual([['over', 0.5]]);
    // Another quantity on this one's scale would be wrong.
    colours.setOverlays([{ ...cell(2), quantity: 'c', place: 'over' }]);
    expect(places(colours)).toEqual([['over', undefined]]);
    colours.setOverlays([]);
    expect(places(colours)).toEqual([]);
  });

  it('can be told from the background and from each other in every theme', () => {
    const backgrounds = { dark: '#1f1f1f', light: '#ffffff', highContrast: '#000000', highContrastLight: '#ffffff' };
    const named = (id: string) =>
      manifest.contributes.colors.find((colour) => colour.id === `cellscope.heatmap.${id}`)!;
    for (const [kind, background] of Object.entries(backgrounds)) {
      const of = (id: string) => parseColour(named(id).defaults[kind as keyof typeof backgrounds])!;
      const plain = parseColour(background)!;
      for (const bar of [of('over'), of('under')]) {
        // A graphical part needs 3 : 1 (WCAG 2.2, 1.4.11); over a tint of half strength it still stands out.
        expect(contrast(bar, plain)).toBeGreaterThan(3);
        for (const tint of [of('positive'), of('negative')])
          expect(contrast(bar, mix(plain, tint, 0.35))).toBeGreaterThan(1.9);
      }
      const all = ['over', 'under', 'positive', 'negative'].map(of);
      for (const [name, matrix] of Object.entries(deficiencies))
        for (const [a, b] of [
          [0, 1],
          [0, 2],
          [0, 3],
          [1, 2],
          [1, 3],
        ] as const)
          expect(difference(all[a]!, all[b]!, matrix), `${kind} ${name} ${a} ${b}`).toBeGreaterThan(18);
    }
  });
});
