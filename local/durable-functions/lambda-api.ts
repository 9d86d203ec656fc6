import { AwsError } from '../aws/aws-error';
import { type AwsService, UnsupportedLocally } from '../aws/aws-service';
import { type FunctionPool } from '../lambda/function-pool';
import { LambdaServiceError } from '../lambda/invocation-answer';
import { type DurableExecutions } from './durable-executions';
import { invoke } from './invoke-function';
import { type ApiRoute, durableRoutes } from './durable-routes';

/** The Lambda API behind the endpoint: `Invoke`, and what there is of durable executions. The functions are the templates'. */
export function createLambdaApi(functions: FunctionPool, executions: DurableExecutions): AwsService {
  const routes: Readonly<Record<string, ApiRoute>> = {
    'POST /2015-03-31/functions/*/invocations': invoke(functions, executions),
    ...durableRoutes(functions, executions),
  };
  const patterns = Object.entries(routes).map(([name, route]) => ({ parts: name.split(/[ /]/), route }));
  return {
    signingName: 'lambda',
    async handle(request) {
      const asked = [request.method, ...request.path.replace(/\/$/, '').split('/')];
      const found = patterns.find(
        ({ parts }) =>
          parts.length === asked.length && parts.every((part, at) => part === '*' || part === asked[at]),
      );
      if (!found) throw new UnsupportedLocally(`lambda:${request.method} ${request.path}`);
      const parameter = asked.find((_, at) => found.parts[at] === '*')!;
      try {
        return await found.route(decodeURIComponent(parameter), request);
      } catch (error) {
        if (!(error instanceof LambdaServiceError)) throw error;
        throw new AwsError(error.name, error.message, { statusCode: error.statusCode });
      }
    },
  };
}
