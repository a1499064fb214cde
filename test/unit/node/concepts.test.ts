import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { registrySource } from '../../../scripts/concepts.ts';
import { grammarSource } from '../../../scripts/grammars.ts';
import { applies, type Concept, codePoints } from '../../../src/core/concepts/concept.ts';
import { type Grammar, grammarFiles, grammarOf, parserFile } from '../../../src/core/concepts/languages.ts';
import { SyntaxParser } from '../../../src/core/concepts/parser.ts';
import { concepts } from '../../../src/core/concepts/registry.ts';
import { Random } from '../../../src/core/random.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const fixtures = path.join(root, 'test/fixtures/concepts');
const parser = new SyntaxParser(async (file) => readFileSync(grammarSource(root, file)));

interface Section {
  concept: string;
  text: string;
  labels: number[];
}

/** Takes the marks out of a section: labels 1 within «», −1 within ‹›, else 0; or a digit each, '.' for NaN. */
function readSection(concept: Concept, source: string): Section {
  let text = '';
  const labels: number[] = [];
  if (concept.scale === 'graded') {
    const lines = source.split('\n').filter((line) => line !== '');
    for (let k = 0; k < lines.length; k += 2) {
      const line = `${lines[k]!.slice(2)}\n`;
      const marks = [...lines[k + 1]!.slice(2).padEnd(codePoints(line).length, ' ')];
      text += line;
      labels.push(...marks.map((mark) => (mark === '.' ? Number.NaN : Number(mark))));
    }
    return { concept: concept.id, text, labels };
  }
  const open: number[] = [];
  for (const character of source) {
    if (character === '«') open.push(1);
    else if (character === '‹') open.push(-1);
    else if (character === '»' || character === '›') open.pop();
    else {
      text += character;
      labels.push(open.at(-1) ?? 0);
    }
  }
  return { concept: concept.id, text, labels };
}

function readFixture(file: string): { languages: string[]; sections: Section[] } {
  const [head, ...parts] = readFileSync(path.join(fixtures, file), 'utf8').split(/^(?:›)?=== /m);
  const sections = parts.map((part) => {
    const id = part.slice(0, part.indexOf('\n'));
    const concept = concepts.find((candidate) => candidate.id === id);
    if (!concept) throw new Error(`${file}: there is no concept “${id}”.`);
    return readSection(concept, part.slice(part.indexOf('\n') + 1));
  });
  return { languages: head!.trim().split(' '), sections };
}

/** A labelled text in the fixtures' own notation, so that a difference is readable. */
function marked(text: string, labels: ArrayLike<number>): string {
  const marks: Record<string, [string, string]> = { '1': ['«', '»'], '-1': ['‹', '›'], '0': ['', ''] };
  let out = '';
  let last = '0';
  [...text].forEach((character, i) => {
    const label = String(labels[i]);
    if (label !== last) out += marks[last]![1] + marks[label]![0];
    last = label;
    out += character;
  });
  return out + marks[last]![1];
}

/** The fixture files of each of the two readers. */
const readers = ['', 'second-reader'].map((folder) =>
  readdirSync(path.join(fixtures, folder))
    .filter((file) => file.endsWith('.txt'))
    .map((file) => path.join(folder, file)),
);
const files = readers.flat();
const grammarsOf = (file: string): string[] =>
  readFixture(file).languages.map((language) => grammarOf(language) ?? 'text');

describe('labels equal the marked texts', () => {
  for (const file of files) {
    const { languages, sections } = readFixture(file);
    const cases = languages.flatMap((language) => sections.map((section) => ({ language, ...section })));
    for (const { language, concept: id, text, labels } of cases)
      it(`${file}, ${language}: ${id}`, async () => {
        const concept = concepts.find((candidate) => candidate.id === id)!;
        const document = await parser.document(language, text);
        expect(applies(concept, document)).toBe(true);
        const { values } = concept.label(document);
        expect(values).toHaveLength(labels.length);
        if (concept.scale === 'binary') expect(marked(text, values)).toBe(marked(text, labels));
        else expect([...values].join(' ')).toBe(labels.join(' '));
      });
  }

  it.each(readers)('every pair of a concept and a grammar that a reader has a file for has its section', (...own) => {
    const covered = new Set(
      own.flatMap((file) => {
        const { sections } = readFixture(file);
        return grammarsOf(file).flatMap((name) => sections.map(({ concept }) => `${name} ${concept}`));
      }),
    );
    const read = new Set(own.flatMap(grammarsOf));
    const pairs = concepts.flatMap((concept) =>
      (concept.grammars ?? ['text']).filter((name) => read.has(name)).map((name) => `${name} ${concept.id}`),
    );
    expect(pairs.filter((pair) => !covered.has(pair))).toEqual([]);
  });
});

