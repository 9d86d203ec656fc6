import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { checkMembers, type ResourceType } from '../cloudformation/resource-type';
import { withoutEffect } from '../cloudformation/without-effect';
import { type LocalClock } from '../core/clock';
import { type Queue } from '../sqs/queue';
import { type SqsService } from '../sqs/sqs-service';
import { type DurableConfig, durableConfiguration } from './durable-config';
import { deadLetterAttributes, destinationRecord } from './async-failure';
import { type FunctionPool } from './function-pool';
import { SqsEventSource } from './sqs-event-source';

interface FunctionProperties {
  readonly Code: { readonly S3Key?: string };
  readonly DeadLetterConfig?: { readonly TargetArn?: string };
  readonly DurableConfig?: DurableConfig;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly Handler: string;
  readonly LoggingConfig?: { readonly ApplicationLogLevel?: string; readonly LogFormat?: 'JSON' | 'Text' };
  readonly MemorySize?: number;
  readonly Runtime?: string;
  /** Seconds. */
  readonly Timeout?: number;
}

export interface LambdaTypesProps {
  readonly clock: LocalClock;
  readonly functions: FunctionPool;
  readonly sqs: SqsService;
  /** Gets each event source that is created. */
  readonly eventSources: SqsEventSource[];
  /** Told why an event source gave a whole batch back to its queue. */
  readonly onBatchError: (error: unknown) => void;
  /** What every function finds in its environment beside its own. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
}

export function lambdaTypes(props: LambdaTypesProps): Record<string, ResourceType> {
  const { eventSources, functions, sqs } = props;

  return {
    'AWS::Lambda::Function': {
      properties: [
        ...['Code', 'DeadLetterConfig', 'DurableConfig', 'Environment', 'Handler', 'LoggingConfig'],
        ...['MemorySize', 'Runtime', 'Timeout'],
      ],
      withoutLocalEffect: [
        'Architectures',
        'Description',
        'ReservedConcurrentExecutions',
        'Role',
        'Tags',
        'TracingConfig',
      ],
      async create(request) {
        const {
          Code,
          DeadLetterConfig,
          DurableConfig,
          Environment,
          Handler,
          LoggingConfig: { ApplicationLogLevel, LogFormat = 'Text' } = {},
          MemorySize = 128,
          Runtime,
          Timeout = 3,
        } = request.properties as FunctionProperties;
        if (!Runtime?.startsWith('nodejs')) throw new UnsupportedLocally(`The runtime ${Runtime}`);
        const codeDirectory = request.assets.get(Code.S3Key ?? '');
        if (!codeDirectory)
          throw new UnsupportedLocally(`The code of ${request.logicalId}: not a file asset`);
        const name = physicalName(request, 64);
        const arn = `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${name}`;
        functions.register({
          name,
          arn,
          codeDirectory,
          handler: Handler,
          timeoutSeconds: Timeout,
          memoryMb: MemorySize,
          environment: {
            ...Environment?.Variables,
            ...(await props.environment()),
          },
          logging: { format: LogFormat, applicationLevel: ApplicationLogLevel },
          durable: DurableConfig && durableConfiguration(DurableConfig),
        });
        if (DeadLetterConfig?.TargetArn) {
          const queue = failureQueue(DeadLetterConfig.TargetArn, sqs);
          functions.onAsyncFailure(arn, '$LATEST', (failure) => {
            queue.send(JSON.stringify(failure.payload), { attributes: deadLetterAttributes(failure) });
          });
        }
        return { ref: name, attributes: { Arn: arn } };
      },
    },

    // There is one version of a function here, the one in the template; an alias points at it.
    'AWS::Lambda::Version': {
      properties: ['FunctionName'],
      withoutLocalEffect: ['CodeSha256', 'Description'],
      create({ properties }) {
        const ref = functions.qualify(properties.FunctionName as string, '1');
        return { ref, attributes: { FunctionArn: ref, Version: '1' } };
      },
    },

    'AWS::Lambda::Alias': {
      properties: ['FunctionName', 'FunctionVersion', 'Name', 'RoutingConfig'],
      withoutLocalEffect: ['Description'],
      create({ properties }) {
        if (properties.RoutingConfig)
          throw new UnsupportedLocally('The property RoutingConfig of AWS::Lambda::Alias');
        const ref = functions.qualify(properties.FunctionName as string, properties.Name as string);
        return { ref, attributes: { AliasArn: ref } };
      },
    },

    // Here Lambda keeps no event back, so none gets too old.
    'AWS::Lambda::EventInvokeConfig': {
      properties: ['DestinationConfig', 'FunctionName', 'MaximumRetryAttempts', 'Qualifier'],
      withoutLocalEffect: ['MaximumEventAgeInSeconds'],
      create(request) {
        const {
          DestinationConfig = {},
          FunctionName,
          MaximumRetryAttempts = 2,
          Qualifier,
        } = request.properties;
        checkMembers('AWS::Lambda::EventInvokeConfig DestinationConfig', DestinationConfig as object, [
          'OnFailure',
        ]);
        const { OnFailure } = DestinationConfig as { OnFailure?: { Destination: string } };
        if (OnFailure) {
          const queue = failureQueue(OnFailure.Destination, sqs);
          functions.onAsyncFailure(FunctionName as string, Qualifier as string, (failure) =>
            queue.send(destinationRecord(failure, props.clock.now())),
          );
        }
        functions.setAsyncRetries(FunctionName as string, Qualifier as string, Number(MaximumRetryAttempts));
        return { ref: physicalName(request, 64) };
      },
    },

    'AWS::Lambda::EventSourceMapping': {
      properties: ['BatchSize', 'EventSourceArn', 'FunctionName', 'FunctionResponseTypes'],
      withoutLocalEffect: ['ScalingConfig', 'Tags'],
      create(request) {
        const {
          BatchSize = 10,
          EventSourceArn,
          FunctionName,
          FunctionResponseTypes = [],
        } = request.properties;
        if (!String(EventSourceArn).includes(':sqs:')) {
          throw new UnsupportedLocally(`The event source ${EventSourceArn}`);
        }
        eventSources.push(
          new SqsEventSource({
            queue: sqs.queue(EventSourceArn as string),
            functionName: FunctionName as string,
            batchSize: BatchSize as number,
            reportBatchItemFailures: (FunctionResponseTypes as string[]).includes('ReportBatchItemFailures'),
            pool: functions,
            onError: props.onBatchError,
          }),
        );
        return { ref: physicalName(request, 64) };
      },
    },
    'AWS::Lambda::Permission': withoutEffect(['Action', 'FunctionName', 'Principal', 'SourceArn']),
  };
}

/** @throws UnsupportedLocally for anything but a queue */
function failureQueue(arn: string, sqs: SqsService): Queue {
  if (!arn.startsWith('arn:aws:sqs:')) throw new UnsupportedLocally(`What failed, sent to ${arn},`);
  return sqs.queue(arn);
}
