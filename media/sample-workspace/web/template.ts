/**
 * Text templates: `{{ name }}` inserts a value, `{{#if name}} … {{else}} … {{/if}}` chooses, `{{#each list}} … {{/each}}`
 * repeats. Dots walk into objects; inside a loop, `this` is the item and `index` its place.
 */

type Node =
  | { kind: 'text'; text: string }
  | { kind: 'value'; path: string; filters: string[] }
  | { kind: 'if'; path: string; negated: boolean; then: Node[]; otherwise: Node[] }
  | { kind: 'each'; path: string; body: Node[]; empty: Node[] };

export type Filter = (value: unknown) => unknown;

const defaultFilters: Record<string, Filter> = {
  upper: (value) => String(value).toUpperCase(),
  lower: (value) => String(value).toLowerCase(),
  trim: (value) => String(value).trim(),
  json: (value) => JSON.stringify(value),
  count: (value) => (Array.isArray(value) ? value.length : 0),
};

export class TemplateError extends Error {}

export function compile(source: string): Node[] {
  const root: Node[] = [];
  const stack: { node: Node | null; target: Node[]; tag: string }[] = [{ node: null, target: root, tag: '' }];
  const pattern = /\{\{\s*([^{}]*?)\s*\}\}/g;
  let last = 0;

  const top = () => stack[stack.length - 1];
  for (let match = pattern.exec(source); match; match = pattern.exec(source)) {
    if (match.index > last) {
      top().target.push({ kind: 'text', text: source.slice(last, match.index) });
    }
    last = match.index + match[0].length;
    const tag = match[1];

    if (tag.startsWith('#if ')) {
      const condition = tag.slice(4).trim();
      const negated = condition.startsWith('not ');
      const path = negated ? condition.slice(4).trim() : condition;
      const node: Node = { kind: 'if', path, negated, then: [], otherwise: [] };
      top().target.push(node);
      stack.push({ node, target: node.then, tag: 'if' });
    } else if (tag.startsWith('#each ')) {
      const node: Node = { kind: 'each', path: tag.slice(6).trim(), body: [], empty: [] };
      top().target.push(node);
      stack.push({ node, target: node.body, tag: 'each' });
    } else if (tag === 'else') {
      const open = top();
      if (open.node?.kind === 'if') open.target = open.node.otherwise;
      else if (open.node?.kind === 'each') open.target = open.node.empty;
      else throw new TemplateError('"else" stands outside of "if" and "each"');
    } else if (tag.startsWith('/')) {
      const open = stack.pop()!;
      if (open.tag !== tag.slice(1)) {
        throw new TemplateError(`"{{${tag}}}" closes "${open.tag || 'nothing'}"`);
      }
    } else if (!tag.startsWith('!')) {
      const [path, ...filters] = tag.split('|').map((part) => part.trim());
      top().target.push({ kind: 'value', path, filters });
    }
  }
  if (stack.length > 1) {
    throw new TemplateError(`"${top().tag}" is not closed`);
  }
  if (last < source.length) root.push({ kind: 'text', text: source.slice(last) });
  return root;
}

function lookUp(scopes: Record<string, unknown>[], path: string): unknown {
  const [first, ...rest] = path.split('.');
  let value: unknown;
  for (let k = scopes.length - 1; k >= 0; k--) {
    if (Object.hasOwn(scopes[k], first)) {
      value = scopes[k][first];
      break;
    }
  }
  for (const name of rest) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function isTruthy(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

export function render(nodes: Node[], data: Record<string, unknown>, filters = defaultFilters): string {
  const write = (list: Node[], scopes: Record<string, unknown>[]): string =>
    list
      .map((node) => {
        if (node.kind === 'text') return node.text;
        const value = lookUp(scopes, node.path);
        if (node.kind === 'value') {
          const filtered = node.filters.reduce<unknown>((result, name) => {
            const filter = filters[name];
            if (!filter) throw new TemplateError(`there is no filter "${name}"`);
            return filter(result);
          }, value);
          return filtered === undefined || filtered === null ? '' : String(filtered);
        }
        if (node.kind === 'if') {
          return write(isTruthy(value) !== node.negated ? node.then : node.otherwise, scopes);
        }
        if (!Array.isArray(value) || value.length === 0) return write(node.empty, scopes);
        return value.map((item, index) => write(node.body, [...scopes, { this: item, index }])).join('');
      })
      .join('');
  return write(nodes, [data]);
}
