/** The oldest VS Code that is supported, as src/README.md gives reasons for it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const { engines, devDependencies } = JSON.parse(read('package.json'));

describe('the oldest VS Code', () => {
  it('is that of the types, which refuse a newer API', () => {
    expect(engines.vscode).toBe(`^${devDependencies['@types/vscode']}`);
  });

  it('is needed for what the house says', () => {
    const [minor] = /(?<=1\.)\d+/.exec(engines.vscode)!;
    const reasons = read('src/README.md');
    expect(reasons).toContain(`\`engines.vscode\` in package.json is 1.${minor}`);
    const named = [...reasons.split('`engines.vscode`')[1]!.matchAll(/`([\w.]+)` \(`([\w/.-]+\.ts)`\)/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, name, file] of named) expect(read(`src/${file}`)).toContain(name);
  });
});