describe('the registry', () => {
  it('is what the folders hold', () => {
    expect(readFileSync(path.join(root, 'src/core/concepts/registry.ts'), 'utf8')).toBe(registrySource());
  });

  it('has unlike identifiers', () => {
    expect(new Set(concepts.map(({ id }) => id)).size).toBe(concepts.length);
  });

  it('finds every grammar file in the installed packages', () => {
    for (const file of [parserFile, ...Object.values(grammarFiles)])
      expect(existsSync(grammarSource(root, file))).toBe(true);
  });
});

const sample = `const a = "x"; // 😀 "no"\nf("😀y", \`é\${"z"}\`);\n`;

describe('positions', () => {
  it('count characters, not UTF-16 units, after an emoji', async () => {
    const document = await parser.document('typescript', sample);
    const string = concepts.find(({ id }) => id === 'string')!;
    const inside = [...sample].filter((_, i) => string.label(document).values[i] === 1);
    expect(inside.join('')).toBe('x😀yéz');
  });

  it('where a concept ends: closing quotes, the newline after a line comment', async () => {
    const document = await parser.document('typescript', sample);
    const endsOf = (id: string): string[] => {
      const concept = concepts.find((candidate) => candidate.id === id)!;
      if (concept.scale !== 'binary') throw new Error('graded');
      return [...concept.label(document).ends].map((at) => `${[...sample][at - 1]}${[...sample][at]}`);
    };
    expect(endsOf('string')).toEqual(['x"', 'y"', 'z"', '}`']);
    expect(endsOf('comment')).toEqual(['"\n']);
    expect(endsOf('inside-paren')).toEqual(['`)']);
  });
});

describe('texts with errors and without a grammar', () => {
  it('labels what it can where the text does not parse', async () => {
    const text = 'if (a) { f("x" \n const b = "yes"; // note\n }}} ) "open';
    const document = await parser.document('typescript', text);
    const inside = (id: string): string => {
      const values = concepts.find((concept) => concept.id === id)!.label(document).values;
      return [...text].filter((_, i) => values[i] === 1).join('');
    };
    expect(inside('string')).toContain('yes');
    expect(inside('comment')).toBe(' note');
    for (const concept of concepts.filter((candidate) => applies(candidate, document)))
      expect(concept.label(document).values).toHaveLength(text.length);
  });

  it('serves the concepts of the text alone in any language', async () => {
    const document = await parser.document('klingon', 'a b\n');
    expect(document.tree).toBeNull();
    expect(concepts.filter((concept) => applies(concept, document)).every(({ grammars }) => grammars === null)).toBe(
      true,
    );
  });

  it('labels the empty text', async () => {
    for (const language of ['typescript', 'python', 'html']) {
      const document = await parser.document(language, '');
      for (const concept of concepts.filter((candidate) => applies(candidate, document)))
        expect(concept.label(document).values).toHaveLength(0);
    }
  });
});

