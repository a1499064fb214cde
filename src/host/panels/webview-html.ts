/** The page of a webview: a strict content security policy, one script with a nonce, style sheets, one root. No vscode: the gallery uses it too. */

export interface WebviewPage {
  /** `data-testid` and class of the root, base name of the script. */
  name: 'heatmap' | 'training' | 'gradients' | 'cells' | 'safetensors';
  title: string;
  /** Where scripts and styles may come from (`webview.cspSource`). */
  source: string;
  script: string;
  styles: readonly string[];
  /** The texts at these addresses, where they are known: then the page fetches nothing. */
  inline?: { script: string; styles: readonly string[] } | null;
  nonce: string;
  /** Another one for styles: the toolkit reads it from the page, so it must not open the door for scripts. */
  styleNonce: string;
  /** Language of the texts; without one, English. */
  language?: string;
  /** English text → its translation, for `webview/ui/words.ts`. */
  words?: Readonly<Record<string, string>> | undefined;
}

export function webviewHtml(page: WebviewPage): string {
  const policy = [
    "default-src 'none'",
    `style-src ${page.source} 'nonce-${page.styleNonce}'`,
    `font-src ${page.source}`,
    `script-src 'nonce-${page.nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const links = page.styles.map((href) => `<link rel="stylesheet" href="${escapeHtml(href)}">`);
  const texts = page.inline?.styles.map((text) => `<style nonce="${page.styleNonce}">\n${text}</style>`);
  const styles = (texts ?? links).join('\n');
  const script = page.inline
    ? `<script nonce="${page.nonce}">\n${page.inline.script}</script>`
    : `<script nonce="${page.nonce}" src="${escapeHtml(page.script)}"></script>`;
  // Data, not a script: the policy lets no script in without the nonce, and `<` cannot end the element.
  const words = page.words
    ? `<script type="application/json" id="cellscope-words">${JSON.stringify(page.words).replaceAll('<', '\\u003c')}</script>\n`
    : '';
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.words ? (page.language ?? 'en') : 'en')}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta property="csp-nonce" content="${page.styleNonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
${styles}
</head>
<body>
<div class="${page.name}" data-testid="${page.name}"></div>
${words}${script}
</body>
</html>`;
}

/** Whether a text can stand in a page as its script or style sheet: nothing in it ends the element, or hides its end. */
export function canBeInline(text: string): boolean {
  return !/<\/?(?:script|style)/i.test(text);
}

/** 128 random bits, hexadecimal. */
export function createNonce(): string {
  return [...globalThis.crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
