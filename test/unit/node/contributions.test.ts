/** package.json against the code: settings that are read are declared and the other way round, commands, colours. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const { contributes } = manifest;
const words: Record<string, string> = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8'));
/** What people read: a placeholder's words. */
const said = (text: unknown): string =>
  typeof text === 'string' ? text.replace(/^%(.+)%$/, (whole, key: string) => words[key] ?? whole) : '';

interface Setting {
  type: string | string[];
  default?: unknown;
  order?: number;
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
  scope?: string;
  items?: unknown;
  markdownDescription?: string;
  enumDescriptions?: string[];
  markdownEnumDescriptions?: string[];
}
interface Section {
  title: string;
  order: number;
  properties: Record<string, Setting>;
}
const sections: Section[] = contributes.configuration;
const settings = Object.assign({}, ...sections.map(({ properties }) => properties)) as Record<string, Setting>;

const sources = readdirSync(path.join(root, 'src/host'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(path.join(root, 'src/host', file), 'utf8') }));

interface Read {
  key: string;
  /** Of one folder, not of the window. */
  ofFolder: boolean;
  /** By `numberSetting` or `choiceSetting`, which keep to what is declared. */
  checked: boolean;
}

/**
 * Settings that a source reads: `getConfiguration('cellscope…')`, at once or through a variable, and what is asked of it;
 * `numberSetting('cellscope…')` and `choiceSetting('cellscope…')`.
 */
