/** A line's colours in words, for those who cannot see them. */
import { fixed, signed } from '../ui/format.ts';
import { t } from '../ui/words.ts';

/** Longest stretches over half the scale, with their text and mean. `values` may be one longer than the line (newline). */
export function describeLine(line: string, values: Float32Array | undefined, scale: number): string {
  const points = [...line];
  if (points.length === 0) return t('empty line');
  if (!values || values.length < points.length) return t('not computed yet');
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
  if (stretches.length === 0) return t('no character over half the scale, mean {0}', signed(mean));
  const told = [...stretches].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 6);
  told.sort((a, b) => a.from - b.from);
  const words = told.map(({ from, to, sum }) => {
    const text = points.slice(from, to).join('').trim() || (to - from === 1 ? t('space') : t('spaces'));
    const strength = fixed(Math.abs(sum) / (to - from));
    return sum < 0 ? t('off {0} at “{1}”', strength, text) : t('on {0} at “{1}”', strength, text);
  });
  const rest = stretches.length - told.length;
  return rest > 0
    ? t('{0}, and {1} shorter stretches. Mean {2}', words.join('; '), rest, signed(mean))
    : t('{0}. Mean {1}', words.join('; '), signed(mean));
}
