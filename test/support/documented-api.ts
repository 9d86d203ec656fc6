import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { openApiDocument } from '../../lib/api/openapi';
import { type Answer } from '../../harness/eventpro-client';

interface Response {
  readonly content?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
}

type Operations = Readonly<Record<string, { readonly responses?: Readonly<Record<string, Response>> }>>;

const document = openApiDocument('/api') as { paths: Readonly<Record<string, Operations>> };

/** By 2020-12, which is OpenAPI 3.1's dialect. Formats are asserted by patterns. */
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ $id: 'api', ...document });
const compiled = new Map<string, ValidateFunction>();

/** Fixed segments before variable ones, as API Gateway matches. */
const paths = Object.keys(document.paths)
  .map((path) => ({ path, pattern: new RegExp(`^/*${path.replace(/\{\w+\}/g, '[^/]+')}/*$`) }))
  .sort((a, b) => a.path.split('{').length - b.path.split('{').length);

/**
 * Throws unless an answer of the API is one that its OpenAPI document describes: status, media type, headers and body. What
 * is no operation must be refused as such.
 *
 * @param path below `/api`, without the query string
 */
export function expectDocumented(method: string, path: string, answer: Answer): void {
  const known = paths.find(({ pattern }) => pattern.test(path))?.path;
  const operations = known === undefined ? undefined : document.paths[known]!;
  const operation = operations?.[method.toLowerCase()];
  const said = `${method} ${known ?? path} answered ${answer.status}`;
  if (!operation) {
    // A preflight is of the fetch standard, not of the API.
    const expected = method === 'OPTIONS' ? [204, 403, 405] : [operations ? 405 : 403];
    if (!expected.includes(answer.status)) throw new Error(`${said}, which is no operation of the document`);
    if (answer.status === 405 && !answer.headers.get('allow')) throw new Error(`${said} without Allow`);
    return;
  }
  const response = operation.responses?.[String(answer.status)];
  if (!response) throw new Error(`${said}, which the document does not have: ${answer.text.slice(0, 300)}`);
  for (const [name, { required }] of Object.entries(response.headers ?? {})) {
    if (required && !answer.headers.get(name)) throw new Error(`${said} without the header ${name}`);
  }
  const { content } = response;
  if (!content) {
    if (answer.text !== '') throw new Error(`${said} with a body, which the document does not have`);
    return;
  }
  const mediaType = answer.headers.get('content-type')?.split(';')[0] ?? '';
  if (!Object.hasOwn(content, mediaType))
    throw new Error(`${said} as ${mediaType}, not as ${Object.keys(content).join()}`);
  const pointer = [
    'paths',
    known!,
    method.toLowerCase(),
    'responses',
    String(answer.status),
    'content',
    mediaType,
    'schema',
  ];
  const validate = validator(
    `api#/${pointer.map((part) => encodeURIComponent(part.replaceAll('/', '~1'))).join('/')}`,
  );
  if (!validate(answer.body)) {
    throw new Error(
      `${said} with a body that the document does not describe: ${ajv.errorsText(validate.errors)}`,
    );
  }
}

function validator(reference: string): ValidateFunction {
  let validate = compiled.get(reference);
  if (!validate) compiled.set(reference, (validate = ajv.compile({ $ref: reference })));
  return validate;
}
