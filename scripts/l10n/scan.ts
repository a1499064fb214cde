/** Which texts the sources ask a translation for, by their syntax trees. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Language, type Node, Parser } from 'web-tree-sitter';

const root = path.resolve(import.meta.dirname, '../..');
const modules = path.join(root, 'node_modules');

/** One call of `t`, `vscode.l10n.t` or `translated`. */
export interface Asked {
  /** `src/host/x.ts:12` */
  place: string;
  call: 't' | 'translated';
  /** The first argument where it is one literal. */
  text: string | null;
  /** How many values follow it. */
  values: number;
  /** Asked while the module is loaded: in the host and in workers no language has been set then. */
  early: boolean;
}

export interface SourceFile {
  /** Relative to the repository. */
  file: string;
  source: string;
  tree: Node;
}

/** Every TypeScript file of what the extension runs, parsed. */
export async function parseSources(folders: readonly string[] = ['src', 'webview']): Promise<SourceFile[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .sort()
      .map((name) => path.posix.join(folder, name)),
  );
  return Promise.all(files.map((file) => parseText(file, readFileSync(path.join(root, file), 'utf8'))));
}

let parser: Promise<Parser> | null = null;

async function openParser(): Promise<Parser> {
  await Parser.init({ locateFile: (name: string) => path.join(modules, 'web-tree-sitter', name) });
  const grammar = path.join(modules, '@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm');
  return new Parser().setLanguage(await Language.load(grammar));
}

export async function parseText(file: string, source: string): Promise<SourceFile> {
  parser ??= openParser();
  const tree = (await parser).parse(source);
  if (!tree) throw new Error(`${file} cannot be parsed.`);
  return { file, source, tree: tree.rootNode };
}

/** The value of a string or of a template without substitutions; null for everything else. */
export function literalText(node: Node): string | null {
  if (node.type !== 'string' && node.type !== 'template_string') return null;
  let text = '';
  for (const part of node.namedChildren) {
    if (part?.type === 'string_fragment') text += part.text;
    else if (part?.type === 'escape_sequence') text += unescaped(part.text);
    else return null;
  }
  return text;
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0', '\n': '' };

function unescaped(sequence: string): string {
  const code = /^\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2}))$/i.exec(sequence);
  if (code) return String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16));
  const letter = sequence.slice(1);
  return escapes[letter] ?? letter;
}

const importOfWords = /import\s*\{([^}]*)\}\s*from\s*'(?:\.{1,2}\/)+(?:\w+\/)*words\.ts'/g;

/** What a file asks for: `vscode.l10n.t(…)` everywhere, `t(…)`, `sentence(…)` and `translated(…)` where they are imported from a `words.ts`. */
export function askedTexts({ file, source, tree }: SourceFile): Asked[] {
  const imported = new Set(
    [...source.matchAll(importOfWords)].flatMap(([, names]) => names!.split(',').map((name) => name.trim())),
  );
  return tree.descendantsOfType('call_expression').flatMap((call): Asked[] => {
    const name = call?.childForFieldName('function')?.text ?? '';
    const isT = name === 'vscode.l10n.t' || ((name === 't' || name === 'sentence') && imported.has(name));
    if (!call || !(isT || (name === 'translated' && imported.has(name)))) return [];
    const given = call.childForFieldName('arguments')?.namedChildren.filter((node) => node?.type !== 'comment') ?? [];
    const place = `${file}:${call.startPosition.row + 1}`;
    const text = given[0] ? literalText(given[0]) : null;
    return [{ place, call: isT ? 't' : 'translated', text, values: given.length - 1, early: isEarly(call) }];
  });
}

/** Whether no function stands around a call, and no field of an instance. */
function isEarly(call: Node): boolean {
  for (let node = call.parent; node; node = node.parent)
    if (/function|method_definition|public_field_definition/.test(node.type)) return false;
  return true;
}

/** Calls of VS Code whose texts people read, and the properties of their options. */
const shown =
  /\.(showInformationMessage|showWarningMessage|showErrorMessage|showInputBox|showQuickPick|withProgress|showOpenDialog|showSaveDialog)$/;
const shownProperties = /^(title|placeHolder|prompt|label|detail|description|openLabel|saveLabel|message|tooltip)$/;

/** English literals that such calls show without asking for a translation: `src/host/x.ts:12: 'Text'`. */
export function bareTexts({ file, tree }: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: Node | null, read: boolean): void => {
    if (!node) return;
    const isText = node.type === 'string' || node.type === 'template_string';
    // The product's name is the same in every language.
    if (isText && read && /\p{L}{2}/u.test(node.text.replace(/\$\{[^}]*\}|Cellscope/g, '')))
      found.push(`${file}:${node.startPosition.row + 1}: ${node.text}`);
    if (isText || /^(call_expression|arrow_function|function_expression|comment)$/.test(node.type)) return;
    if (node.type === 'pair') {
      const key = node.childForFieldName('key')?.text ?? '';
      visit(node.childForFieldName('value'), shownProperties.test(key));
    } else if (node.type === 'ternary_expression') {
      visit(node.childForFieldName('consequence'), read);
      visit(node.childForFieldName('alternative'), read);
    } else if (node.type === 'object') for (const child of node.namedChildren) visit(child, false);
    else for (const child of node.namedChildren) visit(child, read);
  };
  for (const call of tree.descendantsOfType('call_expression')) {
    if (!shown.test(call?.childForFieldName('function')?.text ?? '')) continue;
    for (const argument of call?.childForFieldName('arguments')?.namedChildren ?? []) visit(argument, true);
  }
  return found;
}
