/**
 * Serves the webviews with synthetic data, to look at them without VS Code:
 * `node test/webview-gallery/serve.ts` → http://127.0.0.1:8123/heatmap?theme=light; `language=de` shows the German bundle.
 */
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { readBundle } from '../../scripts/l10n.ts';
import { createNonce, webviewHtml } from '../../src/host/panels/webview-html.ts';

const root = path.resolve(import.meta.dirname, '../..');
const types: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };

const panels = ['heatmap', 'training', 'gradients', 'cells', 'safetensors'] as const;

/** Texts to look at: the project's own sources, with what is difficult in front. */
async function texts(): Promise<Record<string, string>> {
  const sources: string[] = [];
  const folders = ['src/worker', 'src/protocol', 'webview/heatmap', 'webview/ui'];
  for (const folder of folders)
    for (const file of (await readdir(path.join(root, folder))).filter((name) => name.endsWith('.ts')).sort())
      sources.push(
        (await readFile(path.join(root, folder, file), 'utf8')).replace(/^( {2})+/gm, (m) => '\t'.repeat(m.length / 2)),
      );
  const all = sources.join('\n');
  let large = all;
  while (large.length < 500_000) large += all;
  const difficult = [
    '/* Emoji 🙂 and families 👩‍👩‍👧‍👦, flags 🇩🇪, combined é */',
    "const greeting = '你好，世界'; // Chinese, wide",
    '\tconst tabbed =\t"a\tb";\t// tabs',
    "const arabic = 'مرحبا بالعالم'; const hebrew = 'שלום';",
    `const controls = '\u001b[31m\u0000\u200b\ufeff';`,
    '',
    `const long = '${'abcdefghi '.repeat(1300)}';`,
  ].join('\n');
  return { sample: all, large: large.slice(0, 500_000), difficult: `${difficult}\n${all}`, empty: '' };
}

export async function serveGallery(port = 0): Promise<{ url: string; server: Server }> {
  const out = await mkdtemp(path.join(tmpdir(), 'cellscope-gallery-'));
  await build({
    absWorkingDir: root,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    sourcemap: 'inline',
    outdir: out,
    entryPoints: {
      'fake-host': 'test/webview-gallery/fake-host.ts',
      ...Object.fromEntries(panels.map((name) => [name, `webview/${name}/main.ts`])),
    },
  });
  const styles = [
    'webview/ui/base.css',
    'webview/ui/chart.css',
    'webview/ui/cards.css',
    'webview/ui/reach.css',
    'webview/heatmap/heatmap-reach.css',
    ...panels.map((name) => `webview/${name}/${name}-panel.css`),
  ];
  const content = await texts();
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const name = pathname.slice(1);
      const panel = panels.find((each) => each === name);
      if (panel) {
        const nonce = createNonce();
        const page = webviewHtml({
          name: panel,
          title: panel,
          source: "'self'",
          script: `/${panel}.js`,
          styles: [
            '/base.css',
            '/chart.css',
            ...(panel === 'gradients' ? ['/cards.css', '/reach.css'] : []),
            ...(panel === 'cells' ? ['/cards.css'] : []),
            ...(panel === 'heatmap' ? ['/reach.css', '/heatmap-reach.css'] : []),
            `/${panel}-panel.css`,
          ],
          nonce,
          styleNonce: createNonce(),
          language: searchParams.get('language') ?? 'en',
          words: searchParams.get('language') === 'de' ? readBundle() : undefined,
        });
        const withHost = page
          .replace(
            "default-src 'none'".replaceAll("'", '&#39;'),
            "default-src 'none'; connect-src 'self'".replaceAll("'", '&#39;'),
          )
          .replace('<script ', `<script nonce="${nonce}" src="/fake-host.js"></script>\n<script `);
        response.setHeader('content-type', 'text/html').end(withHost);
        return;
      }
      if (name.startsWith('text/')) {
        response.setHeader('content-type', 'text/plain; charset=utf-8').end(content[name.slice(5)] ?? '');
        return;
      }
      const style = styles.find((file) => path.basename(file) === name);
      const file = style ? path.join(root, style) : path.join(out, path.basename(name));
      response.setHeader('content-type', `${types[path.extname(name)] ?? 'text/plain'}; charset=utf-8`);
      response.end(await readFile(file).catch(() => ''));
    })();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`, server };
}

if (process.argv[1] === import.meta.filename) {
  const { url } = await serveGallery(8123);
  console.log(`${url}/heatmap?theme=dark · ${url}/training?theme=light · ${url}/gradients · ${url}/cells`);
}
