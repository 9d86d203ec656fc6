import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Architecture, Function, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type Construct } from 'constructs';
import { bundleOf } from './bundle';
import { type FunctionName, FUNCTIONS } from './functions';

export interface NodeFunctionProps {
  readonly logRetention: RetentionDays;
  readonly environment?: Record<string, string>;
  /** MiB; CPU grows with it. @default 512 */
  readonly memorySize?: number;
}

/** A function of the house: Node.js 24 on arm64, its own bundle, its own log group, traced. */
export class NodeFunction extends Function {
  constructor(scope: Construct, id: FunctionName, props: NodeFunctionProps) {
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: bundleOf(id),
      handler: 'index.handler',
      timeout: Duration.seconds(FUNCTIONS[id].timeoutSeconds),
      memorySize: props.memorySize ?? 512,
      tracing: Tracing.ACTIVE,
      environment: props.environment,
      logGroup: new LogGroup(scope, `${id}Log`, {
        retention: props.logRetention,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
  }
}
