import { type AnswerDelays } from './answer-delays';
import { type RestApiDefinition } from './api-gateway/rest-api-definition';
import { type LocalClock } from './clock';
import { type CreatedTable } from './dynamodb/create-table';
import { type Inbox } from './inbox';
import { type FunctionPool } from './lambda/function-pool';
import { type SqsEventSource } from './lambda/sqs-event-source';
import { type Scheduler } from './scheduler/scheduler';
import { type S3Service } from './s3/s3-service';
import { type SecretsManagerService } from './secrets-manager/secrets-manager-service';
import { type SesService } from './ses/ses-service';
import { type SnsService } from './sns/sns-service';
import { type SqsService } from './sqs/sqs-service';
import { type ExecutionHistory } from './step-functions/execution-history';
import { type Interruptions } from './step-functions/interruptions';
import { type WebAcl } from './waf/web-acl';
import { type StateMachine, type StateMachinePorts } from './step-functions/state-machine';

/** The services of the local run, and what the templates have created in them. */
export interface Services {
  readonly clock: LocalClock;
  readonly delays: AnswerDelays;
  readonly inbox: Inbox;
  readonly history: ExecutionHistory;
  readonly interruptions: Interruptions;

  readonly dynamoDbEndpoint: string;
  readonly functions: FunctionPool;
  readonly s3: S3Service;
  readonly scheduler: Scheduler;
  readonly secretsManager: SecretsManagerService;
  readonly ses: SesService;
  readonly sns: SnsService;
  readonly sqs: SqsService;
  readonly stateMachinePorts: StateMachinePorts;

  /** Told why an event source gave a whole batch back to its queue. */
  readonly onBatchError: (error: unknown) => void;

  readonly eventSources: SqsEventSource[];
  readonly restApis: Map<string, RestApiDefinition>;
  readonly stateMachines: StateMachine[];
  readonly tables: CreatedTable[];
  /** By ARN. */
  readonly webAcls: Map<string, WebAcl>;

  /** What every function finds in its environment beside its own: where the services are. */
  functionEnvironment(): Readonly<Record<string, string>>;
}