describe('a document under edit', () => {
  it('labels as a fresh parse does after every change', async () => {
    const open = (await parser.open('python', 'def f(a):\n    return "x"\n'))!;
    const edits = [
      { rangeOffset: 22, rangeLength: 1, text: '' },
      { rangeOffset: 22, rangeLength: 0, text: '😀"' },
      { rangeOffset: 0, rangeLength: 0, text: '# é\n\n' },
      { rangeOffset: 11, rangeLength: 1, text: 'b, c=1' },
    ];
    let text = 'def f(a):\n    return "x"\n';
    for (const edit of edits) {
      open.edit(edit);
      text = text.slice(0, edit.rangeOffset) + edit.text + text.slice(edit.rangeOffset + edit.rangeLength);
      const edited = await open.document();
      const fresh = await parser.document('python', text);
      expect(edited.text).toBe(text);
      for (const concept of concepts.filter((candidate) => applies(candidate, fresh)))
        expect(concept.label(edited)).toEqual(concept.label(fresh));
    }
    open.close();
  });

  // Grammars with a scanner of their own for template strings, indentation and raw strings.
  const pieces: Record<string, readonly string[]> = {
    typescript: [
      '"',
      "'",
      '`',
      '${',
      '}',
      '{',
      '(',
      ')',
      '// x\n',
      '/*',
      '*/',
      '\n',
      ' if (a) ',
      'é😀',
      '12',
      'a.b',
      '/',
    ],
    python: ['"', "'", '"""', 'f"{', '}', '(', ')', '# x\n', '\n', '\n    ', '    ', ' if a:', 'é😀', '12', 'a.b', ':'],
    rust: ['"', "'a", 'r#"', '"#', '{', '}', '(', ')', '// x\n', '/*', '*/', '\n', ' if a ', 'é😀', '12', 'a.b', '&'],
  };

  for (const [language, inserted] of Object.entries(pieces))
    it(`labels ${language} as a fresh parse does after 200 random edits`, { timeout: 60_000 }, async () => {
      const file = files.find((one) => readFixture(one).languages.includes(language))!;
      let text = readFixture(file)
        .sections.map((section) => section.text)
        .join('')
        .slice(0, 2500);
      const random = Random.derive(7, language);
      const open = (await parser.open(language, text))!;
      for (let k = 0; k < 200; k++) {
        const rangeOffset = random.below(text.length + 1);
        const rangeLength = Math.min(text.length - rangeOffset, random.below(3) === 0 ? random.below(12) : 0);
        const edit = {
          rangeOffset,
          rangeLength,
          text: random.below(4) > 0 ? inserted[random.below(inserted.length)]! : '',
        };
        open.edit(edit);
        text = text.slice(0, rangeOffset) + edit.text + text.slice(rangeOffset + rangeLength);
        const edited = await open.document();
        const fresh = await parser.document(language, text);
        expect(edited.text).toBe(text);
        for (const concept of concepts.filter((candidate) => applies(candidate, fresh)))
          expect(concept.label(edited), `${concept.id} after edit ${k}`).toEqual(concept.label(fresh));
      }
      open.close();
    });
});

describe('a long text', () => {
  const long = 'function f(a) { return a ? "x" : g(/b/, [1, 2]); }\n'.repeat(8000);

  it('is parsed in slices, with the same tree, while another one is', { timeout: 60_000 }, async () => {
    let breaths = 0;
    const breathe = async (): Promise<void> => {
      breaths++;
      await new Promise((resolve) => setImmediate(resolve));
    };
    const [sliced, other, whole] = await Promise.all([
      parser.document('typescript', long, breathe),
      parser.document('typescript', `${long}}`, breathe),
      parser.document('typescript', long),
    ]);
    expect(breaths).toBeGreaterThan(20);
    expect(sliced.tree).toEqual(whole.tree);
    expect(other.tree!.size).toBeGreaterThan(whole.tree!.size - 1);
  });

  it('is left where nobody wants the rest', { timeout: 60_000 }, async () => {
    let breaths = 0;
    const breathe = async (): Promise<void> => {
      if (++breaths === 3) throw new Error('enough');
    };
    await expect(parser.document('typescript', long, breathe)).rejects.toThrow('enough');
    expect(breaths).toBe(3);
  });
});

it('the table of pairs in the fixtures’ README is what the concepts say', () => {
  const readme = readFileSync(path.join(fixtures, 'README.md'), 'utf8');
  const grammars = Object.keys(grammarFiles) as Grammar[];
  for (const { id, grammars: served } of concepts) {
    if (served === null) expect(readme.split('From the text alone')[1]).toContain(id);
    else {
      const row = ['', id, ...grammars.map((grammar) => (served.includes(grammar) ? 'x' : '')), ''];
      expect(readme).toContain(row.join(' | ').trim());
    }
  }
});

it('every grammar has a fixture', () => {
  const served = new Set(files.flatMap(grammarsOf));
  expect((Object.keys(grammarFiles) as Grammar[]).filter((grammar) => !served.has(grammar))).toEqual([]);
});
