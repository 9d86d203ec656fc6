import { isHostObject, JsonArray, type JavaValue, NumberLiteral, TemplateFailure } from './java-value';

/** Punctuation, string, number or word. A string is one loop inside another, which needs no stack however long it is. */
const TOKEN =
  /[ \t\n\r]*(?:([{}[\]:,])|("[^"\\\0-\x1f]*(?:\\[^\0-\x1f][^"\\\0-\x1f]*)*")|(-?\d[\d.eE+-]*)|(true|false|null))/y;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const MAX_DEPTH = 1000;

/**
 * Parses JSON (RFC 8259) to values that print back exactly: numbers keep their digits, objects their order, and of a
 * repeated key the last value wins.
 *
 * @throws SyntaxError if the text is not JSON, or nested deeper than 1000 levels (Jackson's limit)
 */
export function parseJsonText(text: string): JavaValue {
  return new JsonReader(text).document();
}

class JsonReader {
  private position = 0;

  constructor(private readonly text: string) {}

  document(): JavaValue {
    const value = this.value(this.token(), 0);
    if (/[^ \t\n\r]/.test(this.text.slice(this.position))) throw this.unexpected(this.position);
    return value;
  }

  private value(token: string, depth: number): JavaValue {
    if (depth > MAX_DEPTH) throw new SyntaxError(`JSON is nested deeper than ${MAX_DEPTH} levels`);
    if (token === '{') return this.object(depth);
    if (token === '[') return this.array(depth);
    if (token.startsWith('"')) return this.string(token);
    if (token === 'true' || token === 'false') return token === 'true';
    if (token === 'null') return null;
    if (!NUMBER.test(token)) throw this.unexpected(this.position - token.length);
    return String(Number(token)) === token ? Number(token) : new NumberLiteral(token);
  }

  private object(depth: number): JavaValue {
    const object = new Map<string, JavaValue>();
    let token = this.token();
    if (token === '}') return object;
    for (;;) {
      if (!token.startsWith('"')) throw this.unexpected(this.position - token.length);
      const key = this.string(token);
      this.expect(':');
      object.set(key, this.value(this.token(), depth + 1));
      if (this.separator('}') === '}') return object;
      token = this.token();
    }
  }

  private array(depth: number): JavaValue {
    const array = new JsonArray();
    let token = this.token();
    if (token === ']') return array;
    for (;;) {
      array.push(this.value(token, depth + 1));
      if (this.separator(']') === ']') return array;
      token = this.token();
    }
  }

  private string(token: string): string {
    return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
  }

  private separator(close: string): string {
    const token = this.token();
    if (token !== ',' && token !== close) throw this.unexpected(this.position - token.length);
    return token;
  }

  private expect(punctuation: string): void {
    const token = this.token();
    if (token !== punctuation) throw this.unexpected(this.position - token.length);
  }

  private token(): string {
    TOKEN.lastIndex = this.position;
    const match = TOKEN.exec(this.text);
    if (!match) throw this.unexpected(this.position);
    this.position = TOKEN.lastIndex;
    return (match[1] ?? match[2] ?? match[3] ?? match[4])!;
  }

  private unexpected(position: number): SyntaxError {
    const found = this.text.slice(position).trimStart().slice(0, 1);
    return new SyntaxError(
      found ? `Unexpected character '${found}' at position ${position}` : 'Unexpected end-of-input',
    );
  }
}

/** Writes JSON as Jackson does: no spaces, nothing escaped but what JSON demands. */
export function toJsonText(value: JavaValue): string {
  if (value instanceof NumberLiteral) return value.text;
  if (Array.isArray(value)) return `[${value.map(toJsonText).join(',')}]`;
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => `${JSON.stringify(key)}:${toJsonText(member)}`);
    return `{${members.join(',')}}`;
  }
  if (isHostObject(value)) throw new TemplateFailure('A variable of API Gateway has no JSON form');
  return JSON.stringify(value);
}
