/** A small parser for command-line arguments: flags, options with values, and positionals. */

export interface FlagSpec {
  type: 'boolean' | 'string' | 'number';
  alias?: string;
  required?: boolean;
  fallback?: boolean | string | number;
}

export interface ParsedArgs {
  values: Map<string, boolean | string | number>;
  positionals: string[];
  errors: string[];
}

function findSpec(specs: Record<string, FlagSpec>, name: string): [string, FlagSpec] | undefined {
  if (specs[name]) {
    return [name, specs[name]];
  }
  for (const [key, spec] of Object.entries(specs)) {
    if (spec.alias === name) {
      return [key, spec];
    }
  }
  return undefined;
}

export function parseArgs(argv: string[], specs: Record<string, FlagSpec>): ParsedArgs {
  const result: ParsedArgs = { values: new Map(), positionals: [], errors: [] };
  let index = 0;
  let onlyPositionals = false;

  while (index < argv.length) {
    const token = argv[index++];
    if (onlyPositionals || !token.startsWith('-') || token === '-') {
      result.positionals.push(token);
      continue;
    }
    if (token === '--') {
      // Everything after a bare double dash is taken as it is.
      onlyPositionals = true;
      continue;
    }

    const body = token.startsWith('--') ? token.slice(2) : token.slice(1);
    const equals = body.indexOf('=');
    const name = equals >= 0 ? body.slice(0, equals) : body;
    const negated = name.startsWith('no-') && findSpec(specs, name) === undefined;
    const found = findSpec(specs, negated ? name.slice(3) : name);
    if (!found) {
      result.errors.push(`unknown option "${token}"`);
      continue;
    }

    const [key, spec] = found;
    if (spec.type === 'boolean') {
      if (equals >= 0) {
        result.errors.push(`option "--${key}" takes no value`);
      } else {
        result.values.set(key, !negated);
      }
      continue;
    }

    let text = equals >= 0 ? body.slice(equals + 1) : undefined;
    if (text === undefined && index < argv.length) {
      text = argv[index++];
    }
    if (text === undefined) {
      result.errors.push(`option "--${key}" needs a value`);
    } else if (spec.type === 'number') {
      const number = Number(text);
      if (Number.isNaN(number)) {
        result.errors.push(`option "--${key}" needs a number, got "${text}"`);
      } else {
        result.values.set(key, number);
      }
    } else {
      result.values.set(key, text);
    }
  }

  for (const [key, spec] of Object.entries(specs)) {
    if (result.values.has(key)) continue;
    if (spec.fallback !== undefined) {
      result.values.set(key, spec.fallback);
    } else if (spec.required) {
      result.errors.push(`option "--${key}" is required`);
    }
  }
  return result;
}

export function formatHelp(program: string, specs: Record<string, FlagSpec>): string {
  const lines = [`usage: ${program} [options] [files]`, '', 'options:'];
  const names = Object.keys(specs).sort();
  const width = Math.max(0, ...names.map((name) => name.length));
  for (const name of names) {
    const spec = specs[name];
    const alias = spec.alias ? `-${spec.alias}, ` : '    ';
    const fallback = spec.fallback === undefined ? '' : ` (default: ${JSON.stringify(spec.fallback)})`;
    lines.push(`  ${alias}--${name.padEnd(width)}  ${spec.type}${fallback}`);
  }
  return lines.join('\n');
}
