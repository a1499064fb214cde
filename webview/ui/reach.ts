/** What one prediction goes back to, in numbers: which quantity is drawn, how strongly, what to start from. Pure. */
import type { ReachValues } from '../../src/protocol/reach.ts';
import type { Choice } from './controls.ts';
import { characterName, characterSign } from './format.ts';
import { t } from './words.ts';

export type { ReachValues } from '../../src/protocol/reach.ts';

/** Strengths are logarithmic over so many decades below the strongest. */
export const decades = 3;

/** The character whose logit is asked about; null: the loss of the one that stands there. */
export type Logit = string | null;

/** `x`, `signed`, and per layer `c 0`, `h 0`; the top layer first. */
export function reachQuantities({ layers }: Pick<ReachValues, 'layers'>): Choice[] {
  const several = layers.length > 1;
  const states = layers.flatMap(({ c }, layer) => {
    const placeOf = (norm: string): string => (several ? t('{0}, layer {1}', norm, layer) : norm);
    const own = { value: `h ${layer}`, label: placeOf('‖∂J/∂h‖') };
    return [c ? [{ value: `c ${layer}`, label: placeOf('‖∂J/∂c‖') }, own] : [own]];
  });
  return [{ value: 'x', label: '‖∂J/∂x‖' }, { value: 'signed', label: t('∂J/∂x, signed') }, ...states.reverse().flat()];
}

/** By character; the signed ones keep their sign. */
export function valuesOf(reach: ReachValues, quantity: string): readonly (number | null)[] {
  if (quantity === 'signed') return reach.signedX;
  const [state, layer] = quantity.split(' ') as [string, string | undefined];
  if (layer === undefined) return reach.x;
  const values = reach.layers[Number(layer)];
  return (state === 'c' ? values?.c : values?.h) ?? reach.x;
}

/** −1…1: the sign and, by the logarithm, the size beside the largest. */
export function strengthsOf(values: readonly (number | null)[]): number[] {
  const largest = values.reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
  return values.map((value) => {
    if (value === null || value === 0 || largest === 0) return 0;
    return Math.sign(value) * Math.max(0, 1 + Math.log10(Math.abs(value) / largest) / decades);
  });
}

/** Indices of the largest sizes, the largest first, the nearer to the prediction of equal ones. */
export function strongest(values: readonly (number | null)[], count: number): number[] {
  const size = (i: number): number => Math.abs(values[i] ?? 0);
  return [...values.keys()]
    .filter((i) => size(i) > 0)
    .sort((a, b) => size(b) - size(a) || b - a)
    .slice(0, count);
}

/** More cannot be looked through. */
const mostChoices = 512;

/**
 * The loss, then the logits of the vocabulary's characters in their order; of a very large vocabulary the first, and the one that
 * stands there. The same list for most places, so that it need not be built anew.
 */
export function seedChoices(vocabulary: readonly string[], here: string): Choice[] {
  const known = vocabulary
    .filter((character) => [...character].length === 1)
    .sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  const listed = known.slice(0, mostChoices);
  if (known.length > mostChoices && !listed.includes(here) && known.includes(here)) listed.unshift(here);
  return [
    { value: '', label: t('its loss') },
    ...listed.map((character) => ({
      value: character,
      label: t('logit of {0}', `${characterSign(character)} ${characterNote(character)}`.trimEnd()),
    })),
  ];
}

/** The name of a character that its sign does not tell. */
function characterNote(character: string): string {
  const name = characterName(character);
  return name === characterSign(character) ? '' : `${name} `;
}

/** How a prediction is named: `the loss of “)”`, `the logit of “]”`. */
export function seedName(logit: Logit, here: string): string {
  return logit === null ? t('the loss of “{0}”', characterName(here)) : t('the logit of “{0}”', characterName(logit));
}
