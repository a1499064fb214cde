import { describe, expect, it } from 'vitest';
import { inertText, plainText } from '../../../../src/core/formats/inert-text.ts';
import { ModelFileError } from '../../../../src/core/formats/model-file-error.ts';

describe('words of files', () => {
  it('lose what a terminal, a notification or a label would act on', () => {
    expect(inertText('a\u001b[31mred\u009b2J')).toBe('a\ufffd[31mred\ufffd2J');
    expect(inertText('user\u202egpj.exe')).toBe('user\ufffdgpj.exe');
    expect(inertText('[run](command:workbench.action.quit)')).toBe('[run] (command:workbench.action.quit)');
    expect(inertText('$(trash) x')).toBe('$ (trash) x');
    expect(inertText('two\r\nlines\tof')).toBe('two lines of');
    expect(inertText('\ud800 <b>')).toBe('\ufffd <b>');
  });

  it('stay as they are otherwise, in any script', () => {
    for (const name of ['lstm 1×128 · src', '漢字 🦊 👩‍👩‍👧', 'می‌خواهم', 'a[0](1) = $x'.replace('](', '] (')])
      expect(inertText(name)).toBe(name);
  });

  it('are cut off', () => {
    expect(inertText('x'.repeat(10_000_000))).toHaveLength(201);
    expect(new ModelFileError('hole', 'x'.repeat(10_000_000)).message.length).toBeLessThan(1000);
  });

  it('of many lines keep their lines', () => {
    expect(plainText('a\n\tb\u001b]0;title\u0007\r')).toBe('a\n\tb\ufffd]0;title\ufffd\ufffd');
  });
});
