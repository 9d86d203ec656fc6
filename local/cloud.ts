import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RestApi, createRestApi } from './api-gateway/rest-api';
import { AnswerDelays } from './answer-delays';
import { startAwsEndpoint } from './aws-endpoint';
import { type AwsRequest, type AwsResponse, type AwsService } from './aws-service';
import { Closing } from './closing';
import { LocalClock } from './clock';
import { readStage } from './cloudformation/cloud-assembly';
import { createStack, type Exports } from './cloudformation/stack';
import { emptyTable } from './dynamodb/empty-table';
import { startDynamoDbEngine } from './dynamodb/engine';
import { startTtlSweeper } from './dynamodb/ttl-sweeper';
import { messageOf } from './error-message';
import { Inbox } from './inbox';
import { createFunctionPool, type FunctionPool } from './lambda/function-pool';
import { type FunctionLogLine } from './lambda/sandbox';
import { resourceTypes } from './resources/resource-types';
import { createS3Service } from './s3/s3-service';
import { Scheduler } from './scheduler/scheduler';
import { createSecretsManagerService } from './secrets-manager/secrets-manager-service';
import { type Services } from './services';
import { createSesService } from './ses/ses-service';
import { createSnsService } from './sns/sns-service';
import { createSqsService } from './sqs/sqs-service';
import { ExecutionHistory } from './step-functions/execution-history';
import { Interruptions } from './step-functions/interruptions';
import { graphOf, type StateMachineDefinition } from './step-functions/state-graph';
import { type StateMachine, type StateMachinePorts } from './step-functions/state-machine';
import { createStepFunctionsService } from './step-functions/step-functions-service';

export interface CloudOptions {
  /** The cloud assembly: `cdk.out`. */
  readonly assemblyDirectory: string;
  /** Id of the CDK stage to run: `EventPro-dev`. */
  readonly stage: string;
  readonly clock?: LocalClock;
  /** Keeps everything across restarts; no other run has it. @default in memory, or in the folder of this run */
  readonly dataDirectory?: string;
  /**
   * Folder of this run alone, which whoever made it deletes, also after a kill: `endOrphan` first ends what it left running.
   * @default a temporary one that is deleted at the end
   */
  readonly runDirectory?: string;
  /** Path under which the REST API is served. */
  readonly apiBasePath: string;
  /** What every function finds in its environment beside the template's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Receives every line the functions print. */
  readonly log?: (line: FunctionLogLine) => void;
  /** Hears why something failed in the background, or in a way that the caller is not told. @default - nobody */
  readonly warn?: (message: string) => void;
  /** Hears that a part has ended without which nothing works. @default - nobody */
  readonly onBroken?: (error: Error) => void;
  readonly beforeState?: StateMachinePorts['beforeState'];
  readonly waitScale?: StateMachinePorts['waitScale'];
  /** Loads what a synchronous workflow calls in the background, so that the first purchase need not. @default true */
  readonly warm?: boolean;
  /** Worker threads a function may use at once. @default the pool's own */
  readonly workersPerFunction?: number;
  /**
   * Answers the address under which the functions find a service, so that a harness can stand in between.
   * @default the service's own address
   */
  readonly redirect?: (service: RedirectableService, url: string) => string | Promise<string>;
  /** Wraps every invocation of a function, so that a harness can watch it or kill it in the middle. */
  readonly aroundInvoke?: (invoke: FunctionPool['invoke']) => FunctionPool['invoke'];
}

/** `aws` is every service but DynamoDB, which is an engine of its own. */
export type RedirectableService = 'aws' | 'dynamodb';

/** A stage of a CDK app, running on this machine. */
export interface Cloud {
  readonly services: Services;
  readonly restApi: RestApi;
  /** The stacks' outputs, by stack name and output name. */
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** `AWS_ENDPOINT_URL` of everything but DynamoDB. */
  readonly endpointUrl: string;
  /**
   * Forgets all data and keeps the resources. What runs is ended first; what the API is asked meanwhile waits.
   *
   * @param others empties what the functions use and this cloud does not know, while nothing runs
   */
  reset(others?: () => void): Promise<void>;
  close(): Promise<void>;
}