function readSettings(text: string): Read[] {
  const found: Read[] = [];
  const section =
    /(?:const (\w+) = )?vscode\.workspace\.getConfiguration\(\s*'(cellscope[\w.]*)'(,[^)]*)?\)((?:\s*\.get(?:<[^;]*?>)?\(\s*'([^']+)')?)/g;
  for (const [, variable, prefix, folder, , chained] of text.matchAll(section)) {
    const add = (key: string): unknown =>
      found.push({ key: `${prefix}.${key}`, ofFolder: folder !== undefined, checked: false });
    if (chained) add(chained);
    if (!variable) continue;
    const reads = new RegExp(`\\b${variable}\\s*\\.get(?:<[^(]*>)?\\(\\s*'([^']+)'`, 'g');
    for (const [, key] of text.matchAll(reads)) add(key!);
  }
  for (const [, key] of text.matchAll(/\b(?:number|choice)Setting(?:<[^(]*>)?\(\s*'(cellscope\.[^']+)'/g))
    found.push({ key: key!, ofFolder: false, checked: true });
  return found;
}

describe('settings', () => {
  const reads = sources.flatMap(({ text }) => readSettings(text));
  const read = new Set(reads.map(({ key }) => key));

  it('that are read are declared', () => {
    expect([...read].filter((key) => !settings[key])).toEqual([]);
    expect(read.size).toBeGreaterThan(15);
  });

  it('that are declared are read', () => {
    expect(Object.keys(settings).filter((key) => !read.has(key))).toEqual([]);
  });

  it('that are numbers are read within their bounds only', () => {
    const isNumber = (key: string): boolean => /^(integer|number)$/.test(String(settings[key]?.type));
    expect(reads.filter(({ key, checked }) => isNumber(key) && !checked)).toEqual([]);
    expect(reads.filter(({ key }) => isNumber(key)).length).toBeGreaterThan(14);
  });

  it('that a folder may have of its own are read of that folder, all others of the window', () => {
    const scopes = new Map(reads.map(({ key, ofFolder }) => [key, ofFolder]));
    for (const [key, { scope }] of Object.entries(settings)) expect(scopes.get(key), key).toBe(scope === 'resource');
  });

  it('by which a file of a workspace could do harm wait until the workspace is trusted', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    // VS Code reads the list only where support is limited.
    expect(supported).toBe('limited');
    expect(restrictedConfigurations).toEqual([
      'cellscope.training.confirm', // “never” would begin a training of any size without a question
      'cellscope.cells.concepts', // patterns run over texts, and may take for ever
    ]);
    for (const key of restrictedConfigurations) expect(settings[key], key).toBeDefined();
  });

  it('that are watched are declared', () => {
    const watched = sources.flatMap(({ text }) =>
      [...text.matchAll(/affectsConfiguration\('(cellscope[^']*)'/g)].map(([, key]) => key!),
    );
    const known = (key: string): boolean =>
      Object.keys(settings).some((each) => each === key || each.startsWith(`${key}.`));
    expect(watched.filter((key) => !known(key))).toEqual([]);
  });

  it('stand in titled sections, in an order', () => {
    expect(new Set(sections.map(({ title }) => said(title))).size).toBe(sections.length);
    expect(sections.map(({ order }) => order)).toEqual(sections.map((_, k) => k + 1));
    for (const { title, properties } of sections) {
      const orders = Object.values(properties).map(({ order }) => order);
      expect(new Set(orders).size, said(title)).toBe(orders.length);
      expect(
        orders.every((order) => Number.isInteger(order)),
        said(title),
      ).toBe(true);
    }
  });

  for (const [key, setting] of Object.entries(settings))
    it(`${key} is typed, bounded and explained`, () => {
      expect(key).toMatch(/^cellscope\.[a-z]+\.[a-zA-Z]+$/);
      expect(said(setting.markdownDescription)).toMatch(/^[A-Z].*\.$/s);
      expect(setting.default).toBeDefined();
      // `machine` and `application` would keep a workspace from having its own; VS Code takes `window` where none is said.
      expect(['resource', 'window', 'machine-overridable']).toContain(setting.scope);
      if (setting.type === 'array') expect(setting.items).toBeDefined();
      if (setting.type === 'integer' || setting.type === 'number') {
        const value = setting.default as number;
        expect(setting.minimum).toBeLessThanOrEqual(value);
        expect(setting.maximum).toBeGreaterThanOrEqual(value);
      }
      if (!setting.enum) return;
      expect(setting.enum).toContain(setting.default);
      const descriptions = setting.markdownEnumDescriptions ?? setting.enumDescriptions;
      expect(descriptions).toHaveLength(setting.enum.length);
      for (const description of descriptions!) expect(said(description)).toMatch(/^[A-Z].*\.$/s);
    });
});

describe('commands', () => {
  const commands: { command: string; title: string; category: string }[] = contributes.commands;
  const names = commands.map(({ command }) => command);
  const menus = Object.entries(
    contributes.menus as Record<string, { command?: string; when?: string; group?: string }[]>,
  );

  it('have titles and one category', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const { command, title, category } of commands) {
      expect(said(title), command).toMatch(/^[A-Z]/);
      expect(said(category), command).toBe('Cellscope');
    }
    expect(new Set(commands.map(({ title }) => said(title))).size).toBe(names.length);
  });

  it('of menus, keys and welcome views are declared', () => {
    const used = [
      ...menus.flatMap(([, items]) => items.flatMap(({ command }) => command ?? [])),
      ...(contributes.keybindings as { command: string }[]).map(({ command }) => command),
      ...[contributes.viewsWelcome, contributes.walkthroughs[0].steps]
        .flat()
        .flatMap(({ contents, description }) =>
          [...said(contents ?? description).matchAll(/command:(cellscope\.\w+)/g)].map(([, command]) => command!),
        ),
    ];
    expect(used.filter((command) => !names.includes(command))).toEqual([]);
  });

  it('by keys of the view leave the keys of a text box alone: Delete while one types in its find box', () => {
    const keys = contributes.keybindings as { command: string; key: string; when: string }[];
    const ofView = keys.filter(({ when }) => when.includes('focusedView'));
    expect(ofView.map(({ key }) => key).sort()).toEqual(['delete', 'f2']);
    for (const { command, when } of ofView) expect(when.split(' && '), command).toContain('!inputFocus');
    for (const { command, when } of keys) expect(when, command).toMatch(/focusedView|editorTextFocus/);
  });

  it('of menus other than the palette stand in a group', () => {
    const loose = menus.flatMap(([menu, items]) =>
      menu === 'commandPalette' || menu.startsWith('webview/')
        ? []
        : items.filter(({ group }) => !group).map(({ command }) => `${menu}: ${command}`),
    );
    expect(loose).toEqual([]);
  });

  it('that the code calls or registers are declared', () => {
    const called = sources.flatMap(({ text }) =>
      [...text.matchAll(/(?:execute|run|executeCommand|registerCommand)\(\s*'(cellscope\.\w+)'/g)].map(
        ([, name]) => name!,
      ),
    );
    expect(called.length).toBeGreaterThan(20);
    expect([...new Set(called)].filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('colours', () => {
  it('have a value for each kind of theme and a description', () => {
    for (const { id, description, defaults } of contributes.colors) {
      expect(Object.keys(defaults).sort(), id).toEqual(['dark', 'highContrast', 'highContrastLight', 'light']);
      expect(said(description), id).toMatch(/^[A-Z].*\.$/s);
    }
  });
});

describe('the gallery', () => {
  it('finds what it shows', () => {
    expect(existsSync(path.join(root, manifest.icon))).toBe(true);
    expect(said(manifest.description).length).toBeLessThan(250);
    expect(manifest.keywords.length).toBeLessThanOrEqual(30);
    const known = [
      'AI',
      'Data Science',
      'Education',
      'Machine Learning',
      'Visualization',
      'Programming Languages',
      'Other',
    ];
    for (const category of manifest.categories) expect(known).toContain(category);
    for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'THIRD_PARTY_NOTICES.md'])
      expect(existsSync(path.join(root, file)), file).toBe(true);
  });
});
