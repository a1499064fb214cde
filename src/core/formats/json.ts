/** JSON from files that may be hostile. */

/** `JSON.parse` that drops `__proto__` keys: nothing read from a file can reach a prototype. Throws SyntaxError. */
export function parseInertJson(text: string): unknown {
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
