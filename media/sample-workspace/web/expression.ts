/** Arithmetic expressions: a tokenizer, a precedence-climbing parser, and an evaluator with variables and functions. */

type Token =
  | { kind: 'number'; value: number; at: number }
  | { kind: 'name'; value: string; at: number }
  | { kind: 'symbol'; value: string; at: number }
  | { kind: 'end'; at: number };

export type Expression =
  | { kind: 'number'; value: number }
  | { kind: 'variable'; name: string }
  | { kind: 'unary'; operator: '-' | '+'; operand: Expression }
  | { kind: 'binary'; operator: string; left: Expression; right: Expression }
  | { kind: 'call'; name: string; args: Expression[] };

const precedence: Record<string, number> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 3 };

export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const char = source[at];
    if (char === ' ' || char === '\t' || char === '\n') {
      at++;
    } else if (/[0-9.]/.test(char)) {
      const match = /^\d*\.?\d+(?:[eE][+-]?\d+)?/.exec(source.slice(at));
      if (!match) throw new SyntaxError(`a number is malformed at ${at}`);
      tokens.push({ kind: 'number', value: Number(match[0]), at });
      at += match[0].length;
    } else if (/[A-Za-z_]/.test(char)) {
      const match = /^[A-Za-z_][A-Za-z0-9_]*/.exec(source.slice(at))!;
      tokens.push({ kind: 'name', value: match[0], at });
      at += match[0].length;
    } else if ('+-*/%^(),'.includes(char)) {
      tokens.push({ kind: 'symbol', value: char, at });
      at++;
    } else {
      throw new SyntaxError(`unexpected "${char}" at ${at}`);
    }
  }
  tokens.push({ kind: 'end', at });
  return tokens;
}

export function parse(source: string): Expression {
  const tokens = tokenize(source);
  let next = 0;

  const isSymbol = (value: string): boolean => {
    const token = tokens[next];
    return token.kind === 'symbol' && token.value === value;
  };
  const expect = (value: string): void => {
    if (!isSymbol(value)) {
      throw new SyntaxError(`expected "${value}" at ${tokens[next].at}`);
    }
    next++;
  };

  function primary(): Expression {
    const token = tokens[next++];
    if (token.kind === 'number') return { kind: 'number', value: token.value };
    if (token.kind === 'name') {
      if (!isSymbol('(')) return { kind: 'variable', name: token.value };
      next++;
      const args: Expression[] = [];
      if (!isSymbol(')')) {
        args.push(climb(1));
        while (isSymbol(',')) {
          next++;
          args.push(climb(1));
        }
      }
      expect(')');
      return { kind: 'call', name: token.value, args };
    }
    if (token.kind === 'symbol' && token.value === '(') {
      const inner = climb(1);
      expect(')');
      return inner;
    }
    if (token.kind === 'symbol' && (token.value === '-' || token.value === '+')) {
      return { kind: 'unary', operator: token.value, operand: climb(3) };
    }
    throw new SyntaxError(token.kind === 'end' ? 'the expression ends too early' : `unexpected token at ${token.at}`);
  }

  function climb(minimum: number): Expression {
    let left = primary();
    for (;;) {
      const token = tokens[next];
      if (token.kind !== 'symbol') break;
      const level = precedence[token.value];
      if (level === undefined || level < minimum) break;
      next++;
      // The power binds to the right: 2^3^2 is 2^(3^2).
      const right = climb(token.value === '^' ? level : level + 1);
      left = { kind: 'binary', operator: token.value, left, right };
    }
    return left;
  }

  const expression = climb(1);
  if (tokens[next].kind !== 'end') {
    throw new SyntaxError(`unexpected text at ${tokens[next].at}`);
  }
  return expression;
}

const functions: Record<string, (...values: number[]) => number> = {
  abs: Math.abs,
  max: Math.max,
  min: Math.min,
  round: Math.round,
  sqrt: Math.sqrt,
  sum: (...values) => values.reduce((total, value) => total + value, 0),
};

export function evaluate(expression: Expression, variables: Record<string, number> = {}): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'variable':
      if (!(expression.name in variables)) {
        throw new ReferenceError(`"${expression.name}" has no value`);
      }
      return variables[expression.name];
    case 'unary': {
      const value = evaluate(expression.operand, variables);
      return expression.operator === '-' ? -value : value;
    }
    case 'call': {
      const call = functions[expression.name];
      if (!call) throw new ReferenceError(`there is no function "${expression.name}"`);
      return call(...expression.args.map((arg) => evaluate(arg, variables)));
    }
    case 'binary': {
      const left = evaluate(expression.left, variables);
      const right = evaluate(expression.right, variables);
      if (expression.operator === '+') return left + right;
      if (expression.operator === '-') return left - right;
      if (expression.operator === '*') return left * right;
      if (expression.operator === '^') return left ** right;
      if (right === 0) throw new RangeError('division by zero');
      return expression.operator === '/' ? left / right : left % right;
    }
  }
}
