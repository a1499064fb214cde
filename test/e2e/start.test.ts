import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, launchBrowser } from '../harness/browser.ts';
import { ensureBrowser } from '../harness/install.ts';
import { root, temporaryFolder } from '../harness/paths.ts';
import { until, Workbench } from '../harness/workbench.ts';
import { Heatmap } from './heatmap.ts';
import { mode } from './session.ts';

// The extension it opens is the repository's own build: once is enough.
if (mode === 'development')
  describe('npm start -- --train', () => {
    it('opens the desktop VS Code where there is one and a screen', async function () {
      this.timeout(60_000);
      const home = temporaryFolder('start-code');
      const seen = path.join(home, 'seen');
      const code = path.join(home, 'code');
      writeFileSync(code, `#!/bin/sh\nprintf '%s\\n' "$CELLSCOPE_START" "$@" > '${seen}'\n`, { mode: 0o755 });
      const folder = path.join(root, 'test/fixtures/workspace');
      const start = spawn(process.execPath, [path.join(root, 'scripts/bootstrap.mjs'), 'start', folder, '--train'], {
        env: { ...process.env, PATH: `${home}:${process.env.PATH}`, DISPLAY: ':99' },
        stdio: 'ignore',
      });
      assert.deepEqual(await once(start, 'exit'), [0, null]);
      const [request, ...args] = readFileSync(seen, 'utf8').trimEnd().split('\n');
      assert.match(request!, /^[0-9a-f-]{36}$/);
      const development = [root, path.join(root, 'scripts/start-extension')];
      assert.deepEqual(args, [...development.map((each) => `--extensionDevelopmentPath=${each}`), folder]);
      rmSync(home, { recursive: true, force: true });
    });

    it('serves a VS Code that trains on the folder at once and opens the heatmap, until Ctrl-C', async function () {
      this.timeout(240_000);
      const home = temporaryFolder('start-home');
      const folder = path.join(root, 'test/fixtures/workspace');
      const start = spawn(
        process.execPath,
        [path.join(root, 'scripts/bootstrap.mjs'), 'start', folder, '--headless', '--train', '--port', '0'],
        { env: { ...process.env, CELLSCOPE_START_HOME: home }, detached: true },
      );
      let output = '';
      for (const stream of [start.stdout, start.stderr]) stream.on('data', (chunk) => (output += chunk));
      const ended = once(start, 'exit');
      let browser: Browser | undefined;
      try {
        const url = await until(`an address in ${output}`, async () => /http:\S+/.exec(output)?.[0], 60_000);
        browser = await launchBrowser(ensureBrowser()!);
        const workbench = new Workbench(browser.page);
        await workbench.load(url, 'Cellscope');
        const heatmap = await Heatmap.find(workbench);
        assert.notEqual(await heatmap.lineText(1), '');
        assert.deepEqual([...browser.blocked, ...browser.complaints], []);
      } finally {
        await browser?.close();
        process.kill(-start.pid!, 'SIGINT'); // a terminal's Ctrl-C reaches the whole group
        await ended;
        rmSync(home, { recursive: true, force: true });
      }
      assert.deepEqual(await ended, [0, null]);
    });
  });
