import { UnsupportedLocally } from '../aws/aws-service';
import { toJavaString } from './velocity/java-string';
import { type HostObject, type JavaMap, type JavaValue } from './velocity/java-value';
import { readJsonPath } from './velocity/json-path';
import { parseJsonText, toJsonText } from './velocity/json-text';

/** The parameters of the method request, single-valued as templates see them: of a repeated one, the last. */
export interface MethodRequestParameters {
  readonly path: Readonly<Record<string, string>>;
  readonly querystring: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly header: Readonly<Record<string, string>>;
  /** How the client wrote the names of the headers, by the name in lower case. @default in lower case */
  readonly headerNames?: Readonly<Record<string, string>>;
}

/** The headers under the names that the client wrote. */
export function headersAsSent({
  header,
  headerNames = {},
}: MethodRequestParameters): [name: string, value: string][] {
  return Object.entries(header).map(([name, value]) => [headerNames[name] ?? name, value]);
}

/** A body that a template reads with `$input.json` or `$input.path`, but that is not JSON. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/** `$input` of a mapping template. An empty body reads as `{}`, as API Gateway has it. */
export class TemplateInput implements HostObject {
  private readonly text: string;
  private document: { readonly value: JavaValue } | undefined;

  constructor(
    body: string,
    private readonly parameters: MethodRequestParameters,
  ) {
    this.text = body || '{}';
  }

  property(name: string): JavaValue {
    if (name === 'body') return this.text;
    throw new UnsupportedLocally(`$input.${name} in a mapping template`);
  }

  call(method: string, [argument]: readonly JavaValue[]): JavaValue {
    switch (method) {
      case 'json':
        return this.json(toJavaString(argument ?? '$'));
      case 'path':
        return readJsonPath(this.parsed(), toJavaString(argument ?? '$')) ?? null;
      case 'params':
        return argument === undefined ? this.allParameters() : this.parameter(toJavaString(argument));
      default:
        throw new UnsupportedLocally(`$input.${method}() in a mapping template`);
    }
  }

  /** The value as JSON text; `""` where the path leads nowhere. */
  private json(path: string): string {
    const value = readJsonPath(this.parsed(), path);
    return value === undefined ? '""' : toJsonText(value);
  }

  private parsed(): JavaValue {
    if (!this.document) {
      try {
        this.document = { value: parseJsonText(this.text) };
      } catch (error) {
        throw new NotJson((error as Error).message);
      }
    }
    return this.document.value;
  }

  /** A parameter of that name, looked up in the path, the query string and the headers; else a whole group by its type. */
  private parameter(name: string): JavaValue {
    const all = this.allParameters();
    const groups = ['path', 'querystring'].map((type) => all.get(type) as JavaMap);
    const found = groups.find((group) => group.has(name))?.get(name);
    return found ?? this.parameters.header[name.toLowerCase()] ?? all.get(name) ?? '';
  }

  private allParameters(): JavaMap {
    const { path, querystring } = this.parameters;
    return new Map<string, JavaValue>([
      ['path', new Map(Object.entries(path))],
      ['querystring', new Map(Object.entries(querystring))],
      // A map of Java's, which minds the case: a template that asks for one spelling misses the others.
      ['header', new Map(headersAsSent(this.parameters))],
    ]);
  }
}
