/** A line's colours in words, for those who cannot see them. */
import { fixed, signed } from '../ui/format.ts';

/** Longest stretches over half the scale, with their text and mean. `values` may be one longer than the line (newline). */
export function describeLine(line: string, values: Float32Array | undefined, scale: number): string {
  const points = [...line];
  if (points.length === 0) return 'empty line';
  if (!values || values.length < points.length) return 'not computed yet';
  const stretches: { from: number; to: number; sum: number }[] = [];
  for (let i = 0; i < points.length; i++) {
    const value = values[i]! / scale;
    const sign = Math.abs(value) < 0.5 ? 0 : Math.sign(value);
    const last = stretches.at(-1);
    if (sign !== 0 && last && last.to === i && Math.sign(last.sum) === sign) {
      last.to = i + 1;
      last.sum += values[i]!;
    } else if (sign !== 0) stretches.push({ from: i, to: i + 1, sum: values[i]! });
  }
  let mean = 0;
  for (let i = 0; i < points.length; i++) mean += values[i]! / points.length;
  if (stretches.length === 0) return `no character over half the scale, mean ${signed(mean)}`;
  const told = [...stretches].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 6);
  told.sort((a, b) => a.from - b.from);
  const words = told.map(({ from, to, sum }) => {
    const text = points.slice(from, to).join('').trim() || (to - from === 1 ? 'space' : 'spaces');
    return `${sum < 0 ? 'off' : 'on'} ${fixed(Math.abs(sum) / (to - from))} at “${text}”`;
  });
  const rest = stretches.length > told.length ? `, and ${stretches.length - told.length} shorter stretches` : '';
  return `${words.join('; ')}${rest}. Mean ${signed(mean)}`;
}
