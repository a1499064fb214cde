/** How characters, cells and numbers are written in the editor. Text is hostile: what comes out is one visible, harmless label. */
import type { Quantity } from '../../core/model/spec.ts';
import { t } from '../../core/words.ts';

/** In the order in which they are shown. */
export const shownQuantities: readonly Quantity[] = ['tanhc', 'h', 'c', 'f', 'i', 'o', 'g', 'z', 'r', 'n'];

export function quantityLabel(quantity: Quantity): string {
  const labels: Record<Quantity, string> = {
    tanhc: 'tanh c',
    h: 'h',
    c: 'c',
    f: t('forget f'),
    i: t('input i'),
    o: t('output o'),
    g: t('new g'),
    z: t('update z'),
    r: t('reset r'),
    n: t('new n'),
  };
  return labels[quantity];
}

const named: Record<string, string> = { ' ': '␣', '\n': '⏎', '\r': '␍', '\t': '⇥' };

/**
 * A character as something to look at: blanks by their signs, what has no picture of its own (controls, direction marks,
 * lone surrogates) by its number, a combining mark on a circle.
 */
export function characterLabel(character: string): string {
  const sign = named[character];
  if (sign) return sign;
  if (/^\p{M}$/u.test(character)) return `◌${character}`;
  if (/^[\p{C}\p{Z}]$/u.test(character))
    return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  return character;
}

/** A label as a markdown code span: nothing in it is markup. */
export function code(label: string): string {
  return label.includes('`') ? `\`\`\` ${label} \`\`\`` : `\`${label}\``;
}

/** `+0.87`, `−1.20`, with a true minus. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return value < 0 ? `−${text}` : `+${text}`;
}

export function percent(probability: number): string {
  const value = probability * 100;
  return value > 0 && value < 1 ? '<1 %' : `${Math.round(value)} %`;
}

/** A gate in [0, 1] without a sign, everything else with one. */
export function quantityText(quantity: Quantity, value: number): string {
  return 'ifozr'.includes(quantity) ? value.toFixed(2) : signed(value);
}

/** Any words in markdown, with everything escaped that could be markup. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&').replace(/\s+/g, ' ');
}
