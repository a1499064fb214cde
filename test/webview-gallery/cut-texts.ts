/**
 * Runs in a page: texts that cannot be read whole, in words. One is cut by a box that hides what is beyond it, by the window, or does
 * not fit where it stands and lies over what is beside it. What can be scrolled to down the page is not cut; sideways only plain text
 * and tables of five columns and more may be scrolled (WCAG 2.1, 1.4.10, excepts them). What ends in an ellipsis must be told by a
 * title: names of files and runs, of any length. The heatmap's text is code.
 */
export const cutTexts = `(() => {
  const told = (node, text) => (node.closest('[title]')?.title ?? '').includes(text);
  const named = (node) => [node.tagName.toLowerCase(), ...node.classList].join('.');
  const wide = (node) => (node.querySelector('table')?.rows[0]?.cells.length ?? 0) >= 5;
  const found = new Set();
  const say = (what, node, text) => found.add(what + ': ' + named(node) + ' ' + text.slice(0, 80));
  const hides = (overflow) => overflow === 'hidden' || overflow === 'clip';
  const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode()); ) {
    const words = text.textContent.trim();
    const parent = text.parentElement;
    if (words === '' || parent.closest('script, style, .visually-hidden, .scroller')) continue;
    if (!parent.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const rects = [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
    if (rects.length === 0) continue;
    const left = Math.min(...rects.map((rect) => rect.left));
    const right = Math.max(...rects.map((rect) => rect.right));
    const top = Math.min(...rects.map((rect) => rect.top));
    const bottom = Math.max(...rects.map((rect) => rect.bottom));
    let [x, y] = [true, true];
    for (let node = parent; node && (x || y); node = node.parentElement) {
      const { overflowX, overflowY, display, position } = getComputedStyle(node);
      const block = display !== 'inline' && display !== 'contents';
      const box = node.getBoundingClientRect();
      if (x && block && hides(overflowX) && (left < box.left - 1 || right > box.right + 1) && !told(parent, words))
        say('cut', node, words);
      if (y && block && hides(overflowY) && (top < box.top - 1 || bottom > box.bottom + 1) && !told(parent, words))
        say('cut below', node, words);
      if (x && scrolls(overflowX)) {
        x = false;
        if (node.scrollWidth > node.clientWidth + 1 && !node.matches('pre, textarea') && !wide(node))
          say('to be scrolled sideways', node, words);
      }
      if (y && scrolls(overflowY)) y = false;
      if (position === 'fixed') break;
    }
    if (x && (left < -1 || right > innerWidth + 1)) say('beyond the window', parent, words);
    if (y && (top < -1 || bottom > innerHeight + 1)) say('below the window', parent, words);
  }
  for (const node of document.querySelectorAll('body *')) {
    if (node.closest('.visually-hidden, .scroller, svg') || !node.checkVisibility()) continue;
    const text = node.textContent.trim();
    const own = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim() !== '');
    if (!own || node.clientWidth <= 1 || told(node, text)) continue;
    const { overflowX, overflowY } = getComputedStyle(node);
    if (!scrolls(overflowX) && node.scrollWidth > node.clientWidth + 1) say('does not fit', node, text);
    if (hides(overflowY) && node.scrollHeight > node.clientHeight + 1) say('does not fit', node, text);
  }
  return [...found];
})()`;
