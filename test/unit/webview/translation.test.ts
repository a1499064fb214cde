import { afterEach, describe, expect, it, vi } from 'vitest';
import { placed, slot } from '../../../webview/ui/dom.ts';

const german = {
  'forget gate f': 'Forget-Gate f',
  'line end': 'Zeilenende',
  '1 cell has a name; {0} of the {1} have none.': '1 Zelle hat einen Namen; {0} der {1} haben keinen.',
  'Its forget gate leaves less than 1 % of a value after {0} characters, on average.':
    'Ihr Forget-Gate lässt im Mittel nach {0} Zeichen weniger als 1 % eines Werts übrig.',
};

/** A page that brings these words along, as `src/host/panels/webview-html.ts` writes them. */
function openPage(words: unknown): void {
  const page = { getElementById: (id: string) => (id === 'cellscope-words' ? { textContent: words } : null) };
  vi.stubGlobal('document', page);
  vi.resetModules();
}

describe('the words of a page', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('are there before the first module begins, for what it says at once and for what it says later', async () => {
    openPage(JSON.stringify(german));
    const { quantityNames, memoryText, summary } = await import('../../../webview/cells/words.ts');
    expect(quantityNames.f).toBe('Forget-Gate f');
    const report = { named: 1, unnamed: 127, complete: true } as Parameters<typeof summary>[0];
    expect(summary(report)).toBe('1 Zelle hat einen Namen; 99% der 128 haben keinen.');
    const memory = { gate: 'f', lags: 400, horizon: 30, spans: null };
    expect(memoryText({ memory } as Parameters<typeof memoryText>[0])).toBe(
      'Ihr Forget-Gate lässt im Mittel nach 30 Zeichen weniger als 1 % eines Werts übrig.',
    );
  });

  it('are English where the page brings none', async () => {
    openPage('');
    const { quantityNames } = await import('../../../webview/cells/words.ts');
    expect(quantityNames.f).toBe('forget gate f');
  });

  it('names of characters are English in files in every language', async () => {
    openPage(JSON.stringify(german));
    const { characterName, englishCharacterName } = await import('../../../webview/ui/format.ts');
    expect([characterName('\n'), englishCharacterName('\n')]).toEqual(['Zeilenende', 'line end']);
    expect([characterName('x'), englishCharacterName('\0')]).toEqual(['x', 'U+0000']);
  });
});

describe('an element within a sentence', () => {
  const [a, b] = ['first', 'second'] as unknown as Node[];
  it('stands where the sentence has its place for it', () => {
    expect(placed(`${slot} is before ${slot}.`, a!, b!)).toEqual([a, ' is before ', b, '.']);
    expect(placed(`So ist ${slot}`, a!)).toEqual(['So ist ', a]);
    expect(placed('None.')).toEqual(['None.']);
  });
});
