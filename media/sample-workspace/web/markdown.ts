/** A little Markdown: headings, lists, quotes, fenced code, emphasis, code spans and links, to HTML. */

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => entities[char]);
}

function isSafeUrl(url: string): boolean {
  // Only what a reader expects behind a link: never "javascript:" and the like.
  if (url.startsWith('/') || url.startsWith('#') || url.startsWith('./')) return true;
  return /^(https?|mailto):/i.test(url);
}

export function inline(text: string): string {
  const spans: string[] = [];
  let html = text.replace(/`([^`]+)`/g, (_, code: string) => {
    spans.push(`<code>${escapeHtml(code)}</code>`);
    return `\u0000${spans.length - 1}\u0000`;
  });
  html = escapeHtml(html);
  html = html.replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>');
  html = html.replace(/\*([^*]+)\*/g, '<em>$1</em>');
  html = html.replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (whole, label: string, url: string) => {
    if (!isSafeUrl(url)) return whole;
    return `<a href="${url}">${label}</a>`;
  });
  return html.replace(/\u0000(\d+)\u0000/g, (_, index: string) => spans[Number(index)]);
}

export function render(source: string): string {
  const out: string[] = [];
  const lines = source.split(/\r?\n/);
  let paragraph: string[] = [];
  let list: 'ul' | 'ol' | null = null;

  const closeParagraph = () => {
    if (paragraph.length === 0) return;
    out.push(`<p>${inline(paragraph.join(' '))}</p>`);
    paragraph = [];
  };
  const closeList = () => {
    if (list === null) return;
    out.push(`</${list}>`);
    list = null;
  };
  const openList = (kind: 'ul' | 'ol') => {
    closeParagraph();
    if (list === kind) return;
    closeList();
    out.push(`<${kind}>`);
    list = kind;
  };

  for (let k = 0; k < lines.length; k++) {
    const line = lines[k];
    const fence = /^```(\w*)\s*$/.exec(line);
    if (fence) {
      closeParagraph();
      closeList();
      const code: string[] = [];
      while (++k < lines.length && lines[k].trim() !== '```') {
        code.push(lines[k]);
      }
      const language = fence[1] === '' ? '' : ` class="language-${fence[1]}"`;
      out.push(`<pre><code${language}>${escapeHtml(code.join('\n'))}</code></pre>`);
      continue;
    }

    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (heading) {
      closeParagraph();
      closeList();
      const level = heading[1].length;
      out.push(`<h${level}>${inline(heading[2])}</h${level}>`);
      continue;
    }

    const bullet = /^\s*[-*]\s+(.*)$/.exec(line);
    const numbered = /^\s*\d+[.)]\s+(.*)$/.exec(line);
    if (bullet) {
      openList('ul');
      out.push(`<li>${inline(bullet[1])}</li>`);
    } else if (numbered) {
      openList('ol');
      out.push(`<li>${inline(numbered[1])}</li>`);
    } else if (line.startsWith('> ')) {
      closeParagraph();
      closeList();
      out.push(`<blockquote>${inline(line.slice(2))}</blockquote>`);
    } else if (line.trim() === '') {
      closeParagraph();
      closeList();
    } else {
      closeList();
      paragraph.push(line.trim());
    }
  }
  closeParagraph();
  closeList();
  return out.join('\n');
}

/** Headings with their level, for a table of contents. */
export function outline(source: string): { level: number; title: string; line: number }[] {
  const found: { level: number; title: string; line: number }[] = [];
  let fenced = false;
  source.split(/\r?\n/).forEach((text, line) => {
    if (text.startsWith('```')) fenced = !fenced;
    const match = fenced ? null : /^(#{1,6})\s+(.*)$/.exec(text);
    if (match) found.push({ level: match[1].length, title: match[2].trim(), line });
  });
  return found;
}
