import { describe, expect, it } from 'vitest';
import { contrast, mix, parseColour, type Rgb, readableStrength, toHex } from '../../../webview/ui/colour.ts';

describe('colours', () => {
  it('are read in the forms that themes use', () => {
    expect(parseColour('#f80')).toEqual([255, 136, 0]);
    expect(parseColour(' #1f1f1f ')).toEqual([31, 31, 31]);
    expect(parseColour('rgb(1, 2, 3)')).toEqual([1, 2, 3]);
    expect(parseColour('#ffffff80', [0, 0, 0])).toEqual([128, 128, 128]);
    expect(parseColour('rgba(255, 255, 255, 0.5)', [0, 0, 0])).toEqual([128, 128, 128]);
    expect(parseColour('rgb(255 0 0 / 50%)', [0, 0, 0])).toEqual([128, 0, 0]);
    for (const none of ['', 'inherit', '#12', 'rgb(1,2)', 'rgb(a,b,c)']) expect(parseColour(none)).toBeNull();
    expect(toHex([0, 128, 255])).toBe('#0080ff');
  });

  it('contrast is the one of WCAG', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 5);
    expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2);
  });

  it('the strongest colours leave the text readable, in every theme', () => {
    const themes: [background: Rgb, text: Rgb, colours: Rgb[], ratio: number][] = [
      [
        [31, 31, 31],
        [235, 235, 235],
        [
          [240, 138, 44],
          [63, 127, 224],
        ],
        4.5,
      ],
      [
        [255, 255, 255],
        [24, 24, 24],
        [
          [217, 101, 10],
          [31, 99, 201],
        ],
        4.5,
      ],
      [
        [0, 0, 0],
        [255, 255, 255],
        [
          [255, 157, 59],
          [94, 161, 255],
        ],
        7,
      ],
      [
        [255, 255, 255],
        [16, 16, 16],
        [
          [176, 74, 0],
          [10, 72, 168],
        ],
        7,
      ],
    ];
    for (const [background, text, colours, ratio] of themes)
      for (const colour of colours) {
        const strength = readableStrength(background, colour, text, ratio);
        expect(contrast(text, mix(background, colour, strength))).toBeGreaterThanOrEqual(ratio);
        expect(strength).toBeGreaterThanOrEqual(0.35);
        expect(contrast(mix(background, colour, strength), background)).toBeGreaterThan(1.3);
      }
  });
});
