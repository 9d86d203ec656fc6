import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { connected } from './connected';
import { corsHeaders } from './cors';
import { correlate, logger, referenceIn } from './logger';
import { Problem, problemBody, PROBLEMS, retryAfterSeconds } from './problem';

export interface Route<Dependencies> {
  readonly name: string;
  /** Makes the clients; called once a container. */
  readonly connect: () => Dependencies;
  readonly answer: (
    event: APIGatewayProxyEvent,
    dependencies: Dependencies,
  ) => Promise<APIGatewayProxyResult>;
}

/** The kernel of the API's own routes: run, log, turn a `Problem` into its RFC 9457 answer, and let allowed pages read it. */
export function route<Dependencies>({ name, connect, answer }: Route<Dependencies>) {
  const dependencies = connected(connect);

  return async (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> => {
    const answered = await run(event, context);
    // API Gateway's own test of a method sends null for no headers, whatever the types say.
    const headers = (event.headers as APIGatewayProxyEvent['headers'] | null) ?? {};
    const origin = headers['Origin'] ?? headers['origin'];
    return { ...answered, headers: { ...answered.headers, ...corsHeaders(origin) } };
  };

  async function run(event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> {
    const { purchaseId, orderId } = event.pathParameters ?? {};
    const { requestId } = event.requestContext;
    correlate(context, { route: name }, { requestId, ...referenceIn(purchaseId ?? orderId) });
    try {
      return await answer(event, dependencies());
    } catch (error) {
      if (error instanceof Problem) return problem(error as Problem, purchaseId);
      logger.error(`${name} failed`, { errorName: error instanceof Error ? error.name : 'Error' });
      return json(
        500,
        {
          type: 'about:blank',
          title: 'Something went wrong on our side',
          status: 500,
          detail: 'Error, please retry.',
          code: 'INTERNAL',
        },
        'application/problem+json',
      );
    }
  }
}

export function json(statusCode: number, body: unknown, type = 'application/json'): APIGatewayProxyResult {
  return {
    statusCode,
    headers: { 'Content-Type': type, 'Cache-Control': 'no-store' },
    body: JSON.stringify(body),
  };
}

function problem({ name, message, members }: Problem, purchaseId: string | undefined): APIGatewayProxyResult {
  const { status } = PROBLEMS[name];
  const body = { ...problemBody(name, message, purchaseId), ...members };
  const answer = json(status, body, 'application/problem+json');
  const retryAfter = retryAfterSeconds(PROBLEMS[name]);
  return retryAfter ? { ...answer, headers: { ...answer.headers, 'Retry-After': retryAfter } } : answer;
}
