/** The German translation against the sources and the manifest. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Asked, askedTexts, bareTexts, parseText } from '../../../scripts/l10n/scan.ts';
import { type Faults, findFaults, readBundle } from '../../../scripts/l10n.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

describe('the German bundle', () => {
  let faults: Faults;
  beforeAll(async () => {
    faults = await findFaults();
  });

  it('is asked for by literals, with a value for each placeholder', () => {
    expect(faults.notLiteral).toEqual([]);
    expect(faults.otherValues).toEqual([]);
  });

  it('is asked for once the language has been set', () => {
    expect(faults.early).toEqual([]);
  });

  it('has every text that host, workers and webviews show', () => {
    expect(faults.missing).toEqual([]);
  });

  it('has no text that nothing shows', () => {
    expect(faults.unused).toEqual([]);
  });

  it('keeps the placeholders of each text, and its order', () => {
    expect(faults.unequal).toEqual([]);
    const keys = Object.keys(readBundle());
    expect(keys.length).toBeGreaterThan(500);
    expect(keys).toEqual([...keys].sort());
  });

  it('leaves no English beside it in what the host shows', () => {
    expect(faults.bare).toEqual([]);
  });
});

describe('the manifest', () => {
  const english: Record<string, string> = read('package.nls.json');
  const german: Record<string, string> = read('package.nls.de.json');

  it('uses each of its words, and has them in both languages', () => {
    const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
    const used = [...manifest.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key!);
    expect(used.length).toBeGreaterThan(100);
    expect(Object.keys(english).sort()).toEqual([...new Set(used)].sort());
    expect(Object.keys(german)).toEqual(Object.keys(english));
  });

  it('has no English of its own where people read it', () => {
    const { contributes, capabilities, description } = read('package.json');
    const { commands, walkthroughs, customEditors, views, viewsWelcome, configuration, colors } = contributes;
    const bare: string[] = [];
    const visit = (value: unknown, key: string): void => {
      if (typeof value === 'string') {
        if (
          /^(title|description|markdownDescription|name|contents|altText|displayName)$/.test(key) &&
          !/^%.*%$/.test(value)
        )
          bare.push(`${key}: ${value}`);
      } else if (Array.isArray(value)) {
        for (const item of value) {
          if (typeof item !== 'string') visit(item, key);
          else if (/[eE]numDescriptions$/.test(key) && !/^%.*%$/.test(item)) bare.push(`${key}: ${item}`);
        }
      } else if (value && typeof value === 'object')
        for (const [name, item] of Object.entries(value)) if (name !== 'defaultSnippets') visit(item, name);
    };
    visit(
      { commands, walkthroughs, customEditors, views, viewsWelcome, configuration, colors, capabilities, description },
      '',
    );
    for (const { displayName, userDescription } of contributes.languageModelTools)
      visit({ displayName, description: userDescription }, '');
    expect(bare).toEqual([]);
  });

  it('links to the same commands in both languages', () => {
    const links = (text: string): string[] => [...text.matchAll(/\]\(([^)]*)\)|`([^`]*)`/g)].map(([link]) => link);
    for (const [key, text] of Object.entries(english)) expect(links(german[key]!), key).toEqual(links(text));
  });

  it('is quoted by the titles that commands have', () => {
    const titles = new Set(Object.entries(german).flatMap(([key, text]) => (key.endsWith('.title') ? [text] : [])));
    const quoted = Object.values(german).flatMap((text) =>
      [...text.matchAll(/\*(?:Cellscope: )?([^*]+)\*/g)].map(([, title]) => title!),
    );
    expect(quoted.length).toBeGreaterThan(2);
    expect(quoted.filter((title) => !titles.has(title))).toEqual([]);
  });
});

describe('the scan of the sources', () => {
  const asked = async (source: string): Promise<Asked[]> => askedTexts(await parseText('src/host/x.ts', source));
  const imported = "import { t, translated } from '../core/words.ts';\n";

  it('reads literals with their escapes, over lines and in templates', async () => {
    const source = `${imported}f(t('it\\'s {0}', 1), vscode.l10n.t(\n  "a \\u2026",\n), ok ? t(\`b\`) : null);`;
    expect((await asked(source)).map(({ text, values }) => [text, values])).toEqual([
      ["it's {0}", 1],
      ['a …', 0],
      ['b', 0],
    ]);
  });

  it('sees a text that is no literal', async () => {
    const source = `${imported}t('a' + b); t(name); t(\`a \${b}\`); translated(name);`;
    expect((await asked(source)).map(({ call, text }) => [call, text])).toEqual([
      ['t', null],
      ['t', null],
      ['t', null],
      ['translated', null],
    ]);
  });

  it('passes over other functions called t, and what stands in comments and strings', async () => {
    expect(await asked("const t = (x: string) => x;\nt('no');")).toEqual([]);
    expect(await asked(`${imported}// t('no')\nconst text = "t('no')"; /* t('no') */ x.t('no');`)).toEqual([]);
  });

  it('tells what is asked while the module is loaded', async () => {
    const source = `${imported}const a = t('now');\nconst b = () => t('later');\nclass C { c = t('later'); d() { return t('later'); } }`;
    expect((await asked(source)).map(({ text, early }) => [text, early])).toEqual([
      ['now', true],
      ['later', false],
      ['later', false],
      ['later', false],
    ]);
  });

  it('sees what is shown without a translation', async () => {
    const source = `
      void vscode.window.showErrorMessage('It failed.', vscode.l10n.t('Again'));
      void vscode.window.withProgress({ location: x, title: \`Training \${x}\` }, () => run('not shown'));
      void vscode.window.showQuickPick(items, { placeHolder: warm ? 'Warm' : vscode.l10n.t('Cold'), id: 'an id' });
      void vscode.window.showInformationMessage(\`\${a}: \${b}\`, 'Cellscope');`;
    expect(bareTexts(await parseText('x.ts', source))).toEqual([
      "x.ts:2: 'It failed.'",
      `x.ts:3: \`Training $\{x}\``,
      "x.ts:4: 'Warm'",
    ]);
  });
});
