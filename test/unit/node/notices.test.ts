import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectNotices, noticesFile, packageOf, renderNotices } from '../../../scripts/notices.ts';

describe('third-party notices', () => {
  it('say what is bundled now; node scripts/notices.ts writes them', async () => {
    const notices = await collectNotices();
    expect(readFileSync(noticesFile, 'utf8')).toBe(renderNotices(notices));
    for (const { name, text } of notices) expect(text, name).toMatch(/copyright|Apache License/i);
  }, 60_000);

  it('name every package that the source maps of a build know', () => {
    const dist = path.resolve(import.meta.dirname, '../../../dist');
    const maps = existsSync(dist)
      ? readdirSync(dist, { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.map'))
          .map((file) => path.join(dist, file))
      : [];
    // Hosts and workers of both kinds, threads, the command line, webviews: npm run build makes them.
    expect(maps.length, 'source maps in dist/; npm run build makes them').toBeGreaterThan(10);
    const listed = readFileSync(noticesFile, 'utf8');
    const names = maps.flatMap((map) =>
      (JSON.parse(readFileSync(map, 'utf8')).sources as string[]).flatMap((source) => packageOf(source)?.name ?? []),
    );
    expect(names).toContain('valibot');
    expect([...new Set(names)].filter((name) => !listed.includes(`| ${name} |`))).toEqual([]);
  });

  it('find the package of a path, also a scoped one inside another', () => {
    expect(packageOf('node_modules/uplot/dist/uPlot.esm.js')).toEqual({ name: 'uplot', folder: 'node_modules/uplot' });
    expect(packageOf('../node_modules/@a/b/node_modules/@c/d/x.js')).toEqual({
      name: '@c/d',
      folder: '../node_modules/@a/b/node_modules/@c/d',
    });
    expect(packageOf('src/host/extension.ts')).toBeNull();
  });
});
