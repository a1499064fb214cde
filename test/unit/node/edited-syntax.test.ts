import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { grammarSource } from '../../../scripts/grammars.ts';
import { changeBetween, SyntaxParser } from '../../../src/core/concepts/parser.ts';
import { concepts } from '../../../src/core/concepts/registry.ts';
import { conceptsOfSpan } from '../../../src/core/concepts/span.ts';
import { EditedSyntax } from '../../../src/worker/edited-syntax.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = async (file: string) => readFileSync(grammarSource(root, file));
const atOnce = async (): Promise<void> => {};

describe('the change between two texts', () => {
  const apply = (text: string, change: ReturnType<typeof changeBetween>): string =>
    change
      ? text.slice(0, change.rangeOffset) + change.text + text.slice(change.rangeOffset + change.rangeLength)
      : text;

  it('is the stretch that differs', () => {
    expect(changeBetween('abc', 'abc')).toBeNull();
    expect(changeBetween('f(a, b)', 'f(a, c, b)')).toEqual({ rangeOffset: 5, rangeLength: 0, text: 'c, ' });
    expect(changeBetween('aaa', 'a')).toEqual({ rangeOffset: 1, rangeLength: 2, text: '' });
    expect(changeBetween('', 'x')).toEqual({ rangeOffset: 0, rangeLength: 0, text: 'x' });
  });

  it('never parts a surrogate pair', () => {
    // 😀 and 😁 share their first unit, 😀 and 🨀 their second one.
    for (const [before, after] of [
      ['a😀b', 'a😁b'],
      ['a😀b', 'a🨀b'],
      ['😀', '😀😀'],
    ] as const) {
      const change = changeBetween(before, after)!;
      expect(apply(before, change)).toBe(after);
      expect(change.text.isWellFormed()).toBe(true);
      expect(before.slice(0, change.rangeOffset).isWellFormed()).toBe(true);
    }
  });
});

describe('the syntax of a text under edit', () => {
  class CountingParser extends SyntaxParser {
    opened = 0;
    override open(...question: Parameters<SyntaxParser['open']>) {
      this.opened++;
      return super.open(...question);
    }
  }
  const spans = async (syntax: EditedSyntax, text: string, selected: string, language = 'typescript') => {
    const document = await syntax.read('d', language, text, atOnce);
    expect(document.text).toBe(text);
    const start = text.indexOf(selected);
    const span = { start, end: start + selected.length, from: 0, to: text.length };
    return (await conceptsOfSpan(document, concepts, span, atOnce)).map(({ id }) => id);
  };

  it('says what a selection is, with every edit, and is parsed from scratch once', async () => {
    const parser = new CountingParser(read);
    const syntax = new EditedSyntax(parser);
    const text = 'const total = price;\nif (total > 3) report("much too much");\nreturn total;\n';
    expect((await spans(syntax, text, 'much too much')).slice(0, 2)).toEqual(['double-quoted', 'string']);
    expect(await spans(syntax, text, 'total > 3')).toContain('if-condition');
    const commented = text.replace('const', '// const');
    expect(await spans(syntax, commented, 'const total')).toContain('comment');
    const quoted = text.replaceAll('"', "'");
    expect(await spans(syntax, quoted, 'much too much')).toContain('single-quoted');
    expect(parser.opened).toBe(1);
    expect(await spans(syntax, quoted, 'much too much', 'python')).toContain('single-quoted');
    expect(parser.opened).toBe(2);
    syntax.close('d');
    expect(await spans(syntax, quoted, 'much too much', 'python')).toContain('single-quoted');
    expect(parser.opened).toBe(3);
  });

  it('is not there without a grammar: only concepts of the text count', async () => {
    const syntax = new EditedSyntax(new SyntaxParser(read));
    const found = await spans(
      syntax,
      'see https://example.com/abc here "quoted"\n',
      'https://example.com/abc',
      'klingon',
    );
    expect(found).toContain('url');
    expect(await spans(syntax, 'see "quoted" here\n', 'quoted', 'klingon')).not.toContain('double-quoted');
  });

  it('is that of the text that was asked about, however many ask at once, and one gives up', async () => {
    const syntax = new EditedSyntax(new SyntaxParser(read));
    const texts = Array.from({ length: 6 }, (_, k) => `let a${k} = "${'x'.repeat(k)}";\n`.repeat(300));
    const answers = await Promise.allSettled(
      texts.map((text, k) =>
        syntax.read('d', 'typescript', text, async () => {
          if (k === 2) throw new Error('enough');
        }),
      ),
    );
    const fresh = new SyntaxParser(read);
    for (const [k, answer] of answers.entries())
      if (answer.status === 'fulfilled')
        expect(answer.value.tree).toEqual((await fresh.document('typescript', texts[k]!)).tree);
    expect(answers.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(5);
  });
});
