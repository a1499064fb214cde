import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

/** For every part of the house: what its files may import. Arrows run host → worker → core, and all may use protocol's types. */
const allowed: Record<string, { parts: string[]; packages: RegExp }> = {
  core: { parts: ['core'], packages: /^(valibot|ignore|picomatch|web-tree-sitter)$/ },
  protocol: { parts: ['protocol', 'core', 'worker/channel'], packages: /^valibot$/ },
  worker: { parts: ['worker', 'core', 'protocol'], packages: /^node:/ },
  host: { parts: ['host', 'worker', 'core', 'protocol'], packages: /^(node:|vscode$|ignore$|valibot$)/ },
  cli: { parts: ['cli', 'worker', 'core', 'protocol'], packages: /^(node:|ignore$)/ },
  webview: { parts: ['webview', 'protocol', 'core/words'], packages: /^(uplot|@vscode\/webview-ui-toolkit|valibot)/ },
};

/** Type-only imports carry no code and are allowed against the arrows from protocol's side only. */
const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => path.join(folder, file));
}

function violations(part: string, file: string, source: string): string[] {
  const rule = allowed[part]!;
  const found: string[] = [];
  for (const match of source.matchAll(importPattern)) {
    const target = match[2] ?? match[3] ?? match[4]!;
    const typeOnly = match[1] !== undefined;
    if (target.startsWith('.')) {
      const resolved = path.relative(root, path.resolve(path.dirname(file), target)).replace(/^src\//, '');
      const ok = rule.parts.some((allowedPart) => resolved.startsWith(allowedPart));
      const typesOfCore = part === 'webview' && typeOnly && resolved.startsWith('core/');
      if (!ok && !typesOfCore && !/\.(css|svg|json)$/.test(target))
        found.push(`${path.relative(root, file)} → ${target}`);
    } else if (!rule.packages.test(target)) found.push(`${path.relative(root, file)} → ${target}`);
  }
  return found;
}

describe('the walls of the house', () => {
  for (const part of Object.keys(allowed)) {
    it(`${part} imports only what it may`, () => {
      const folder = part === 'webview' ? path.join(root, 'webview') : path.join(root, 'src', part);
      expect(filesBelow(folder).flatMap((file) => violations(part, file, readFileSync(file, 'utf8')))).toEqual([]);
    });
  }

  it('a wrong arrow is seen', () => {
    const file = path.join(root, 'src/core/corpus/x.ts');
    expect(violations('core', file, "import * as fs from 'node:fs';")).toHaveLength(1);
    expect(violations('core', file, "import { x } from '../../host/x.ts';")).toHaveLength(1);
    expect(violations('core', file, "import { x } from '../model/x.ts';")).toHaveLength(0);
  });

  it('every folder of src has its line in src/README.md', () => {
    const readme = readFileSync(path.join(root, 'src/README.md'), 'utf8');
    const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).filter((name) => !readme.includes(`\`${name}/`))).toEqual([]);
  });
});

describe('doors that the product does not have', () => {
  const sources = ['src', 'webview'].flatMap((folder) => filesBelow(path.join(root, folder)));
  const found = (pattern: RegExp): string[] =>
    sources.flatMap((file) => {
      const match = pattern.exec(readFileSync(file, 'utf8'));
      return match ? [`${path.relative(root, file)}: ${match[0]}`] : [];
    });

  it('none to the network', () => {
    expect(
      found(
        /['"]node:(https?|http2|net|tls|dgram|dns)['"]|\b(fetch|WebSocket|EventSource|XMLHttpRequest|sendBeacon)\(/,
      ),
    ).toEqual([]);
  });

  it('none to other programs, and no text becomes code', () => {
    expect(found(/['"]node:(child_process|vm|repl|cluster)['"]|\beval\(|new Function\(/)).toEqual([]);
  });

  it('no text becomes markup', () => {
    expect(found(/\.(innerHTML|outerHTML)\b|insertAdjacentHTML|document\.write|supportHtml/)).toEqual([]);
  });
});
