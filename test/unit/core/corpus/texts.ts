import { Random } from '../../../../src/core/random.ts';

/** A seeded text of about `length` characters that looks like code; other seeds give texts without much in common. */
export function codeLike(seed: number, length: number): string {
  const random = Random.derive(seed, 'code-like text');
  const word = (): string =>
    Array.from({ length: 2 + random.below(8) }, () => String.fromCharCode(97 + random.below(26))).join('');
  let text = '';
  while (text.length < length) {
    const kind = random.below(4);
    if (kind === 0) text += `  if (${word()} === "${word()}") { ${word()}(${random.below(1000)}); }\n`;
    else if (kind === 1) text += `// ${word()} ${word()} ${word()}\n`;
    else if (kind === 2) text += `const ${word()} = '${word()}';\n`;
    else text += `}\n\nfunction ${word()}(${word()}) {\n`;
  }
  return text;
}

/** A seeded text with everything that is hard to map: CRLF, lone CR and LF, surrogate pairs, lone surrogates, marks. */
export function hardText(random: Random, length: number): string {
  const pieces = [
    'a',
    'b',
    ' ',
    '\n',
    '\r\n',
    '\r',
    '😀',
    '👩‍👩‍👧',
    'é',
    '\ud83d',
    '\ude00',
    '中',
    'e\u0301',
    '\r\r\n',
  ];
  let text = '';
  while (text.length < length) text += pieces[random.below(pieces.length)]!;
  return text;
}
