import { type GatewayResponseOptions, ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { PROBLEMS, problemType } from '../../lambda/shared/problem';

/**
 * What API Gateway says by itself, as RFC 9457 problems like everything else.
 *
 * @param headers that every answer has, as mapping expressions
 */
export function gatewayResponses(headers: Record<string, string>): GatewayResponseOptions[] {
  const { ValidationFailed, TooManyRequests, OutcomeUnknown } = PROBLEMS;
  const responses = [
    problem(ResponseType.BAD_REQUEST_BODY, {
      ...ValidationFailed,
      detail:
        'The body must be JSON of this shape and no other field: eventId; seats, 1 to 8 different seat ids such as A-12; ' +
        'buyer with name, email and optionally phone (+ and digits), pushEndpoint and channels (of email, sms, push); ' +
        'paymentMethod, pm_… or ctoken_…, for seats that have a price; optionally expectedTotal with amount and currency.',
    }),
    problem(ResponseType.BAD_REQUEST_PARAMETERS, {
      ...ValidationFailed,
      detail: 'The header Idempotency-Key is missing: send a UUID that is new for each purchase.',
    }),
    problem(ResponseType.UNSUPPORTED_MEDIA_TYPE, {
      ...ValidationFailed,
      status: 415,
      detail: 'Send the body as JSON, with the header Content-Type: application/json.',
    }),
    problem(ResponseType.REQUEST_TOO_LARGE, {
      ...ValidationFailed,
      status: 413,
      detail: 'The request is too large.',
    }),
    problem(ResponseType.MISSING_AUTHENTICATION_TOKEN, {
      status: 403,
      code: 'FORBIDDEN',
      title: 'There is no such route, or it needs a signature',
      detail:
        'No public route has this method and path. PUT /events/{eventId} and POST /ticket-checks must be signed (IAM, SigV4).',
    }),
    ...[ResponseType.INVALID_SIGNATURE, ResponseType.ACCESS_DENIED, ResponseType.EXPIRED_TOKEN].map((type) =>
      problem(type, {
        status: 403,
        code: 'FORBIDDEN',
        title: 'The signature does not allow this',
        detail: 'The request is not signed as this route asks, or its signer may not call it.',
      }),
    ),
    problem(ResponseType.THROTTLED, TooManyRequests),
    problem(ResponseType.QUOTA_EXCEEDED, TooManyRequests),
    problem(ResponseType.INTEGRATION_TIMEOUT, OutcomeUnknown),
    problem(ResponseType.INTEGRATION_FAILURE, OutcomeUnknown),
    problem(ResponseType.DEFAULT_4XX, {
      code: 'FORBIDDEN',
      title: 'The request is refused',
      detail: 'The request is refused.',
    }),
    problem(ResponseType.DEFAULT_5XX, {
      code: 'INTERNAL',
      title: 'Something went wrong on our side',
      detail: 'Error, please retry.',
    }),
  ];
  return responses.map((response) => ({
    ...response,
    responseHeaders: { ...response.responseHeaders, ...headers },
  }));
}

/** Without a status the response keeps API Gateway's own, and the body leaves it out: the template cannot know it. */
function problem(
  type: ResponseType,
  { status, code, title, detail }: { status?: number; code: string; title: string; detail: string },
): GatewayResponseOptions {
  return {
    type,
    statusCode: status?.toString(),
    responseHeaders: { 'Content-Type': "'application/problem+json'" },
    templates: {
      'application/json': JSON.stringify({ type: problemType(code), title, status, detail, code }),
    },
  };
}
