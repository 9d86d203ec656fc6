import { type AwsRequest, type AwsResponse, type AwsService, UnsupportedLocally } from '../aws/aws-service';
import { type Pipe } from './pipe';
import { type Pipes } from './pipes';

/**
 * `ListPipes`, `DescribePipe`, `StartPipe` and `StopPipe` (EventBridge Pipes API reference, read November 2026). Pipes come from the
 * template: what creates, changes or deletes one is refused by name.
 */
export function createPipesService(pipes: Pipes): AwsService {
  return {
    signingName: 'pipes',
    async handle({ method, path }: AwsRequest): Promise<AwsResponse> {
      const [name, action, ...rest] = path.split('/').slice(3).map(decodeURIComponent);
      const asked = `${method} ${action ?? ''}`.trim();
      if (!path.startsWith('/v1/pipes') || rest.length > 0)
        throw new UnsupportedLocally(`pipes:${method} ${path}`);
      if (!name && method === 'GET') return answer({ Pipes: pipes.list().map(described) });
      if (name && asked === 'GET') return answer(described(pipes.get(name)));
      if (name && asked === 'POST start') {
        const pipe = pipes.get(name);
        pipe.start();
        return answer({ ...described(pipe), CurrentState: 'STARTING' });
      }
      if (name && asked === 'POST stop') {
        const pipe = pipes.get(name);
        await pipe.stop();
        return answer({ ...described(pipe), CurrentState: 'STOPPING' });
      }
      throw new UnsupportedLocally(`pipes:${method} ${path}`);
    },
  };
}

function described(pipe: Pipe): object {
  const { arn, name, source, state } = pipe.report();
  return { Arn: arn, Name: name, Source: source, DesiredState: state, CurrentState: state };
}

function answer(body: object): AwsResponse {
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
