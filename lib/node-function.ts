import { Duration, RemovalPolicy, Stack, Stage, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  type DurableConfig,
  Function,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type Construct } from 'constructs';
import { ENVIRONMENT } from '../lambda/shared/environment';
import { bundleOf } from './bundle';
import { type FunctionName, FUNCTIONS } from './functions';

export interface NodeFunctionProps {
  readonly logRetention: RetentionDays;
  readonly environment?: Record<string, string>;
  /** MiB; CPU grows with it. @default 512 */
  readonly memorySize?: number;
  /** @default none */
  readonly reservedConcurrentExecutions?: number;
  /**
   * Makes it a durable function: Lambda keeps what its steps answered, and runs it again after each wait. Switching it on or off
   * replaces the function.
   *
   * @default an ordinary one
   */
  readonly durableConfig?: DurableConfig;
}

/** An execution that takes longer is stuck; what it leaves, the next one does. Its history stays long enough to ask what happened. */
export const DURABLE: DurableConfig = {
  executionTimeout: Duration.days(7),
  retentionPeriod: Duration.days(30),
};

/**
 * A function of the house: Node.js 24 on arm64, its own bundle, its own role and log group, traced.
 *
 * A state machine refers to `currentVersion`, so that its executions finish with the code they began with; everybody
 * else calls the alias `live`, which a deployment moves.
 */
export class NodeFunction extends Function {
  private alias: Alias | undefined;

  constructor(scope: Construct, id: FunctionName, props: NodeFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Not CDK's default role: its managed policy writes to every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray takes trace segments for no resource in particular: AWS offers nothing narrower than *',
    });
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: bundleOf(id),
      handler: 'index.handler',
      timeout: Duration.seconds(FUNCTIONS[id].timeoutSeconds),
      memorySize: props.memorySize ?? 512,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      tracing: Tracing.ACTIVE,
      // Without the platform's START, END and REPORT of what went well: they would be most of what is logged and paid for.
      // Of an invocation that died or timed out, the report is a warning.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      environment: { [ENVIRONMENT.serviceName]: Stage.of(scope)!.stageName, ...props.environment },
      // An old version stays for the executions that still use it.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      durableConfig: props.durableConfig,
      ...{ role, logGroup },
    });
    if (props.durableConfig) this.grantCheckpoint(scope, id, role);
  }

  /**
   * Store what steps answered, and read it back. Lambda asks for it by the ARN of the execution, which is that of a version with
   * more behind it: one without a version matches none, and an alias does not count ("Security and permissions for durable
   * functions", read November 2026).
   *
   * A policy beside the role, because the function waits for what belongs to the role, and this names the function.
   */
  private grantCheckpoint(scope: Construct, id: string, role: Role): void {
    const policy = new Policy(scope, `${id}Checkpoints`, {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
          resources: [`${this.functionArn}:*`],
        }),
      ],
    });
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(this.node.defaultChild as CfnFunction)}.Arn>:*]`,
      reason: 'The executions of each of its versions, whose numbers change with each deployment',
    });
  }

  /** Start executions of the durable function, or invoke the ordinary one, by its alias alone. */
  grantInvokeLive(grantee: IGrantable): void {
    Grant.addToPrincipal({
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.live.functionArn],
    });
  }

  /** The version in service. Made when it is first asked for: a step of a state machine needs none. */
  get live(): Alias {
    this.alias ??= new Alias(this, 'Live', { aliasName: 'live', version: this.currentVersion });
    return this.alias;
  }
}
