/**
 * Parsing with tree-sitter's WebAssembly grammars. The bytes come from an injected reader: the core knows no paths.
 * Positions leave here as characters; tree-sitter counts UTF-16 units.
 */
import { Edit, Language, Parser, type Point, type Tree } from 'web-tree-sitter';
import { type ConceptDocument, characterIndices, codePoints } from './concept.ts';
import { type Grammar, grammarFiles, grammarOf, parserFile } from './languages.ts';
import { SyntaxTree } from './syntax-tree.ts';

/** Reads a file of `dist/grammars/`. */
export type GrammarReader = (file: string) => Promise<Uint8Array>;

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
  async document(language: string, text: string): Promise<ConceptDocument> {
    const points = codePoints(text);
    const grammar = grammarOf(language);
    return { language, text, points, tree: grammar ? (await this.load(grammar)).parse(text) : null };
  }

  /** A document that will be edited: it is parsed again only around each change. Null where there is no grammar. */
  async open(language: string, text: string): Promise<OpenDocument | null> {
    const grammar = grammarOf(language);
    return grammar ? new OpenDocument(language, text, await this.load(grammar)) : null;
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
  private readonly parser = new Parser();
  private readonly types: readonly string[];
  private readonly named: readonly boolean[];
  private readonly fields: readonly string[];

  constructor(grammar: Grammar, language: Language) {
    this.grammar = grammar;
    this.parser.setLanguage(language);
    this.types = Array.from({ length: language.nodeTypeCount }, (_, id) => language.nodeTypeForId(id) ?? '');
    this.named = this.types.map((_, id) => language.nodeTypeIsNamed(id));
    this.fields = language.fields.map((name) => name ?? '');
  }

  parse(text: string): SyntaxTree {
    const tree = this.parseTree(text, null);
    const flat = this.flatten(tree, text);
    tree.delete();
    return flat;
  }

  parseTree(text: string, previous: Tree | null): Tree {
    const tree = this.parser.parse(text, previous);
    if (!tree) throw new Error(`The ${this.grammar} parser gave no tree for a text of ${text.length} characters.`);
    return tree;
  }

  flatten(tree: Tree, text: string): SyntaxTree {
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
    visit();
    while (path.length > 0) {
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
    cursor.delete();
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

/** A text under edit with its tree. `close` frees the parser's memory. */
export class OpenDocument {
  private readonly language: string;
  private readonly grammar: LoadedGrammar;
  private text: string;
  private tree: Tree;

  constructor(language: string, text: string, grammar: LoadedGrammar) {
    this.language = language;
    this.text = text;
    this.grammar = grammar;
    this.tree = grammar.parseTree(text, null);
  }

  /** Applies a change to the (normalised) text and parses what it touches. */
  edit({ rangeOffset, rangeLength, text }: SyntaxEdit): void {
    const before = this.text;
    const rangeEnd = rangeOffset + rangeLength;
    if (!(rangeOffset >= 0 && rangeLength >= 0 && rangeEnd <= before.length))
      throw new RangeError(
        `The edit covers ${rangeOffset}…${rangeEnd} in a text of ${before.length}: open the document again.`,
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
    const tree = this.grammar.parseTree(after, this.tree);
    this.tree.delete();
    this.tree = tree;
    this.text = after;
  }

  /** The document as it stands, for labelling. */
  document(): ConceptDocument {
    const { language, text } = this;
    return { language, text, points: codePoints(text), tree: this.grammar.flatten(this.tree, text) };
  }

  close(): void {
    this.tree.delete();
  }
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
