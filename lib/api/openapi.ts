import * as z from 'zod/mini';
import { orderIdSchema } from '../../lambda/order/order';
import { CHANNEL_NAMES, CHANNELS } from '../../lambda/purchase/channels';
import { purchaseIdSchema, purchaseRequestSchema } from '../../lambda/purchase/purchase';
import { eventIdSchema } from '../../lambda/shared/event-ids';
import { PROBLEMS, problemType, retryAfterSeconds } from '../../lambda/shared/problem';
import { ticketRefusalSchema } from '../../lambda/ticket/ticket-answers';
import { GATEWAY_PROBLEMS, type GatewayProblem } from './gateway-responses';
import {
  type Answer,
  ANSWERS,
  BODIES,
  methodsOf,
  type Route,
  type RouteName,
  routeOf,
  ROUTES,
} from './routes';

type Json = Record<string, unknown>;

const PATH_PARAMETERS: Readonly<Record<string, z.ZodMiniType>> = {
  eventId: eventIdSchema,
  purchaseId: purchaseIdSchema,
  orderId: orderIdSchema,
  token: z.string(),
};

/** A reference as it is printed, or with blanks, hyphens and small letters. */
const purchaseIdOrReference = z.union([purchaseIdSchema, z.string().check(z.minLength(10))]);

/**
 * The API as an OpenAPI 3.1 document, made from the tables of routes and problems, and from the schemas that validate.
 *
 * @param server URL of the API
 */
export function openApiDocument(server: string): Json {
  const paths: Record<string, Json> = {};
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const route = routeOf(name);
    const item = (paths[route.path] ??= parametersOf(route));
    for (const method of methodsOf(route.method)) item[method.toLowerCase()] = operation(route, method);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'EventPro',
      version: '1',
      summary: 'Ticket checkout with seat selection',
      description:
        'Amounts are integers in minor units of their currency. Times are RFC 3339. Errors are RFC 9457 problems with a `code`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: server }],
    paths,
    components: {
      securitySchemes: {
        sigv4: {
          type: 'http',
          scheme: 'AWS4-HMAC-SHA256',
          description: 'AWS Signature Version 4, service execute-api',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
      schemas: {
        ...schemas(BODIES, 'input'),
        ...schemas(ANSWERS, 'output'),
        Problem: PROBLEM,
      },
    },
  };
}

const { $schema: _, ...reason } = z.toJSONSchema(ticketRefusalSchema);

const PROBLEM = {
  description: 'RFC 9457',
  type: 'object',
  required: ['type', 'title', 'detail', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer', description: 'Left out where API Gateway alone knows it' },
    detail: { type: 'string', description: 'Words for the client' },
    code: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' },
    purchaseId: { type: 'string', description: 'The idempotency key as it was sent, in small letters' },
    amount: { type: 'integer', description: 'Of PRICE_CHANGED: the present price, in minor units' },
    currency: { type: 'string', description: 'Of PRICE_CHANGED' },
    admittedAt: { type: 'string', format: 'date-time', description: 'Of ALREADY_ADMITTED' },
    gate: { type: 'string', description: 'Of ALREADY_ADMITTED: the one that has let somebody in' },
    reason: { ...reason, description: 'Of TICKET_NOT_VALID' },
  },
  additionalProperties: false,
};

function schemas(table: Readonly<Record<string, z.ZodMiniType>>, io: 'input' | 'output'): Json {
  return Object.fromEntries(
    Object.entries(table).map(([name, schema]) => {
      const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, override: sayRefinements });
      return [name, rest];
    }),
  );
}

const { buyer } = purchaseRequestSchema.shape;

/** What the schemas check by code, in the words of JSON Schema. The API's own model leaves it to the saga, which says what is wrong. */
function sayRefinements({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: object }): void {
  if (zodSchema === buyer.shape.name) Object.assign(jsonSchema, { pattern: String.raw`\S` });
  if (zodSchema !== buyer) return;
  const { required, properties } = jsonSchema as { required: string[]; properties: Record<string, object> };
  const needs = CHANNEL_NAMES.map((channel) => ({ channel, address: CHANNELS[channel].address.field }));
  for (const channel of CHANNEL_NAMES) {
    const { field, holds } = CHANNELS[channel].address;
    Object.assign(properties[field]!, { description: `For the channel ${channel}: ${holds}` });
  }
  Object.assign(jsonSchema, {
    allOf: needs
      .filter(({ address }) => !required.includes(address))
      .map(({ channel, address }) => ({
        if: { required: ['channels'], properties: { channels: { contains: { const: channel } } } },
        then: { required: [address], properties: { [address]: {} } },
      })),
  });
}

