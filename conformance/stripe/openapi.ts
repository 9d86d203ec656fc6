import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';

/** An OpenAPI 3.0 description, as far as Stripe's needs reading. */
export interface Specification {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface OperationObject {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

type Schema = Readonly<Record<string, unknown>>;

export interface Request {
  readonly method: string;
  readonly path: string;
  /** Form-encoded. */
  readonly query: string;
  /** Form-encoded. */
  readonly body: string;
}

const FORM = 'application/x-www-form-urlencoded';

/** Says what of a request or an answer the description does not have. */
export class OpenApi {
  readonly version: string;
  private readonly requests: Ajv;
  private readonly answers: Ajv;
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly specification: Specification) {
    this.version = specification.info.version;
    const schemas = closed(specification.components.schemas);
    // A form has texts alone.
    this.requests = ajv({ coerceTypes: true }).addSchema({ $id: 'stripe', components: { schemas } });
    this.answers = ajv({}).addSchema({ $id: 'stripe', components: { schemas } });
  }

  /** Its own problems, in words; none where the description has such a request. */
  problemsOfRequest({ method, path, query, body }: Request): string[] {
    const found = this.operationOf(method, path);
    if (!found) return [`there is no ${method} ${path}`];
    const { template, operation, pathParameters } = found;
    const { parameters = [], requestBody } = operation;
    const inPlace = (place: string) => {
      const those = parameters.filter((parameter) => parameter.in === place);
      return {
        type: 'object',
        properties: Object.fromEntries(those.map(({ name, schema }) => [name, schema])),
        required: those.filter(({ required }) => required).map(({ name }) => name),
        additionalProperties: false,
      };
    };
    const bodySchema = requestBody?.content[FORM]?.schema ?? inPlace('none');
    return [
      ...this.problems(this.requests, `${method} ${template} path`, inPlace('path'), pathParameters),
      ...this.problems(this.requests, `${method} ${template} query`, inPlace('query'), formValue(query)),
      ...this.problems(this.requests, `${method} ${template} body`, bodySchema, formValue(body)),
    ];
  }

  problemsOfAnswer({ method, path }: Request, status: number, answer: unknown): string[] {
    const found = this.operationOf(method, path);
    if (!found) return [`there is no ${method} ${path}`];
    const { template, operation } = found;
    const response = operation.responses[String(status)] ?? operation.responses.default;
    const schema = response?.content?.['application/json']?.schema;
    if (!schema) return [`${method} ${template} does not answer ${status}`];
    const which = String(status) in operation.responses ? status : 'default';
    return this.problems(this.answers, `${method} ${template} ${which}`, schema, answer);
  }

  /** Of an event, and of the object that it tells of. */
  problemsOfEvent(event: unknown): string[] {
    const { data } = event as { readonly data?: { readonly object?: { readonly object?: string } } };
    const told = data?.object;
    const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
    return [
      ...this.problems(this.answers, 'event', reference('event'), event),
      ...(told?.object
        ? this.problems(this.answers, `event of ${told.object}`, reference(told.object), told)
        : []),
    ];
  }

  private operationOf(method: string, path: string) {
    const wanted = path.split('/');
    const templates = Object.entries(this.specification.paths)
      .map(([template, operations]) => ({ template, operation: operations[method.toLowerCase()] }))
      .filter(({ template, operation }) => {
        const parts = template.split('/');
        return (
          operation &&
          parts.length === wanted.length &&
          parts.every((part, index) => part.startsWith('{') || part === wanted[index])
        );
      })
      // `/v1/refunds/search` before `/v1/refunds/{id}`.
      .sort((one, other) => one.template.split('{').length - other.template.split('{').length);
    const [found] = templates;
    if (!found) return undefined;
    const named = found.template
      .split('/')
      .flatMap((part, index): [string, string][] =>
        part.startsWith('{') ? [[part.slice(1, -1), decodeURIComponent(wanted[index]!)]] : [],
      );
    return {
      template: found.template,
      operation: found.operation!,
      pathParameters: Object.fromEntries(named),
    };
  }

  private problems(validator: Ajv, name: string, schema: Schema, value: unknown): string[] {
    let validate = this.validators.get(name);
    if (!validate) {
      validate = validator.compile(absolute(closed(schema)) as Schema);
      this.validators.set(name, validate);
    }
    if (validate(value)) return [];
    return [...new Set(deepest(validate.errors ?? []).map((error) => wordsOf(error)))];
  }
}

function ajv(options: { readonly coerceTypes?: boolean }): Ajv {
  // Formats are of times and addresses, about which nothing is sent or answered here that the types do not tell.
  return new Ajv({ strict: false, allErrors: true, validateFormats: false, inlineRefs: false, ...options });
}

/**
 * As JSON Schema, and closed: Stripe's answers have no member that its description does not have, and it refuses parameters that
 * it does not know at any depth.
 */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, ...rest } = schema as Schema;
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (name.startsWith('x-') || name === 'description') continue;
    // The names in `properties` are no keywords.
    made[name] = name === 'properties' ? mapped(value as Schema, closed) : closed(value);
  }
  if (typeof rest.properties === 'object' && rest.properties && rest.additionalProperties === undefined) {
    made.additionalProperties = false;
  }
  return nullable === true ? { anyOf: [made, { type: 'null' }] } : made;
}

function mapped(object: Schema, change: (value: unknown) => unknown): Schema {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

/** References to the components, from a schema outside them. */
function absolute(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(absolute);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref } = schema as { $ref?: unknown };
  if (typeof $ref === 'string') return { $ref: `stripe${$ref}` };
  return mapped(schema as Schema, absolute);
}

/** Of alternatives, each of which has its errors, the one that came farthest. */
function deepest(errors: readonly ErrorObject[]): ErrorObject[] {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split('/').length;
  const least = Math.max(...errors.map(depth));
  const alternatives = errors.some(({ keyword }) => keyword === 'anyOf');
  return errors.filter((error) => !alternatives || depth(error) === least);
}

function wordsOf({ instancePath, message = '', params }: ErrorObject): string {
  const { additionalProperty, allowedValues } = params as {
    readonly additionalProperty?: string;
    readonly allowedValues?: readonly unknown[];
  };
  const more = additionalProperty ?? (allowedValues && allowedValues.join(', '));
  return `${instancePath.replace(/\/\d+(?=\/|$)/g, '/*')} ${message}${more === undefined ? '' : `: ${more}`}`.trim();
}

/** `a[b][0]=c` as `{ a: { b: ['c'] } }`. */
export function formValue(form: string): unknown {
  const root: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(form)) {
    const names = key.split('[').map((part) => part.replace(/\]$/, ''));
    let at: Record<string, unknown> = root;
    names.forEach((name, index) => {
      const unused = name === '' ? String(Object.keys(at).length) : name;
      if (index === names.length - 1) at[unused] = value;
      else at = (at[unused] ??= {}) as Record<string, unknown>;
    });
  }
  return withLists(root);
}

function withLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const made = mapped(value as Schema, withLists);
  const names = Object.keys(made);
  const isList = names.length > 0 && names.every((name, index) => name === String(index));
  return isList ? Object.values(made) : made;
}
