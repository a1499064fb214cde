import { existsSync, readFileSync } from 'node:fs';
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
    const maps = ['host.cjs', 'host.browser.cjs', 'training-worker.cjs', 'inspector-worker.cjs', 'file-worker.cjs']
      .concat(['heatmap', 'training', 'gradients', 'safetensors'].map((name) => `webview/${name}.js`))
      .map((file) => path.join(dist, `${file}.map`))
      .filter(existsSync);
    const listed = readFileSync(noticesFile, 'utf8');
    const names = maps.flatMap((map) =>
      (JSON.parse(readFileSync(map, 'utf8')).sources as string[]).flatMap((source) => packageOf(source)?.name ?? []),
    );
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
