import { type AwsRequest } from '../aws/aws-service';
import { type HttpHandler, type HttpResponse } from './http-server';
import { isForeignChange } from './own-requests';

/** @param parameters the decoded parts of the path that stand for a `*` of the route, in order */
export type Route = (
  parameters: readonly string[],
  request: AwsRequest,
) => Promise<HttpResponse | undefined> | HttpResponse | undefined;

/** Routes by method and path, where `*` is one part of the path: `PUT /local/faults/*`. */
export type Routes = Readonly<Record<string, Route>>;

/** Refuses a request with status 400, in these words. */
export class BadRequest extends Error {}

/** Answers every request below `/local/`: what has no route is answered with what there is. */
export function serveRoutes(routes: Routes): HttpHandler {
  const patterns = Object.entries(routes).map(([name, route]) => ({ parts: name.split(/[ /]/), route }));
  const names = Object.keys(routes).join(', ');

  return async (request) => {
    const { method, path } = request;
    if (!path.startsWith('/local/')) return undefined;
    if (isForeignChange(request)) {
      return refusal(403, 'The controls are not for pages from elsewhere.');
    }
    const asked = [method, ...path.split('/')];
    const found = patterns.find(({ parts }) => matches(parts, asked));
    if (!found) return refusal(404, `There is no ${method} ${path}. There are: ${names}.`);
    const parameters = asked.filter((_, index) => found.parts[index] === '*').map(decoded);
    try {
      return (await found.route(parameters, request)) ?? refusal(404, `There is no ${parameters.join(' ')}.`);
    } catch (error) {
      if (error instanceof BadRequest) return refusal(400, error.message);
      throw error;
    }
  };
}

function matches(parts: readonly string[], asked: readonly string[]): boolean {
  return (
    parts.length === asked.length &&
    parts.every((part, index) => (part === '*' ? asked[index] !== '' : part === asked[index]))
  );
}

/** A part of the path; as it stands, if it is not percent-encoded text. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The body as an object. @throws BadRequest when it is none */
export function bodyOf<Body extends object>({ body }: AwsRequest): Partial<Body> {
  try {
    const value: unknown = JSON.parse(body.toString() || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Answered as any other body that is no object.
  }
  throw new BadRequest('The body must be a JSON object.');
}

/** How many the query asks for; all of them when it does not say. @throws BadRequest for what is no count */
export function limitOf({ query }: AwsRequest): number {
  const limit = query.get('limit');
  if (limit === null) return Infinity;
  if (/^[1-9]\d*$/.test(limit)) return Number(limit);
  throw new BadRequest(`limit must be a positive whole number, not "${limit}".`);
}

/** Indented, because people read it too; `indent` 0 is for what is large and read by a page alone. */
export function json(statusCode: number, value: object, indent = 2): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(value, null, indent) + '\n',
  };
}

export const NO_CONTENT: HttpResponse = { statusCode: 204 };

export function refusal(status: 400 | 403 | 404 | 409, detail: string): HttpResponse {
  const titles = {
    400: 'The request is not valid',
    403: 'Not allowed',
    404: 'Not found',
    409: 'Too late',
  };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: 'about:blank', title: titles[status], status, detail }) + '\n',
  };
}