/** Two routes of one path name what it has in one way. */
function parametersOf({ path, byReference }: ReturnType<typeof routeOf>): Json {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => {
    const schema = byReference ? purchaseIdOrReference : PATH_PARAMETERS[name!];
    if (!schema) throw new Error(`PATH_PARAMETERS does not say what ${name} is in ${path}`);
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
    return { name, in: 'path', required: true, schema: rest };
  });
  return parameters.length > 0 ? { parameters } : {};
}

function operation(route: ReturnType<typeof routeOf>, method: string): Json {
  const { path, summary, signed, body, query = {}, conditions = {}, headers = {}, answers } = route;
  const parameters = [
    ...Object.entries(query).map(([name, description]) => ({
      ...{ name, description, in: 'query', schema: { type: 'string' } },
    })),
    ...Object.entries(conditions).map(([name, description]) => ({
      ...{ name, description, in: 'header', schema: { type: 'string' } },
    })),
    ...Object.entries(headers).map(([name, { description, ...more }]) => ({
      ...{ name, description, in: 'header', required: true, schema: { type: 'string', ...more } },
    })),
  ];
  const isHead = method === 'HEAD';
  return {
    operationId: operationId(method, path),
    summary: isHead ? `${summary} (headers alone)` : summary,
    ...(signed ? { security: [{ sigv4: [] }] } : { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: reference(body) } } },
    }),
    responses: Object.fromEntries([
      ...Object.entries(answers).map(([status, answer]) => [status, success(answer, isHead)]),
      ...Object.entries(problemsOf(route)).map(([status, problems]) => [
        status,
        refusal(Number(status), problems, isHead),
      ]),
    ]),
  };
}

/** What the route refuses and what API Gateway refuses before it, by status. */
function problemsOf(route: Route): Record<string, GatewayProblem[]> {
  const own = route.problems.map((name) => PROBLEMS[name]);
  const gateway = Object.values<GatewayProblem>(GATEWAY_PROBLEMS).filter(({ only }) => !only || route[only]);
  const byStatus: Record<string, GatewayProblem[]> = {};
  for (const problem of [...own, ...gateway]) {
    const same = (byStatus[problem.status] ??= []);
    if (!same.some(({ code }) => code === problem.code)) same.push(problem);
  }
  return byStatus;
}

function success(
  { description, body, mediaType = 'application/json', alsoAs = [], headers = {} }: Answer,
  isHead: boolean,
): Json {
  const entries = Object.entries(headers).map(([name, words]) => [
    name,
    { description: words, required: true, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(entries.length > 0 && { headers: Object.fromEntries(entries) as Json }),
    ...(body &&
      !isHead && {
        content: {
          [mediaType]: { schema: typeof body === 'string' ? reference(body) : body },
          ...Object.fromEntries(alsoAs.map((type) => [type, { schema: { type: 'string' } }])),
        },
      }),
  };
}

function refusal(status: number, problems: readonly GatewayProblem[], isHead: boolean): Json {
  const codes = problems.map(({ code }) => code);
  return {
    description: problems.map(({ code, title }) => `\`${code}\`: ${title}`).join('. '),
    ...(retryAfterSeconds({ status }) && {
      headers: { 'Retry-After': { description: 'Seconds', required: true, schema: { type: 'integer' } } },
    }),
    ...(!isHead && {
      content: {
        'application/problem+json': {
          schema: {
            allOf: [reference('Problem')],
            properties: {
              type: { enum: codes.map(problemType) },
              status: { const: status },
              code: { enum: codes },
            },
          },
        },
      },
    }),
  };
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** `getPurchasesPurchaseIdTicket`: unique, as method and path are. */
function operationId(method: string, path: string): string {
  const words = path.split(/\W+/).filter(Boolean);
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}
