/** One server, one browser, one workbench on a throw-away copy of a folder: what the end-to-end tests and drive.ts stand on. */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, injectDevelopment, launchBrowser, workbenchUrl } from './browser.ts';
import { ensureBrowser, ensureVscodeServer } from './install.ts';
import { root, temporaryFolder } from './paths.ts';
import { type Server, type ServerOptions, startServer } from './server.ts';
import { until, Workbench } from './workbench.ts';

/** VS Code's four kinds of theme: id for the settings, label in the picker, class of the workbench. */
export const themes = {
  light: { id: 'Default Light Modern', label: 'Light Modern', kind: 'vs' },
  dark: { id: 'Default Dark Modern', label: 'Dark Modern', kind: 'vs-dark' },
  'hc-dark': { id: 'Default High Contrast', label: 'Dark High Contrast', kind: 'hc-black' },
  'hc-light': { id: 'Default High Contrast Light', label: 'Light High Contrast', kind: 'hc-light' },
} as const;
export type Theme = keyof typeof themes;

export interface SessionOptions extends ServerOptions {
  /** Copied, so that a test may change it. */
  folder: string;
  /** Folders inside the copied one that are opened together as a multi-root workspace. */
  roots?: readonly string[];
  /** A window without a folder. */
  empty?: boolean;
  theme?: Theme;
  /** The packaged extension; without it the extension runs from the repository in development mode. */
  packaged?: string;
  size?: { width: number; height: number };
  /** Display language, such as `de`: extensions speak it; VS Code's own texts stay English without a language pack. */
  language?: string;
  /** Further extensions that run from their folders (development mode only). */
  extensions?: readonly string[];
}

export interface Session {
  readonly workbench: Workbench;
  readonly browser: Browser;
  readonly server: Server;
  /** The copied folder. */
  readonly folder: string;
  setTheme(theme: Theme): Promise<void>;
  close(): Promise<void>;
}

/** Opens the workbench with the extension. Throws where there is no browser: callers that can skip ask ensureBrowser first. */
export async function openSession(options: SessionOptions): Promise<Session> {
  ensureVscodeServer();
  const executable = ensureBrowser();
  if (!executable) throw new Error('There is no browser to show the workbench in.');
  const temporary = temporaryFolder('workspace');
  const folder = path.join(temporary, path.basename(path.resolve(options.folder)));
  cpSync(options.folder, folder, { recursive: true });
  const workspaceFile = path.join(temporary, 'several.code-workspace');
  if (options.roots) {
    const folders = options.roots.map((each) => ({ path: `${path.basename(folder)}/${each}` }));
    writeFileSync(workspaceFile, JSON.stringify({ folders }));
  }
  const settings = { 'workbench.colorTheme': themes[options.theme ?? 'dark'].id, ...options.settings };
  // Side by side: each takes a second or two to come up.
  const [launched, started] = await Promise.allSettled([
    launchBrowser(executable, options.size),
    startServer({
      ...options,
      settings,
      vsix: [...(options.vsix ?? []), ...(options.packaged ? [options.packaged] : [])],
    }),
  ]);
  if (launched.status === 'rejected' || started.status === 'rejected') {
    if (launched.status === 'fulfilled') await launched.value.close();
    if (started.status === 'fulfilled') await started.value.stop();
    throw launched.status === 'rejected' ? launched.reason : (started as PromiseRejectedResult).reason;
  }
  const [browser, server] = [launched.value, started.value];
  const close = async () => {
    await browser.close();
    await server.stop();
    rmSync(temporary, { recursive: true, force: true });
  };
  try {
    // What a language pack's messages set before the workbench begins.
    if (options.language)
      await browser.context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(options.language)};`);
    if (!options.packaged)
      await injectDevelopment(browser.context, server.port, { extensions: [root, ...(options.extensions ?? [])] });
    const workbench = new Workbench(browser.page);
    await workbench.load(
      workbenchUrl(server.port, options.empty ? null : options.roots ? workspaceFile : folder),
      'Cellscope',
    );
    const setTheme = async (theme: Theme): Promise<void> => {
      const { label, kind } = themes[theme];
      // A panel that comes up meanwhile takes the keyboard and closes the picker.
      await until(`the theme ${label} in the picker`, async () => {
        await workbench.command('Preferences: Color Theme');
        await workbench.pick(label, 5000);
        return true;
      });
      await browser.page.locator(`.monaco-workbench.${kind}`).waitFor();
    };
    // The workbench leaves a high contrast theme of the settings again where the system has none.
    if (options.theme?.startsWith('hc-')) await setTheme(options.theme);
    return { workbench, browser, server, folder, setTheme, close };
  } catch (error) {
    await workbenchFailure(browser, error);
    await close();
    throw error;
  }
}

/** A picture of a workbench that did not come up says more than a time-out. */
async function workbenchFailure(browser: Browser, error: unknown): Promise<void> {
  const file = await new Workbench(browser.page).shot('FAILED-to-open').catch(() => null);
  if (file && error instanceof Error) error.message += `\nPicture: ${file}`;
}