/**
 * Runs the synthesised templates of a stage: creates each resource in a local service, and serves them all at one
 * endpoint.
 *
 * @throws UnsupportedLocally naming what it does not know; nothing is left running then
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { clock = new LocalClock(), dataDirectory, redirect = (_, url) => url } = options;
  const { runDirectory, warn = () => undefined } = options;
  const warnOf = (what: string) => (error: unknown) => warn(`${what}: ${messageOf(error)}`);
  const closing = new Closing();
  return closing.afterFailureOf(start);

  async function start(): Promise<Cloud> {
    const stacks = readStage(options.assemblyDirectory, options.stage);
    const directory = dataDirectory ?? runDirectory ?? temporaryDirectory();
    mkdirSync(directory, { recursive: true });
    const journal = (name: string) => dataDirectory && join(dataDirectory, `${name}.jsonl`);

    const engine = await startDynamoDbEngine({
      ...{ dataDirectory, runDirectory },
      onUnexpectedEnd: options.onBroken,
    });
    closing.push(() => engine.close());

    const inbox = new Inbox({ clock, journalFile: journal('inbox') });
    const sqs = createSqsService({ clock, journalFile: journal('sqs') });
    const { log, workersPerFunction } = options;
    const functions = createFunctionPool({ clock, log, workersPerFunction, around: options.aroundInvoke });
    closing.push(() => functions.close());
    const sns = createSnsService({
      clock,
      inbox,
      sqs,
      invokeAsync: async (arn, event) => void functions.invokeAsync(arn, event),
      onUndeliverable: (subscription, error) =>
        warnOf(`SNS could not deliver to ${subscription.options.endpoint}`)(error),
    });
    const history = new ExecutionHistory();
    const interruptions = new Interruptions();
    const delays = new AnswerDelays();
    const scheduler = new Scheduler(clock, warnOf('A schedule failed'));
    closing.push(() => scheduler.close());

    const services: Services = {
      ...{ clock, delays, inbox, history, interruptions, functions, scheduler, sns, sqs },
      dynamoDbEndpoint: engine.endpoint,
      s3: createS3Service({ clock, directory: join(directory, 's3') }),
      secretsManager: createSecretsManagerService({ journalFile: journal('secrets') }),
      ses: createSesService({
        inbox,
        clock,
        publish: (topicArn, message) => sns.publishMessage(topicArn, message),
      }),
      stateMachinePorts: {
        ...{ clock, history, waitScale: options.waitScale },
        async beforeState(execution, stateName) {
          await options.beforeState?.(execution, stateName);
          await interruptions.before(execution, stateName);
        },
        invokeFunction: (arn, payload) => functions.invoke(arn, payload),
        sendMessage: async (queueUrl, body) => sqs.queueAt(queueUrl).send(body).id,
      },
      onBatchError: warnOf('A whole batch went back to its queue'),
      eventSources: [],
      restApis: new Map(),
      stateMachines: [],
      tables: [],
      webAcls: new Map(),
      functionEnvironment: () => ({
        AWS_ENDPOINT_URL: addresses.aws,
        AWS_ENDPOINT_URL_DYNAMODB: addresses.dynamodb,
        ...options.environment,
      }),
    };

    // The machines are not there yet when the endpoint starts, and a function may start one by it.
    let stepFunctions: AwsService | undefined;
    const endpoint = await startAwsEndpoint(
      [
        ...[services.s3, services.secretsManager, services.ses, sns, sqs],
        { signingName: 'states', handle: (request) => stepFunctions!.handle(request) },
      ],
      { beforeAnswer: (signingName) => delays.beforeAnswer(signingName) },
    );
    closing.push(() => endpoint.close());
    sqs.endpointUrl = endpoint.url;
    const addresses = {
      aws: await redirect('aws', endpoint.url),
      dynamodb: await redirect('dynamodb', engine.endpoint),
    };

    closing.push(() => Promise.all(services.eventSources.map((source) => source.stop())));
    const types = resourceTypes(services);
    const exports: Exports = new Map();
    const outputs = new Map<string, Record<string, unknown>>();
    for (const stack of stacks) outputs.set(stack.stackName, await createStack(stack, types, exports));
    stepFunctions = createStepFunctionsService(services.stateMachines, history);

    const sweeper = startTtlSweeper({
      clock,
      endpoint: engine.endpoint,
      tables: services.tables.flatMap(({ tableName, ttlAttribute }) =>
        ttlAttribute ? [{ tableName, attributeName: ttlAttribute }] : [],
      ),
      onError: warnOf('The TTL of the tables was not looked at'),
    });
    closing.push(() => sweeper.close());

    let resetting = Promise.resolve();
    closing.push(() => resetting);
    const [definition] = services.restApis.values();
    if (!definition) throw new Error(`The stage ${options.stage} has no REST API to serve`);
    const restApi = createRestApi(definition, {
      clock,
      basePath: options.apiBasePath,
      executionLog: (line) => warn(`API Gateway: ${line}`),
      invokeFunction: async (arn, event) => {
        await resetting;
        const { payload } = await functions.invoke(arn, event);
        return JSON.parse(payload) as unknown;
      },
      callService: async (service, action, body) => {
        if (service !== 'states') throw new Error(`The REST API calls ${service}, which is not connected`);
        await resetting;
        const { statusCode, body: answer = '' } = await callStepFunctions(stepFunctions, action, body);
        return { statusCode, body: answer.toString() };
      },
    });

    // A bundle that fails to load says so when it is invoked.
    if (options.warm ?? true) functions.warm(awaitedFunctions(services.stateMachines)).catch(() => undefined);
    return {
      ...{ services, restApi, outputs, close: closing.run },
      endpointUrl: endpoint.url,
      reset(others) {
        const done = resetting.then(() => forgetEverything(others));
        resetting = done.catch(() => undefined);
        return done;
      },
    };

    async function forgetEverything(others = () => {}): Promise<void> {
      const { eventSources, stateMachines, tables } = services;
      try {
        // First what runs, or it would write into what was just emptied. A function may still start an execution,
        // and an execution only calls functions: so these come first.
        await Promise.all([functions, scheduler].map((each) => each.pause()));
        await Promise.all(eventSources.map((source) => source.stop()));
        await Promise.all(stateMachines.map((machine) => machine.reset()));
        others();
        await Promise.all(tables.map(({ tableName }) => emptyTable(engine.endpoint, tableName)));
        for (const service of [services.s3, sqs]) service.reset();
        interruptions.reset();
        delays.reset();
        for (const webAcl of services.webAcls.values()) webAcl.reset();
        inbox.clear();
        history.clear();
        clock.reset();
      } finally {
        for (const each of [functions, scheduler]) each.resume();
        for (const source of eventSources) source.restart();
      }
    }
  }

  function temporaryDirectory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'local-cloud-'));
    closing.push(() => rmSync(directory, { recursive: true, force: true }));
    return directory;
  }
}

/**
 * The functions that somebody waits for whenever a workflow is called: those of the synchronous ones, as long as nothing
 * fails. Each thread takes 10 MB or more, so the others load when they are needed.
 */
function awaitedFunctions(machines: readonly StateMachine[]): string[] {
  return machines
    .filter(({ type }) => type === 'EXPRESS')
    .flatMap((machine) => {
      const definition = machine.definition as StateMachineDefinition;
      const ordinary = graphOf(definition).nodes.filter(({ afterError }) => !afterError);
      return ordinary.flatMap(({ state }) => definition.States[state]?.Parameters?.FunctionName ?? []);
    });
}

/** What API Gateway sends to Step Functions: the action's body, in the wire protocol of the service. */
function callStepFunctions(service: AwsService, action: string, body: string): Promise<AwsResponse> {
  const request: AwsRequest = {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${action}` },
    body: Buffer.from(body),
  };
  return service.handle(request);
}
