/**
 * Parsing with tree-sitter's WebAssembly grammars, in slices. The bytes come from an injected reader: the core knows no
 * paths. Positions leave here as characters; tree-sitter counts UTF-16 units.
 */
import { Edit, Language, Parser, type Point, type Tree } from 'web-tree-sitter';
import { t } from '../words.ts';
import { type ConceptDocument, characterIndices, codePoints } from './concept.ts';
import { type Grammar, grammarFiles, grammarOf, parserFile } from './languages.ts';
import { SyntaxTree } from './syntax-tree.ts';

/** Reads a file of `dist/grammars/`. */
export type GrammarReader = (file: string) => Promise<Uint8Array>;

/** What happens between two slices of work of a few milliseconds: others have their turn; it throws where nobody wants the rest. */
export type Breathe = () => Promise<void>;

const goOn: Breathe = async () => {};
/**
 * How often the parser asks whether to go on, and nodes that are flattened, between two breaths: some ten milliseconds each. Not a time:
 * where a text has errors the parser may mend them differently after a stop, and labels must not depend on how busy the machine is.
 */
const parsingSlice = 128;
const nodesOfASlice = 8192;

/** A change in UTF-16 offsets of the text before it. */
export interface SyntaxEdit {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

let runtime: Promise<void> | null = null;

/** Loads grammars when they are first needed and keeps them. */
export class SyntaxParser {
  private readonly read: GrammarReader;
  private readonly loading = new Map<Grammar, Promise<LoadedGrammar>>();

  constructor(read: GrammarReader) {
    this.read = read;
  }

  /** A document ready for labelling. `text` is normalised to LF. Without a grammar for the language there is no tree. */
  async document(language: string, text: string, breathe = goOn): Promise<ConceptDocument> {
    const points = codePoints(text);
    const grammar = grammarOf(language);
    return { language, text, points, tree: grammar ? await (await this.load(grammar)).read(text, breathe) : null };
  }

  /** A document that will be edited: it is parsed again only around each change. Null where there is no grammar. */
  async open(language: string, text: string, breathe = goOn): Promise<OpenDocument | null> {
    const grammar = grammarOf(language);
    if (!grammar) return null;
    const loaded = await this.load(grammar);
    return new OpenDocument(language, text, loaded, await loaded.parse(text, null, breathe));
  }

  private load(grammar: Grammar): Promise<LoadedGrammar> {
    const known = this.loading.get(grammar);
    if (known) return known;
    const loading = this.loadNew(grammar);
    this.loading.set(grammar, loading);
    loading.catch(() => this.loading.delete(grammar));
    return loading;
  }

  private async loadNew(grammar: Grammar): Promise<LoadedGrammar> {
    runtime ??= this.read(parserFile).then((wasmBinary) => Parser.init({ wasmBinary }));
    await runtime.catch((error: unknown) => {
      runtime = null;
      throw error;
    });
    // A view that is exactly the file: the loader takes nothing else.
    return new LoadedGrammar(grammar, await Language.load(new Uint8Array(await this.read(grammarFiles[grammar]))));
  }
}

class LoadedGrammar {
  readonly grammar: Grammar;
  private readonly language: Language;
  private readonly types: readonly string[];
  private readonly named: readonly boolean[];
  private readonly fields: readonly string[];

  constructor(grammar: Grammar, language: Language) {
    this.grammar = grammar;
    this.language = language;
    this.types = Array.from({ length: language.nodeTypeCount }, (_, id) => language.nodeTypeForId(id) ?? '');
    this.named = this.types.map((_, id) => language.nodeTypeIsNamed(id));
    this.fields = language.fields.map((name) => name ?? '');
  }

  async read(text: string, breathe: Breathe): Promise<SyntaxTree> {
    const tree = await this.parse(text, null, breathe);
    try {
      return await this.flatten(tree, text, breathe);
    } finally {
      tree.delete();
    }
  }

  /** `previous`: the tree of the text before an edit, told of it; only what the edit touched is parsed anew. */
  async parse(text: string, previous: Tree | null, breathe: Breathe): Promise<Tree> {
    // One of its own: slices of several texts may take turns.
    const parser = new Parser();
    try {
      parser.setLanguage(this.language);
      for (;;) {
        let asked = 0;
        const progressCallback = (): boolean => ++asked >= parsingSlice;
        // After a stop the same call goes on where it stood.
        const tree = parser.parse(text, previous, { progressCallback });
        if (tree) return tree;
        if (asked < parsingSlice)
          throw new Error(`The ${this.grammar} parser gave no tree for a text of ${text.length} characters.`);
        await breathe();
      }
    } finally {
      parser.delete();
    }
  }

