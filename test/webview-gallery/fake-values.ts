/** The values of the gallery's invented network: a rule for every cell, and a hash in place of chance. */
import type { CellAddress } from '../../src/protocol/inspector-service.ts';

export const hash = (...parts: number[]): number => {
  let h = 2166136261;
  for (const part of parts) h = Math.imul(h ^ part, 16777619);
  h ^= h >>> 13;
  h = Math.imul(h, 0x5bd1e995);
  return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
};

/** Values from `from` to `to`: a smoothed rule with some noise, started a little before. */
export function valuesOf(
  points: readonly string[],
  cell: CellAddress,
  from: number,
  to: number,
): Float32Array<ArrayBuffer> {
  const start = Math.max(0, from - 1500);
  const values = new Float32Array(to - from);
  const seed = cell.layer * 1000 + cell.cell;
  const kind = seed === 14 ? 0 : seed % 5;
  let comment = false;
  let quote = '';
  let depth = 0;
  let position = 0;
  let state = 0;
  for (let i = start; i < to; i++) {
    const c = points[i]!;
    const next = points[i + 1];
    if (c === '/' && (next === '*' || next === '/')) comment = true;
    if ((c === '/' && points[i - 1] === '*') || (c === '\n' && comment && next !== ' ')) comment = false;
    if (`'"\``.includes(c)) quote = quote ? '' : c;
    if (c === '{') depth++;
    if (c === '}') depth = Math.max(0, depth - 1);
    position = c === '\n' ? 0 : position + 1;
    const target = [
      comment ? 0.9 : -0.75,
      quote ? 0.8 : -0.6,
      Math.tanh(depth / 2 - 0.6),
      Math.tanh(position / 30 - 1),
      hash(seed, c.codePointAt(0)!) * 2 - 1,
    ][kind]!;
    const noise = hash(seed, i) - 0.5;
    state += (target - state) * (kind === 4 ? 0.7 : 0.45) + noise * 0.12;
    if (i < from) continue;
    const gate = 1 / (1 + Math.exp(-3 * (target - state) - noise * 3));
    const others: Partial<Record<string, number>> = {
      f: 1 - gate * 0.3,
      i: gate * 0.8,
      o: 0.5 + 0.5 * Math.abs(state),
      g: noise * 2,
      c: state * 2.4,
      h: state * 0.9,
    };
    const value = others[cell.quantity] ?? state;
    values[i - from] = cell.quantity === 'c' ? value : Math.max(-1, Math.min(1, value));
  }
  return values;
}
