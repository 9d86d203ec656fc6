import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';

/** What Lambda passes beside the event. */
export const CONTEXT = {
  functionName: 'function',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:function',
  memoryLimitInMB: '512',
  awsRequestId: 'request',
  getRemainingTimeInMillis: () => 30_000,
} satisfies Partial<Context> as Context;

/** A request as the REST API's proxy integration passes it on: the fields the routes read. */
export function apiRequest(
  request: Partial<Pick<APIGatewayProxyEvent, 'pathParameters' | 'queryStringParameters' | 'body'>> = {},
): APIGatewayProxyEvent {
  return {
    pathParameters: null,
    queryStringParameters: null,
    body: null,
    headers: {},
    requestContext: { requestId: 'request' },
    ...request,
  } as APIGatewayProxyEvent;
}

/** Status and decoded body of a route's answer. */
export function answerOf({ statusCode, headers, body }: APIGatewayProxyResult) {
  return { statusCode, contentType: headers?.['Content-Type'], body: JSON.parse(body) };
}
