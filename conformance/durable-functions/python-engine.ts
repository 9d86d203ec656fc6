import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../harness/eventpro-client';
import { bodyOf, send, ServiceProxy } from '../../harness/service-proxy';
import { LOCAL_ACCOUNT, LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/aws/aws-service';
import { type LocalClock } from '../../local/core/clock';
import { type FunctionConfiguration } from '../../local/lambda/function-configuration';
import { createFunctionPool, type FunctionPool } from '../../local/lambda/function-pool';
import { LambdaServiceError } from '../../local/lambda/invocation-answer';
import { cached, requirePrograms, run } from '../programs';
import { durableClient, follow } from './durable-client';
import { type DurableEngine } from './played';

/** @throws Skipped without Python, or when AWS's Python testing tool cannot be downloaded */
export async function installPythonTool(signal: AbortSignal): Promise<string> {
  requirePrograms('python3');
  const requirements = join(__dirname, 'requirements.txt');
  const directory = await cached('durable-python-1.4.0', [requirements], async (folder) => {
    await run('python3', ['-m', 'venv', folder], { signal });
    const install = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r'];
    await run(join(folder, 'bin', 'python'), [...install, requirements], { signal });
  });
  return join(directory, 'bin', 'dex-local-runner');
}

export interface PythonEngineOptions {
  /** Its program. */
  readonly tool: string;
  readonly functions: readonly FunctionConfiguration[];
  readonly clock: LocalClock;
  readonly signal: AbortSignal;
  readonly around?: (invoke: FunctionPool['invoke']) => FunctionPool['invoke'];
}

/**
 * The server of AWS's Python testing tool. It invokes the functions over HTTP: here they run in the sandboxes of the local run,
 * and ask that server for their checkpoints.
 */
export async function pythonEngine({
  tool,
  functions,
  clock,
  signal,
  around,
}: PythonEngineOptions): Promise<DurableEngine> {
  const pool = createFunctionPool({ clock, around });
  const lambda = new ServiceProxy();
  const lambdaEndpoint = await lambda.before(async (incoming, response) => {
    send(response, await invoked(pool, incoming));
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  for (const configuration of functions) {
    const environment = { ...configuration.environment, AWS_ENDPOINT_URL_LAMBDA: url };
    pool.register({ ...configuration, environment });
    pool.qualify(configuration.name, 'live');
  }

  const server = spawn(tool, argumentsOf({ port, lambdaEndpoint, functions }), {
    ...{ stdio: 'ignore', signal },
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
      AWS_DEFAULT_REGION: LOCAL_REGION,
    },
  });
  // An abort is one.
  server.on('error', () => undefined);
  const client = durableClient(url);
  const isUp = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    );
  await eventually(isUp, 'the server of the Python tool', 60_000);

  return {
    async play({ functionName, input, answer }) {
      const started = await fetch(`${url}/start-durable-execution`, {
        method: 'POST',
        body: JSON.stringify({
          ...{ AccountId: LOCAL_ACCOUNT, FunctionName: functionName, FunctionQualifier: 'live' },
          ...{ ExecutionName: randomUUID(), ExecutionTimeoutSeconds: 30 * 86_400 },
          ...{ ExecutionRetentionPeriodDays: 3, Input: JSON.stringify(input) },
        }),
      });
      const { ExecutionArn } = (await started.json()) as { readonly ExecutionArn: string };
      return follow(client, ExecutionArn, { answer });
    },
    async close() {
      client.destroy();
      const ended = once(server, 'exit');
      if (server.exitCode === null && server.kill()) await ended;
      await lambda.close();
      await pool.close();
    },
  };
}

function argumentsOf({
  port,
  lambdaEndpoint,
  functions,
}: {
  port: number;
  lambdaEndpoint: string;
  functions: PythonEngineOptions['functions'];
}): string[] {
  const configurations = functions.map(
    ({ name, durable }) =>
      [
        name,
        durable
          ? {
              DurableConfig: {
                ExecutionTimeout: durable.executionTimeoutSeconds,
                RetentionPeriodInDays: durable.retentionDays,
              },
            }
          : {},
      ] as const,
  );
  return [
    ...['start-server', '--host', '127.0.0.1', '--port', String(port), '--skip-time'],
    ...['--lambda-endpoint', lambdaEndpoint],
    ...['--function-configs', JSON.stringify(Object.fromEntries(configurations))],
  ];
}

/** Runs a function once, as the tool asks with its own header; otherwise as anybody asks. */
async function invoked(pool: FunctionPool, incoming: IncomingMessage) {
  const [, name = ''] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(incoming.url ?? '') ?? [];
  const payload = JSON.parse((await bodyOf(incoming)).toString() || '{}') as object;
  const how = incoming.headers['x-dex-handler-invoke'] ? 'invokeOnce' : 'invoke';
  try {
    const answer = await pool[how](decodeURIComponent(name), payload);
    const headers = { ...(answer.functionError && { 'x-amz-function-error': answer.functionError }) };
    return { status: 200, headers, body: Buffer.from(answer.payload) };
  } catch (error) {
    if (!(error instanceof LambdaServiceError)) throw error;
    const body = Buffer.from(JSON.stringify({ Message: error.message }));
    return { status: error.statusCode, headers: { 'x-amzn-errortype': error.name }, body };
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
