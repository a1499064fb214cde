/** What the extension's pages complain of: broken security policies, errors, messages that are not understood. */
import type { BrowserContext, Page } from 'playwright-core';

const violation = 'securitypolicyviolation';

/**
 * Runs in every frame before the frame's own scripts: what the policy refuses becomes an error on the console. A webview's document
 * is written into an empty one, which removes all listeners: then they are added again.
 */
const tellViolations = (workbench: boolean): string => `{
  const listen = () =>
    addEventListener('${violation}', ({ effectiveDirective, blockedURI, sourceFile, lineNumber, sample }) => {
      console.error('${violation}', location.pathname, effectiveDirective, blockedURI, sourceFile, lineNumber, sample);
    }, true);
  if (${workbench ? 'window.top !== window' : 'true'}) {
    listen();
    const { open } = Document.prototype;
    Document.prototype.open = function (...args) {
      const opened = open.apply(this, args);
      if (this === document) listen();
      return opened;
    };
  }
}`;

/**
 * Collects from now on; call it before the first page is loaded.
 *
 * @param where in the workbench, which is VS Code's, only what comes from webviews counts; in the gallery everything
 */
export async function collectComplaints(context: BrowserContext, where: 'workbench' | 'gallery'): Promise<string[]> {
  const workbench = where === 'workbench';
  const own = (place: string): boolean => !workbench || place.includes('/dist/webview/');
  const complaints: string[] = [];
  await context.addInitScript(tellViolations(workbench));
  const listen = (page: Page): void => {
    page.on('console', (message) => {
      const text = message.text();
      const refused = /^securitypolicyviolation|Content Security Policy|Trusted ?Type|not understood/i.test(text);
      if (refused || (message.type() === 'error' && own(message.location().url))) complaints.push(text);
    });
    page.on('pageerror', (error) => {
      if (own(error.stack ?? '')) complaints.push(error.stack ?? String(error));
    });
  };
  for (const page of context.pages()) listen(page);
  context.on('page', listen);
  return complaints;
}

/** What a page does that has an inline style: proves that it would be noticed. */
export const breakPolicy = `document.body.append(Object.assign(document.createElement('style'), { textContent: 'x {}' }))`;
