/** Numbers and characters as people read them. */
import { t, whole } from './words.ts';

export { whole };

const minus = '\u2212';

/** `+0.87`, `−0.05`, `0.00`. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? minus : '+'}${text}`;
}

/** `0.91`, `−0.05`. */
export function fixed(value: number, digits = 2): string {
  return value.toFixed(digits).replace('-', minus);
}

/** `950`, `12.3 k`, `4.21 M`. */
export function compact(value: number): string {
  if (value < 1000) return String(Math.round(value));
  if (value < 999_950) return `${(value / 1000).toFixed(value < 99_950 ? 1 : 0)} k`;
  return `${(value / 1e6).toFixed(value < 9.995e6 ? 2 : 1)} M`;
}

/** `0.4 s`, `48 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds > 0 && seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
}

export function percent(fraction: number): string {
  const p = fraction * 100;
  return p > 0 && p < 1 ? '<1%' : `${Math.round(p)}%`;
}

export const bitsPerNat = Math.LOG2E;

/** Characters that leave no mark of their own. Joiners (U+200C, U+200D) are left alone: emoji and scripts need them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const invisible = /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
export const invisiblePattern = new RegExp(invisible.source, 'gu');
export function isInvisible(character: string): boolean {
  return invisible.test(character);
}

/** The visible stand-in of an invisible character: U+2400's control pictures, else a small square. */
export function controlPicture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\u25ab';
}

/** One character in the readout: spaces and controls are shown by a sign. */
export function characterSign(character: string): string {
  if (character === ' ') return '\u2423';
  if (character === '\n') return '\u21b5';
  if (character === '\t') return '\u21e5';
  if (character === '\u00a0') return '\u237d';
  return isInvisible(character) ? controlPicture(character) : character;
}

const english: Record<string, string> = { ' ': 'space', '\n': 'line end', '\t': 'tab', '\u00a0': 'no-break space' };
const spoken: Record<string, string> = {
  ' ': t('space'),
  '\n': t('line end'),
  '\t': t('tab'),
  '\u00a0': t('no-break space'),
};

/** One character as a word where it has none of its own: for labels and screen readers. */
export function characterName(character: string): string {
  return nameOf(character, spoken);
}

/** The same for files, which are in English. */
export function englishCharacterName(character: string): string {
  return nameOf(character, english);
}

function nameOf(character: string, words: Readonly<Record<string, string>>): string {
  const word = words[character];
  if (word) return word;
  if (!isInvisible(character)) return character;
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** `0.194`, `0.0047`, `7e−6`, `–`. */
export function ratioText(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value === 0 || value >= 0.1) return value.toFixed(3);
  if (value >= 0.001) return value.toFixed(4);
  return value.toExponential(0).replace('-', '\u2212');
}

/** On a log axis: `100`, `1`, `0.01`, `1e−4`, `1e6`. */
export function axisText(value: number): string {
  if (value >= 0.001 && value < 10_000) return String(Number(value.toPrecision(3)));
  return value.toExponential(0).replace('-', '\u2212').replace('+', '');
}
