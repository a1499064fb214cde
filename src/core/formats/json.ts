/** JSON from files that may be hostile. */
import { t } from '../words.ts';

/** What `JSON.parse` builds is bounded by these, not by the text: `[[[[…` takes fifty times its length. */
const deepest = 64;
const mostValues = 2_000_000;

/** Why a text may not be parsed: nested too deeply, or of too many values. Null where it may. The text need not be JSON. */
export function jsonExcess(text: string): string | null {
  let depth = 0;
  let values = 1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > deepest) return t('it is nested more than {0} levels deep', deepest);
    } else if (code === 0x7d || code === 0x5d) depth--;
    else if (code === 0x2c && ++values > mostValues) return t('it holds more than {0} values', mostValues);
  }
  return null;
}

/**
 * `JSON.parse` that drops `__proto__` keys: nothing read from a file can reach a prototype. Throws SyntaxError, also for
 * what `jsonExcess` refuses.
 */
export function parseInertJson(text: string): unknown {
  const excess = jsonExcess(text);
  if (excess !== null) throw new SyntaxError(t('The JSON cannot be read: {0}.', excess));
  return JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value));
}

/** First key that occurs twice in one object of valid JSON text, or null. `JSON.parse` would silently keep the last one. */
export function findDuplicateKey(text: string): string | null {
  const open: (Set<string> | null)[] = []; // keys seen of each open object, null for an array
  let keyNext = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '{') {
      open.push(new Set());
      keyNext = true;
    } else if (char === '[') {
      open.push(null);
      keyNext = false;
    } else if (char === '}' || char === ']') {
      open.pop();
      keyNext = false;
    } else if (char === ',') {
      keyNext = open.at(-1) instanceof Set;
    } else if (char === '"') {
      const start = i++;
      while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
      if (!keyNext) continue;
      const key = JSON.parse(text.slice(start, i + 1)) as string;
      const keys = open.at(-1) as Set<string>;
      if (keys.has(key)) return key;
      keys.add(key);
      keyNext = false;
    }
  }
  return null;
}