  async flatten(tree: Tree, text: string, breathe: Breathe): Promise<SyntaxTree> {
    const indices = characterIndices(text);
    const type: number[] = [];
    const field: number[] = [];
    const start: number[] = [];
    const end: number[] = [];
    const parent: number[] = [];
    const next: number[] = [];
    const path: number[] = [];
    const cursor = tree.walk();
    const visit = (): void => {
      const node = type.length;
      const { startIndex, endIndex } = cursor;
      type.push(cursor.nodeTypeId);
      field.push(cursor.currentFieldId);
      start.push(indices ? indices[startIndex]! : startIndex);
      end.push(indices ? indices[endIndex]! : endIndex);
      parent.push(path.at(-1) ?? -1);
      next.push(node + 1);
      path.push(node);
    };
    try {
      visit();
      while (path.length > 0) {
        if (type.length % nodesOfASlice === 0) await breathe();
        if (cursor.gotoFirstChild()) {
          visit();
          continue;
        }
        // Leave nodes until one has a next sibling.
        for (;;) {
          next[path.pop()!] = type.length;
          if (path.length === 0) break;
          if (cursor.gotoNextSibling()) {
            visit();
            break;
          }
          cursor.gotoParent();
        }
      }
    } finally {
      cursor.delete();
    }
    return new SyntaxTree({
      grammar: this.grammar,
      types: this.types,
      named: this.named,
      fields: this.fields,
      type: Uint16Array.from(type),
      field: Uint16Array.from(field),
      start: Uint32Array.from(start),
      end: Uint32Array.from(end),
      parent: Int32Array.from(parent),
      next: Uint32Array.from(next),
    });
  }
}

/** A text under edit with its tree: what an edit touches is parsed when it is next asked for. `close` frees the parser's memory. */
export class OpenDocument {
  private readonly language: string;
  private readonly grammar: LoadedGrammar;
  private text: string;
  /** Of the text, or of one before it and told of every edit since. */
  private tree: Tree;
  private isParsed = true;

  constructor(language: string, text: string, grammar: LoadedGrammar, tree: Tree) {
    this.language = language;
    this.text = text;
    this.grammar = grammar;
    this.tree = tree;
  }

  /** Applies a change to the (normalised) text. */
  edit({ rangeOffset, rangeLength, text }: SyntaxEdit): void {
    const before = this.text;
    const rangeEnd = rangeOffset + rangeLength;
    if (!(rangeOffset >= 0 && rangeLength >= 0 && rangeEnd <= before.length))
      throw new RangeError(
        t('The edit covers {0}…{1} in a text of {2}: open the document again.', rangeOffset, rangeEnd, before.length),
      );
    const after = before.slice(0, rangeOffset) + text + before.slice(rangeEnd);
    this.tree.edit(
      new Edit({
        startIndex: rangeOffset,
        oldEndIndex: rangeEnd,
        newEndIndex: rangeOffset + text.length,
        startPosition: pointAt(before, rangeOffset),
        oldEndPosition: pointAt(before, rangeEnd),
        newEndPosition: pointAt(after, rangeOffset + text.length),
      }),
    );
    this.text = after;
    this.isParsed = false;
  }

  /** Makes it this text, by the one change that leads there. */
  update(text: string): void {
    const change = changeBetween(this.text, text);
    if (change) this.edit(change);
  }

  /** The document as it stands, for labelling; with the edits that come while it is parsed. */
  async document(breathe = goOn): Promise<ConceptDocument> {
    while (!this.isParsed) {
      const { text } = this;
      // Edits of the original do not reach a copy that is being read.
      const previous = this.tree.copy();
      const tree = await this.grammar.parse(text, previous, breathe).finally(() => previous.delete());
      if (text !== this.text) {
        tree.delete();
        continue;
      }
      this.tree.delete();
      this.tree = tree;
      this.isParsed = true;
    }
    const { language, text } = this;
    const tree = this.tree.copy();
    const flat = await this.grammar.flatten(tree, text, breathe).finally(() => tree.delete());
    return { language, text, points: codePoints(text), tree: flat };
  }

  close(): void {
    this.tree.delete();
  }
}

/** From the first to the last unit that differs; null where none does. Surrogate pairs stay whole. */
export function changeBetween(before: string, after: string): SyntaxEdit | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (isHigh(before, start - 1)) start--;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end++;
  if (end > 0 && isLow(before, before.length - end)) end--;
  const text = after.slice(start, after.length - end);
  return { rangeOffset: start, rangeLength: before.length - end - start, text };
}

function isHigh(text: string, k: number): boolean {
  return k >= 0 && (text.charCodeAt(k) & 0xfc00) === 0xd800;
}

function isLow(text: string, k: number): boolean {
  return (text.charCodeAt(k) & 0xfc00) === 0xdc00;
}

function pointAt(text: string, offset: number): Point {
  let row = 0;
  let lineStart = 0;
  for (let k = text.indexOf('\n'); k >= 0 && k < offset; k = text.indexOf('\n', k + 1)) {
    row++;
    lineStart = k + 1;
  }
  return { row, column: offset - lineStart };
}
