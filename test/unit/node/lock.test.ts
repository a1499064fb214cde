import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

interface Entry {
  optionalDependencies?: Record<string, string>;
  resolved?: string;
}

describe.each(['package-lock.json', 'test/harness/vscode-host/package-lock.json'])('%s', (file) => {
  const { packages } = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as { packages: Record<string, Entry> };

  it('names the binaries of every platform, so that npm ci works on each', () => {
    const missing = Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`${parent}/node_modules/${name}`] && !packages[`node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  it('binds nobody to a registry', () => {
    const bound = Object.values(packages).filter(({ resolved }) => resolved?.startsWith('http'));
    expect(bound).toEqual([]);
  });
});
