import { describe, expect, it } from 'vitest';
import { csvHeader, csvLine } from '../../../src/host/panels/export-csv.ts';
import { htmlFoot, htmlHead, htmlLine } from '../../../src/host/panels/export-html.ts';
import { canBeInline, createNonce, webviewHtml } from '../../../src/host/panels/webview-html.ts';

const colours = {
  background: '#1f1f1f',
  foreground: '#eeeeee',
  positive: '#f08a2c',
  negative: '#3f7fe0',
  over: '#e58fd0',
  under: '#3fcf9f',
  positiveStrength: 0.5,
  negativeStrength: 0.8,
};

describe('the heatmap as HTML', () => {
  it('escapes all text', () => {
    const line = htmlLine(1, `<script>alert("x")</script>&'`, new Float32Array(0), 1);
    expect(line).not.toContain('<script');
    expect(line).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;');
    const head = htmlHead({ title: '</title><script>', description: '<b>', colours, tabSize: 4 });
    expect(head).not.toContain('<script');
    expect(head).toContain('&lt;/title&gt;&lt;script&gt;');
    expect(head + htmlFoot()).not.toMatch(/https?:|src=|href=|javascript:/);
  });

  it('joins equal neighbours, by sign and strength', () => {
    const html = htmlLine(7, 'aabb c', Float32Array.of(1, 1, -0.5, -0.5, 0, 0, 0.25), 1);
    expect(html).toBe(
      '<span class="l">7</span><span class="p32">aa</span><span class="n16">bb</span> c<span class="e p8"></span>\n',
    );
  });

  it('measures against the scale and survives what is no number', () => {
    expect(htmlLine(1, 'ab', Float32Array.of(2, Number.NaN), 4)).toContain('<span class="p16">a</span>b');
  });

  it('draws cells laid over it as bars, solid where on and dotted where off', () => {
    const overlays = [
      { place: 'over' as const, values: Float32Array.of(0.5, 0.5, 0), scale: 1 },
      { place: 'under' as const, values: Float32Array.of(0, -2, -2), scale: 4 },
    ];
    const html = htmlLine(1, 'abc', Float32Array.of(1, 1, 0), 1, overlays);
    expect(html).toBe(
      '<span class="l">1</span><span class="o p32 op16">a</span><span class="o p32 op16 un16">b</span><span class="o un16">c</span>\n',
    );
    const named = [
      { place: 'over' as const, name: 'layer 0, cell 1, h' },
      { place: 'under' as const, name: '<b>' },
    ];
    const head = htmlHead({ title: 't', description: 'd', colours, tabSize: 4, overlays: named });
    expect(head).toContain('.op16{--over:linear-gradient(');
    expect(head).toContain('.un16{--under:repeating-linear-gradient(');
    expect(head).toContain('over the line</span> layer 0, cell 1, h');
    expect(head).toContain('&lt;b&gt;');
    expect(htmlHead({ title: 't', description: 'd', colours, tabSize: 4 })).not.toContain('--over');
  });

  it('a character outside the plane has one value; controls become pictures', () => {
    expect(htmlLine(1, '🙂\0', Float32Array.of(1, 0), 1)).toContain('<span class="p32">🙂</span>␀');
    expect(htmlLine(1, '\ud83d', Float32Array.of(0), 1)).toContain('\ufffd');
  });
});

describe('activations as CSV', () => {
  it('one row a character, the newline too', () => {
    const rows = csvLine(3, 'a🙂b', Float32Array.of(0.5, -0.25, 1, 0.125));
    expect(csvHeader() + rows).toBe(
      'line,column,character,value\r\n3,1,"a",0.5\r\n3,2,"🙂",-0.25\r\n3,4,"b",1\r\n3,5,"\\n",0.125\r\n'.replace(
        '3,5,',
        '3,5,',
      ),
    );
  });

  it('a column more for each cell laid over it', () => {
    const overlays = [Float32Array.of(0.25, 1), Float32Array.of(-1, 0)];
    const cells = [
      { layer: 0, cell: 14, quantity: 'tanhc' as const },
      { layer: 1, cell: 2, quantity: 'f' as const },
    ];
    expect(csvHeader(cells) + csvLine(1, 'a', Float32Array.of(0.5, 0.125), overlays)).toBe(
      'line,column,character,value,value_0_14_tanhc,value_1_2_f\r\n1,1,"a",0.5,0.25,-1\r\n1,2,"\\n",0.125,1,0\r\n',
    );
  });

  it('the last line of a text has no newline', () => {
    expect(csvLine(1, 'a', Float32Array.of(1))).toBe('1,1,"a",1\r\n');
  });

  it('quotes, controls and backslashes stay in their field', () => {
    const rows = csvLine(1, '",\\\t', Float32Array.of(0, 0, 0, 0)).split('\r\n');
    expect(rows.slice(0, 4)).toEqual(['1,1,"""",0', '1,2,",",0', '1,3,"\\\\",0', '1,4,"\\t",0']);
  });

  it('values read back as the same float32', () => {
    for (const value of [1 / 3, 0.1, 1e-9, -0.87654321, 123456.789]) {
      const written = Number(csvLine(1, 'a', Float32Array.of(value)).trim().split(',').at(-1));
      expect(Math.fround(written)).toBe(Math.fround(value));
    }
  });
});

describe('the page of a webview', () => {
  it('lets in one script by its nonce and nothing else', () => {
    const page = webviewHtml({
      name: 'heatmap',
      title: '<Heatmap>',
      source: 'https://example.invalid',
      script: 'heatmap.js',
      styles: ['a.css'],
      nonce: 'N1',
      styleNonce: 'N2',
    });
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'nonce-N1';");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).toContain('&lt;Heatmap&gt;');
    expect(page).toContain('data-testid="heatmap"');
  });

  it('holds script and style sheets itself where their texts are known, each let in by its nonce', () => {
    const page = webviewHtml({
      name: 'heatmap',
      title: 'Heatmap',
      source: 'https://example.invalid',
      script: 'heatmap.js',
      styles: ['a.css'],
      inline: { script: 'let $1 = "<!-- $& -->";', styles: ['b > a {}'] },
      nonce: 'N1',
      styleNonce: 'N2',
    });
    expect(page).toContain('<script nonce="N1">\nlet $1 = "<!-- $& -->";</script>');
    expect(page).toContain('<style nonce="N2">\nb > a {}</style>');
    expect(page).not.toMatch(/src=|href=/);
  });

  it('a text that would end its element does not stand in a page', () => {
    expect(canBeInline('a < script && "<!--"')).toBe(true);
    for (const text of ['"</script>"', '"<SCRIPT"', '/* </style> */']) expect(canBeInline(text), text).toBe(false);
  });

  it('brings a translation along as data that cannot end its element', () => {
    const words = { 'Open <b>': '</script><script>alert(1)</script>' };
    const page = webviewHtml({
      name: 'training',
      title: 'Training',
      source: 'https://example.invalid',
      script: 'training.js',
      styles: [],
      nonce: 'N1',
      styleNonce: 'N2',
      language: 'de',
      words,
    });
    expect(page).toContain('<html lang="de">');
    const [, data] = /<script type="application\/json" id="cellscope-words">([^<]*)<\/script>/.exec(page)!;
    expect(JSON.parse(data!)).toEqual(words);
    expect(page.match(/<script/g)).toHaveLength(2);
  });

  it('nonces are long and never the same', () => {
    const nonces = new Set(Array.from({ length: 100 }, createNonce));
    expect(nonces.size).toBe(100);
    for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{32}$/);
  });
});
