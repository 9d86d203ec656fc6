import { type Fields } from './fields';
import { isEqual, type Json, member } from './json';

type Test = (item: Json) => boolean;
type Operand = (item: Json) => Json | undefined;

const TOKEN =
  /\s*(?:(&&|\|\||==|!=|<=|>=|[<>!()])|(@(?:\.[\p{L}\p{N}_-]+|\['[^']+'\]|\[\d+\])*)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)\b)\s*/uy;

const ORDER: Readonly<Record<string, (one: number | string, other: number | string) => boolean>> = {
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
};

/**
 * Reads the filter of a path, `@.price < 10 && @.name`: comparisons with literals and of paths, whether a path is there,
 * and `&&`, `||`, `!`.
 *
 * @throws UnsupportedLocally for Jayway's other operators
 */
export function filterOf(text: string, fields: Fields): Test {
  const tokens = tokensOf(text, fields);
  let position = 0;
  const accept = (symbol: string): boolean => {
    if (tokens[position]?.symbol !== symbol) return false;
    position++;
    return true;
  };
  const refused = () => fields.unsupported(`the filter ${text}`);

  function anyOf(): Test {
    const left = allOf();
    if (!accept('||')) return left;
    const right = anyOf();
    return (item) => left(item) || right(item);
  }
  function allOf(): Test {
    const left = not();
    if (!accept('&&')) return left;
    const right = allOf();
    return (item) => left(item) && right(item);
  }
  function not(): Test {
    if (accept('!')) {
      const test = not();
      return (item) => !test(item);
    }
    if (accept('(')) {
      const test = anyOf();
      if (!accept(')')) throw refused();
      return test;
    }
    return comparison();
  }
  function comparison(): Test {
    const left = operand();
    const operator = tokens[position]?.symbol ?? '';
    if (operator === '==' || operator === '!=' || operator in ORDER) {
      position++;
      const right = operand();
      return (item) => compare(operator, left(item), right(item));
    }
    return (item) => left(item) !== undefined;
  }
  function operand(): Operand {
    const token = tokens[position++];
    if (!token?.read) throw refused();
    return token.read;
  }

  const test = anyOf();
  if (position < tokens.length) throw refused();
  return test;
}

/** Values of different types are neither equal nor in any order. */
function compare(operator: string, one: Json | undefined, other: Json | undefined): boolean {
  if (operator === '==') return isEqual(one, other);
  if (operator === '!=') return !isEqual(one, other);
  if (typeof one === 'number' && typeof other === 'number') return ORDER[operator]!(one, other);
  return typeof one === 'string' && typeof other === 'string' && ORDER[operator]!(one, other);
}

interface Token {
  readonly symbol?: string;
  readonly read?: Operand;
}

function tokensOf(text: string, fields: Fields): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const [, symbol, path, single, double, number, word] = TOKEN.exec(text) ?? [];
    const quoted = single ?? double;
    if (symbol !== undefined) tokens.push({ symbol });
    else if (path !== undefined) tokens.push({ read: readerOf(path) });
    else if (quoted !== undefined) tokens.push({ read: literal(quoted.replace(/\\(.)/gs, '$1')) });
    else if (number !== undefined) tokens.push({ read: literal(Number(number)) });
    else if (word !== undefined) tokens.push({ read: literal(JSON.parse(word) as Json) });
    else throw fields.unsupported(`the filter ${text}`);
  }
  return tokens;
}

const literal =
  (value: Json): Operand =>
  () =>
    value;

function readerOf(path: string): Operand {
  const keys = [...path.matchAll(/\.([\p{L}\p{N}_-]+)|\['([^']+)'\]|\[(\d+)\]/gu)];
  return (item) =>
    keys.reduce<Json | undefined>((value, [, name, quoted, index]) => {
      if (index !== undefined) return Array.isArray(value) ? value[Number(index)] : undefined;
      return member(value, name ?? quoted ?? '');
    }, item);
}
