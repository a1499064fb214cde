/** Writes src/core/concepts/registry.ts: every file of the two folders of concepts is one. A new concept needs no other change. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(path.dirname(import.meta.dirname), 'src/core/concepts');

export function registrySource(): string {
  const concepts = ['text', 'syntax'].flatMap((part) =>
    readdirSync(path.join(folder, part))
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .flatMap((file) => {
        const source = readFileSync(path.join(folder, part, file), 'utf8');
        const name = /export const (\w+): (?:Binary|Graded)Concept/.exec(source)?.[1];
        return name ? [{ name, file: `./${part}/${file}` }] : [];
      }),
  );
  const imports = [...concepts].sort((a, b) => (a.file < b.file ? -1 : 1));
  return `/** Every built-in concept. Written by scripts/concepts.ts from the files of text/ and syntax/. */
import type { Concept } from './concept.ts';
${imports.map(({ name, file }) => `import { ${name} } from '${file}';`).join('\n')}

export const concepts: readonly Concept[] = [
${concepts.map(({ name }) => `  ${name},`).join('\n')}
];
`;
}

export function writeRegistry(): void {
  const file = path.join(folder, 'registry.ts');
  if (readFileSync(file, { encoding: 'utf8', flag: 'a+' }) !== registrySource()) writeFileSync(file, registrySource());
}

if (import.meta.main) writeRegistry();
