/** Routes as patterns like `/users/:id/files/*path`; the most specific pattern wins. */

type Segment = { kind: 'literal'; text: string } | { kind: 'parameter'; name: string } | { kind: 'rest'; name: string };

export interface Match<T> {
  handler: T;
  parameters: Record<string, string>;
  query: URLSearchParams;
}

interface Route<T> {
  method: string;
  pattern: string;
  segments: Segment[];
  handler: T;
}

function compile(pattern: string): Segment[] {
  if (!pattern.startsWith('/')) {
    throw new Error(`the pattern "${pattern}" must start with "/"`);
  }
  const names = new Set<string>();
  return pattern
    .split('/')
    .filter((part) => part !== '')
    .map((part, index, all): Segment => {
      const marker = part[0];
      if (marker !== ':' && marker !== '*') return { kind: 'literal', text: part };
      const name = part.slice(1);
      if (name === '' || names.has(name)) {
        throw new Error(`the pattern "${pattern}" has a parameter without a name of its own`);
      }
      names.add(name);
      if (marker === ':') return { kind: 'parameter', name };
      if (index !== all.length - 1) {
        throw new Error(`"*${name}" must be the last part of "${pattern}"`);
      }
      return { kind: 'rest', name };
    });
}

function weight(segment: Segment): number {
  if (segment.kind === 'literal') return 2;
  return segment.kind === 'parameter' ? 1 : 0;
}

function moreSpecific<T>(a: Route<T>, b: Route<T>): number {
  const length = Math.min(a.segments.length, b.segments.length);
  for (let k = 0; k < length; k++) {
    const difference = weight(b.segments[k]) - weight(a.segments[k]);
    if (difference !== 0) return difference;
  }
  return b.segments.length - a.segments.length;
}

export class Router<T> {
  private readonly routes: Route<T>[] = [];

  add(method: string, pattern: string, handler: T): this {
    const route = { method: method.toUpperCase(), pattern, segments: compile(pattern), handler };
    if (this.routes.some((other) => other.method === route.method && other.pattern === pattern)) {
      throw new Error(`there is a route for ${route.method} "${pattern}" already`);
    }
    this.routes.push(route);
    this.routes.sort(moreSpecific);
    return this;
  }

  find(method: string, url: string): Match<T> | null {
    const [path, search = ''] = url.split('?', 2);
    const parts = path.split('/').filter((part) => part !== '');
    for (const route of this.routes) {
      if (route.method !== method.toUpperCase()) continue;
      const parameters = this.match(route.segments, parts);
      if (parameters) {
        return { handler: route.handler, parameters, query: new URLSearchParams(search) };
      }
    }
    return null;
  }

  /** Methods that a path answers to, for an "Allow" header. */
  allowed(url: string): string[] {
    const parts = url.split('?')[0].split('/').filter((part) => part !== '');
    const methods = this.routes.filter((route) => this.match(route.segments, parts)).map((route) => route.method);
    return [...new Set(methods)].sort();
  }

  private match(segments: Segment[], parts: string[]): Record<string, string> | null {
    const parameters: Record<string, string> = {};
    for (let k = 0; k < segments.length; k++) {
      const segment = segments[k];
      if (segment.kind === 'rest') {
        parameters[segment.name] = parts.slice(k).map(decodeURIComponent).join('/');
        return parameters;
      }
      const part = parts[k];
      if (part === undefined) return null;
      if (segment.kind === 'literal') {
        if (segment.text !== part) return null;
      } else {
        parameters[segment.name] = decodeURIComponent(part);
      }
    }
    return segments.length === parts.length ? parameters : null;
  }
}
