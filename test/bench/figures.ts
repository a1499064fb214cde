/** Measured figures beside their targets, and whether they are met. */

export interface Figure {
  what: string;
  measured: number;
  unit: 'ms' | 's' | 'k characters/s';
  /** Decimals that are shown; default 1. */
  digits?: number;
  /** In the unit, at most this; null where there is none. */
  target: number | null;
}

/** Judged by the measured number, not by its rounded text. A figure that is no number misses. */
export function verdict({ measured, target }: Pick<Figure, 'measured' | 'target'>): 'met' | 'missed' | '' {
  if (target === null) return '';
  return measured <= target ? 'met' : 'missed';
}

/** A line for each figure and one that counts the targets. */
export function figureLines(figures: readonly Figure[]): string[] {
  const width = Math.max(0, ...figures.map(({ what }) => what.length));
  const lines = figures.map((figure) => {
    const { what, measured, unit, digits = 1, target } = figure;
    const shown = `${measured.toFixed(digits)} ${unit}`.padStart(20);
    const told = target === null ? '–' : `${target} ${unit}`;
    return `${what.padEnd(width)}  ${shown}   target ${told.padEnd(6)}   ${verdict(figure)}`.trimEnd();
  });
  const count = (wanted: string): number => figures.filter((figure) => verdict(figure) === wanted).length;
  return [...lines, `targets met: ${count('met')}, missed: ${count('missed')}`];
}
