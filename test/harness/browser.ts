/** A headless Chromium that shows the workbench, and how an extension under development gets into it. */
import { rmSync } from 'node:fs';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { collectComplaints } from './complaints.ts';
import { temporaryFolder } from './paths.ts';

export interface Browser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Requests to anything but this machine: none is let through, and a test holds this empty. */
  readonly blocked: string[];
  /** What the extension's webviews complained of: a test holds this empty, too. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Starts a browser with a fresh profile that can reach 127.0.0.1 and nothing else. */
export async function launchBrowser(executablePath: string, size = { width: 1400, height: 900 }): Promise<Browser> {
  const profile = temporaryFolder('browser');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: size,
    chromiumSandbox: false,
    args: [
      '--headless=new',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
  const blocked: string[] = [];
  await context.route(
    (url) => /^https?:/.test(url.protocol) && !['127.0.0.1', 'localhost'].includes(url.hostname),
    (route) => {
      blocked.push(route.request().url());
      return route.abort();
    },
  );
  const complaints = await collectComplaints(context, 'workbench');
  const page = context.pages()[0] ?? (await context.newPage());
  return {
    context,
    page,
    blocked,
    complaints,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** The workbench on a folder or a .code-workspace file, or as an empty window. */
export const workbenchUrl = (port: number, folder: string | null): string =>
  `http://127.0.0.1:${port}/?${new URLSearchParams(
    folder === null ? { ew: 'true' } : folder.endsWith('.code-workspace') ? { workspace: folder } : { folder },
  )}`;

export interface Development {
  /** Extensions that run from their folders. */
  extensions: readonly string[];
  /** Module with `run()`: the extension host runs it and ends. */
  tests?: string;
}

/**
 * Development mode: amends the configuration embedded in the workbench's page (`<meta id=vscode-workbench-web-configuration>`)
 * before the workbench reads it. That is what a desktop VS Code does with --extensionDevelopmentPath. The server's own
 * `?payload=` way would need its smoke-test driver, which hides notifications.
 */
export async function injectDevelopment(
  context: BrowserContext,
  port: number,
  { extensions, tests }: Development,
): Promise<void> {
  const uri = (file: string) => ({ scheme: 'vscode-remote', authority: `127.0.0.1:${port}`, path: file });
  const options = { extensions: extensions.map(uri), ...(tests ? { extensionTestsPath: uri(tests) } : {}) };
  // A string: this file's tests are type-checked without the DOM.
  await context.addInitScript(`{
    const options = ${JSON.stringify(options)};
    if (window.top === window) {
      const observer = new MutationObserver(() => {
        const meta = document.getElementById('vscode-workbench-web-configuration');
        if (!meta) return;
        observer.disconnect();
        const configuration = JSON.parse(meta.getAttribute('data-settings'));
        configuration.developmentOptions = { ...configuration.developmentOptions, ...options };
        meta.setAttribute('data-settings', JSON.stringify(configuration));
      });
      observer.observe(document, { childList: true, subtree: true });
    }
  }`);
}
