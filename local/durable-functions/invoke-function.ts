import { AwsError } from '../aws/aws-error';
import { type AwsResponse, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';
import { executedVersion } from '../lambda/durable-executor';
import { type FunctionPool } from '../lambda/function-pool';
import { type InvocationAnswer } from '../lambda/invocation-answer';
import { type DurableExecutions } from './durable-executions';
import { type ApiRoute } from './durable-routes';
import { invalid } from './operation-rules';

/** What the API takes beside these is refused by name. */
const UNREAD = ['x-amz-client-context', 'x-amz-tenant-id'];

/** "Invoke" (Lambda API Reference, read November 2026). */
const EXECUTION_NAME = /^[\w-]{1,64}$/;

/** `Invoke`: of a durable function it starts an execution, of another one it is an invocation. */
export function invoke(functions: FunctionPool, executions: DurableExecutions): ApiRoute {
  return async (functionName, { headers, query, body }) => {
    const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
    const unread = UNREAD.find((name) => headers[name] !== undefined);
    if (unread) throw new UnsupportedLocally(`lambda:Invoke with ${unread}`);
    if ((headers['x-amz-log-type'] ?? 'None') !== 'None')
      throw new UnsupportedLocally('lambda:Invoke with its log');
    if (!['RequestResponse', 'Event', 'DryRun'].includes(type))
      throw invalid(`Invalid InvocationType: ${type}`);

    const nameOrArn = qualified(functionName, query.get('Qualifier'));
    const invoked = functions.resolve(nameOrArn);
    const { configuration } = invoked;
    const name = headers['x-amz-durable-execution-name'];
    if (name !== undefined && !configuration.durable)
      throw invalid(`${configuration.name} is not a durable function.`);
    if (name !== undefined && !EXECUTION_NAME.test(name))
      throw invalid(`Invalid DurableExecutionName: it must match ${EXECUTION_NAME.source}`);
    const version = configuration.durable ? executedVersion(invoked) : (invoked.version ?? '$LATEST');
    if (type === 'DryRun') return { statusCode: 204 };

    // Without a body, a function gets an empty object.
    const payload = JSON.stringify(parsed(body));
    if (!configuration.durable) {
      if (type === 'RequestResponse')
        return answered(await functions.invoke(nameOrArn, parsed(body)), version);
      void functions.invokeAsync(nameOrArn, parsed(body)).catch(() => undefined);
      return { statusCode: 202 };
    }
    const synchronous = type === 'RequestResponse';
    const execution = executions.start({ configuration, version, payload }, { synchronous, name });
    const arn = { 'x-amz-durable-execution-arn': execution.arn };
    if (!synchronous) return { statusCode: 202, headers: arn };
    const response = answered(await executions.ended(execution), version);
    return { ...response, headers: { ...response.headers, ...arn } };
  };
}

/** With the account and without the region is a form of its own: `000000000000:function:Name`. */
function qualified(functionName: string, qualifier: string | null): string {
  const name = functionName.replace(/^(?=\d{12}:function:)/, `arn:aws:lambda:${LOCAL_REGION}:`);
  return qualifier ? `${name}:${qualifier}` : name;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString() || '{}');
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new AwsError('InvalidRequestContentException', message);
  }
}

function answered({ functionError, payload }: InvocationAnswer, version: string): AwsResponse {
  return {
    statusCode: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': version,
      ...(functionError && { 'x-amz-function-error': functionError }),
    },
    body: payload,
  };
}
