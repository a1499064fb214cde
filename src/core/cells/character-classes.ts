/** Kinds of characters that losses are broken down by; each character is of the first kind that fits. */
const classes: readonly [name: string, pattern: RegExp][] = [
  ['newline', /\n/],
  ['space and tab', /[ \t]/],
  ['letter', /\p{L}/u],
  ['digit', /\p{N}/u],
  ['bracket', /[()[\]{}]/],
  ['quote', /["'`]/],
  ['other', /./su],
];

export const characterClasses: readonly string[] = classes.map(([name]) => name);

const ofAscii = Uint8Array.from({ length: 128 }, (_, point) => lookUp(point));

/** Index into `characterClasses`. */
export function characterClass(point: number): number {
  return point < 128 ? ofAscii[point]! : lookUp(point);
}

function lookUp(point: number): number {
  const character = String.fromCodePoint(point);
  return classes.findIndex(([, pattern]) => pattern.test(character));
}
