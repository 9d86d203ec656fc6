import { AwsError } from '../aws/aws-error';
import { LOCAL_ACCOUNT, LOCAL_REGION, UnsupportedLocally } from '../aws/aws-service';
import { physicalName } from '../cloudformation/physical-name';
import { checkMembers, type ResourceType } from '../cloudformation/resource-type';
import { type LocalClock } from '../core/clock';
import { type TableStream } from '../dynamodb/table-stream';
import { type EventBuses } from '../eventbridge/event-buses';
import { compileEventPatternText } from '../eventbridge/event-pattern';
import { type SqsService } from '../sqs/sqs-service';
import { type Checkpoints } from './checkpoints';
import { type EventBusParameters, eventBusTarget } from './event-bus-target';
import { Pipe } from './pipe';
import { pipeInput } from './pipe-input';
import { type Pipes } from './pipes';

/** `PipeSourceDynamoDBStreamParameters`. */
interface StreamParameters {
  readonly BatchSize?: number;
  readonly DeadLetterConfig?: { readonly Arn: string };
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly MaximumRecordAgeInSeconds?: number;
  readonly MaximumRetryAttempts?: number;
  readonly OnPartialBatchItemFailure?: string;
  readonly ParallelizationFactor?: number;
  readonly StartingPosition: string;
}

interface PipeProperties {
  readonly DesiredState?: string;
  readonly Source: string;
  readonly SourceParameters?: object;
  readonly Target: string;
  readonly TargetParameters?: {
    readonly EventBridgeEventBusParameters?: EventBusParameters;
    readonly InputTemplate?: string;
  };
}

export interface PipeTypesProps {
  readonly buses: EventBuses;
  readonly checkpoints: Checkpoints;
  readonly clock: LocalClock;
  readonly pipes: Pipes;
  readonly sqs: SqsService;
  readonly stream: (arn: string) => TableStream;
  readonly warn: (what: string, error?: unknown) => void;
}

const TYPE = 'AWS::Pipes::Pipe';

/** "Quotas": a pipe has five filters at most. */
const MOST_FILTERS = 5;

export function pipeTypes(props: PipeTypesProps): Record<string, ResourceType> {
  return {
    [TYPE]: {
      properties: ['DesiredState', 'Name', 'Source', 'SourceParameters', 'Target', 'TargetParameters'],
      withoutLocalEffect: ['Description', 'KmsKeyIdentifier', 'LogConfiguration', 'RoleArn', 'Tags'],
      async create(request) {
        const {
          DesiredState = 'RUNNING',
          Source,
          SourceParameters,
          Target,
          TargetParameters = {},
        } = request.properties as PipeProperties;
        const name = (request.properties.Name as string | undefined) ?? physicalName(request, 64);
        const arn = `arn:aws:pipes:${LOCAL_REGION}:${LOCAL_ACCOUNT}:pipe/${name}`;
        if (!Source.includes(':dynamodb:')) throw new UnsupportedLocally(`The source ${Source} of ${TYPE}`);
        if (!Target.includes(':event-bus/')) throw new UnsupportedLocally(`The target ${Target} of ${TYPE}`);
        checkMembers(`${TYPE} TargetParameters`, TargetParameters, [
          ...['EventBridgeEventBusParameters', 'InputTemplate'],
        ]);
        const { EventBridgeEventBusParameters = {}, InputTemplate } = TargetParameters;
        checkMembers(`${TYPE} EventBridgeEventBusParameters`, EventBridgeEventBusParameters, [
          ...['DetailType', 'Resources', 'Source', 'Time'],
        ]);
        const { checkpoints, clock, warn } = props;
        const input = pipeInput(InputTemplate, { arn, name, source: Source, target: Target });
        const pipe = new Pipe(
          {
            ...{ arn, name, stream: props.stream(Source) },
            ...sourceSettings(SourceParameters ?? {}, props.sqs),
            send: eventBusTarget(
              { buses: props.buses, bus: props.buses.bus(Target).arn, clock, input, name },
              EventBridgeEventBusParameters,
            ),
          },
          {
            ...{ clock, warn },
            checkpoint: () => checkpoints.get(name),
            save: (at) => checkpoints.save(name, at),
          },
          DesiredState === 'STOPPED' ? 'STOPPED' : 'RUNNING',
        );
        await pipe.create();
        props.pipes.add(pipe);
        return { ref: name, attributes: { Arn: arn } };
      },
    },
  };
}

function sourceSettings(parameters: object, sqs: SqsService) {
  checkMembers(`${TYPE} SourceParameters`, parameters, ['DynamoDBStreamParameters', 'FilterCriteria']);
  const { DynamoDBStreamParameters: stream, FilterCriteria } = parameters as {
    readonly DynamoDBStreamParameters?: StreamParameters;
    readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern: string }[] };
  };
  if (!stream) throw new AwsError('ValidationException', `${TYPE} needs DynamoDBStreamParameters`);
  checkMembers(`${TYPE} DynamoDBStreamParameters`, stream, [
    ...['BatchSize', 'DeadLetterConfig', 'MaximumBatchingWindowInSeconds', 'MaximumRecordAgeInSeconds'],
    ...['MaximumRetryAttempts', 'OnPartialBatchItemFailure', 'ParallelizationFactor', 'StartingPosition'],
  ]);
  const { DeadLetterConfig, OnPartialBatchItemFailure: onFailure, StartingPosition: position } = stream;
  if (position !== 'TRIM_HORIZON' && position !== 'LATEST')
    throw new AwsError(
      'ValidationException',
      `StartingPosition must be TRIM_HORIZON or LATEST, not ${position}`,
    );
  if (onFailure !== undefined && onFailure !== 'AUTOMATIC_BISECT')
    throw new AwsError(
      'ValidationException',
      `OnPartialBatchItemFailure must be AUTOMATIC_BISECT, not ${onFailure}`,
    );
  number('ParallelizationFactor', stream.ParallelizationFactor ?? 1, 1, 10);
  const filters = FilterCriteria?.Filters ?? [];
  if (filters.length > MOST_FILTERS)
    throw new AwsError(
      'ValidationException',
      `A pipe has ${MOST_FILTERS} filters at most, not ${filters.length}`,
    );
  const queue = DeadLetterConfig && sqs.queue(DeadLetterConfig.Arn);
  return {
    startingPosition: position,
    batchSize: number('BatchSize', stream.BatchSize ?? 100, 1, 10_000),
    batchingWindowSeconds: number(
      'MaximumBatchingWindowInSeconds',
      stream.MaximumBatchingWindowInSeconds ?? 0,
      0,
      300,
    ),
    maximumRecordAgeSeconds: number(
      'MaximumRecordAgeInSeconds',
      stream.MaximumRecordAgeInSeconds ?? -1,
      -1,
      604_800,
    ),
    maximumRetryAttempts: number('MaximumRetryAttempts', stream.MaximumRetryAttempts ?? -1, -1, 10_000),
    bisect: onFailure !== undefined,
    filters: filters.map(({ Pattern }) => compileEventPatternText(Pattern, { operators: 'pipe' })),
    ...(queue && { deadLetter: (message: string) => void queue.send(message) }),
  } as const;
}

function number(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new AwsError(
    'ValidationException',
    `${name} must be a whole number from ${least} to ${most}, not ${value}`,
  );
}
