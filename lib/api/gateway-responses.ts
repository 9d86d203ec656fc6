import * as z from 'zod/mini';
import { type GatewayResponseOptions, ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { CHANNEL_NAMES, CHANNELS } from '../../lambda/purchase/channels';
import { PROBLEMS, problemType, retryAfterSeconds } from '../../lambda/shared/problem';
import { type RouteName, routeOf, ROUTES } from './routes';

export interface GatewayProblem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Which routes can meet it. @default every route */
  readonly only?: 'body' | 'direct' | 'signed';
  /** API Gateway has a status of its own, which the template cannot know. @default the status is this */
  readonly statusVaries?: true;
}

const { ValidationFailed, TooManyRequests, OutcomeUnknown } = PROBLEMS;
const SIGNED = (Object.keys(ROUTES) as RouteName[]).filter((name) => routeOf(name).signed).join(' and ');
const OPTIONAL_ADDRESSES = CHANNEL_NAMES.map((name) => CHANNELS[name].address)
  .filter(({ schema }) => z.safeParse(schema, undefined).success)
  .map(({ field, holds }) => `${field} (${holds})`)
  .join(', ');
const SIGNATURE_REFUSED = {
  status: 403,
  code: 'FORBIDDEN',
  title: 'The signature does not allow this',
  detail: 'The request is not signed as this route asks, or its signer may not call it.',
  only: 'signed',
} as const;
const INTERNAL = {
  status: 500,
  code: 'INTERNAL',
  title: 'Something went wrong on our side',
  detail: 'Error, please retry.',
  statusVaries: true,
} as const;

/** What API Gateway says by itself, by the type of its gateway response. */
export const GATEWAY_PROBLEMS = {
  BAD_REQUEST_BODY: {
    ...ValidationFailed,
    detail:
      'The body must be JSON of this shape and no other field: eventId; seats, 1 to 8 different seat ids such as A-12; ' +
      `buyer with name, email and optionally ${OPTIONAL_ADDRESSES} and channels (of ${CHANNEL_NAMES.join(', ')}); ` +
      'paymentMethod, pm_… or ctoken_…, for seats that have a price; optionally expectedTotal with amount and currency.',
    only: 'body',
  },
  BAD_REQUEST_PARAMETERS: {
    ...ValidationFailed,
    detail: 'The header Idempotency-Key is missing: send a UUID that is new for each purchase.',
    only: 'body',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    ...ValidationFailed,
    status: 415,
    detail: 'Send the body as JSON, with the header Content-Type: application/json.',
    only: 'direct',
  },
  REQUEST_TOO_LARGE: { ...ValidationFailed, status: 413, detail: 'The request is too large.' },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    code: 'FORBIDDEN',
    title: 'There is no such route, or it needs a signature',
    detail: `No public route has this method and path. ${SIGNED} must be signed (IAM, SigV4).`,
    only: 'signed',
  },
  INVALID_SIGNATURE: SIGNATURE_REFUSED,
  ACCESS_DENIED: SIGNATURE_REFUSED,
  EXPIRED_TOKEN: SIGNATURE_REFUSED,
  THROTTLED: TooManyRequests,
  QUOTA_EXCEEDED: TooManyRequests,
  INTEGRATION_TIMEOUT: OutcomeUnknown,
  INTEGRATION_FAILURE: OutcomeUnknown,
  WAF_FILTERED: {
    status: 403,
    code: 'FORBIDDEN',
    title: 'The firewall refuses the request',
    detail:
      'Too many requests have come from your network within a few minutes, or this one looks like an attack. ' +
      'Please try again in five minutes.',
  },
  DEFAULT_4XX: {
    status: 403,
    code: 'FORBIDDEN',
    title: 'The request is refused',
    detail: 'The request is refused.',
    statusVaries: true,
  },
  // 500, and 502 for a function that crashed.
  DEFAULT_5XX: INTERNAL,
} as const satisfies Readonly<Record<string, GatewayProblem>>;

/**
 * The gateway responses, as RFC 9457 problems like everything else.
 *
 * @param headers that every answer has, as mapping expressions
 */
export function gatewayResponses(headers: Record<string, string>): GatewayResponseOptions[] {
  return Object.entries<GatewayProblem>(GATEWAY_PROBLEMS).map(([type, problem]) => {
    const { code, title, detail, statusVaries } = problem;
    const status = statusVaries ? undefined : problem.status;
    const retryAfter = retryAfterSeconds(problem);
    return {
      type: ResponseType.of(type),
      // Without a status the response keeps API Gateway's own, and the body leaves it out.
      statusCode: status?.toString(),
      responseHeaders: {
        'Content-Type': "'application/problem+json'",
        ...(retryAfter && { 'Retry-After': `'${retryAfter}'` }),
        ...headers,
      },
      templates: {
        'application/json': JSON.stringify({ type: problemType(code), title, status, detail, code }),
      },
    };
  });
}
