/**
 * Words that came from a file (names of tensors, runs and files, parts of messages) made fit to be shown anywhere: on one
 * line, of bounded length, without what a terminal, a notification or a label would act on.
 */

/** C0 and C1 controls (ANSI escapes begin with one), directional formatting, invisible separators, half surrogate pairs. */
const unfit = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/** The same for text of many lines that stays whole: what a terminal would act on is replaced, line ends and tabs stay. */
export function plainText(text: string): string {
  return text.replace(unfit, (found) => (found === '\n' || found === '\t' ? found : '\ufffd'));
}

/** @param longest in UTF-16 units; what is longer ends with an ellipsis */
export function inertText(text: string, longest = 200): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return (
    cut
      .replace(/[\r\n\t]+/g, ' ')
      .replace(unfit, '\ufffd')
      // Where VS Code would see a link with a command behind it, or an icon.
      .replaceAll('](', '] (')
      .replaceAll('$(', '$ (')
  );
}
