import type { Grammar } from './languages.ts';

/** What a flattened tree is built from, in preorder. */
export interface FlatNodes {
  grammar: Grammar;
  /** Node type by type id; anonymous types stand under other ids than named ones of the same spelling. */
  types: readonly string[];
  named: readonly boolean[];
  /** Field name by field id, '' for none. */
  fields: readonly string[];
  /** [nodes] each. Positions are characters, end exclusive. */
  type: Uint16Array;
  field: Uint16Array;
  start: Uint32Array;
  end: Uint32Array;
  /** Index of the parent, −1 for the root. */
  parent: Int32Array;
  /** Index after the node's last descendant. */
  next: Uint32Array;
}

/**
 * A syntax tree as flat arrays in preorder: parents before children, a node's descendants are the indices
 * n + 1 … next[n] − 1. Labellings run over it any number of times without touching the parser again.
 */
export class SyntaxTree {
  readonly grammar: Grammar;
  readonly size: number;
  private readonly nodes: FlatNodes;
  private readonly sets = new Map<readonly string[], Uint8Array>();

  constructor(nodes: FlatNodes) {
    this.grammar = nodes.grammar;
    this.size = nodes.type.length;
    this.nodes = nodes;
  }

  type(node: number): string {
    return this.nodes.types[this.nodes.type[node]!] ?? 'ERROR';
  }

  /** False for tokens that the grammar spells out: `if`, `(`, `"`. */
  named(node: number): boolean {
    return this.nodes.named[this.nodes.type[node]!] ?? true;
  }

  field(node: number): string {
    return this.nodes.fields[this.nodes.field[node]!] ?? '';
  }

  start(node: number): number {
    return this.nodes.start[node]!;
  }

  end(node: number): number {
    return this.nodes.end[node]!;
  }

  parent(node: number): number {
    return this.nodes.parent[node]!;
  }

  /** Index after the node's last descendant. */
  next(node: number): number {
    return this.nodes.next[node]!;
  }

  children(node: number): number[] {
    const children: number[] = [];
    for (let child = node + 1; child < this.nodes.next[node]!; child = this.nodes.next[child]!) children.push(child);
    return children;
  }

  isLeaf(node: number): boolean {
    return this.nodes.next[node] === node + 1;
  }

  childByField(node: number, field: string): number | null {
    return this.children(node).find((child) => this.field(child) === field) ?? null;
  }

  /** First child that is this token and really stands in the text (a parser also invents missing ones). */
  token(node: number, ...spellings: string[]): number | null {
    return (
      this.children(node).find(
        (child) => !this.named(child) && this.end(child) > this.start(child) && spellings.includes(this.type(child)),
      ) ?? null
    );
  }

  /** Named nodes of the given types, parents first. Pass the same array again: its look-up table is kept. */
  *ofTypes(types: readonly string[]): Generator<number> {
    let wanted = this.sets.get(types);
    if (!wanted) {
      const { named, types: spellings } = this.nodes;
      wanted = Uint8Array.from(spellings, (spelling, id) => (named[id] && types.includes(spelling) ? 1 : 0));
      this.sets.set(types, wanted);
    }
    const ids = this.nodes.type;
    for (let node = 0; node < this.size; node++) if (wanted[ids[node]!] === 1) yield node;
  }

  /** Tokens that the grammar spells out and that stand in the text, in order. */
  *tokens(): Generator<number> {
    const { type, named, start, end } = this.nodes;
    for (let node = 0; node < this.size; node++)
      if (named[type[node]!] === false && start[node]! < end[node]!) yield node;
  }
}
