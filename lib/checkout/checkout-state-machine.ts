import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type StageConfig } from '../config';
import { checkoutSaga, type SagaStep } from './checkout-saga';

export interface CheckoutStateMachineProps {
  readonly functions: Record<SagaStep, IFunction>;
  /** Takes what no compensation could undo. */
  readonly escalations: IQueue;
  readonly config: StageConfig;
}

/** The saga as an Express workflow. Express keeps no history, so everything goes into the log. */
export class CheckoutStateMachine extends StateMachine {
  constructor(scope: Construct, id: string, { config, ...parts }: CheckoutStateMachineProps) {
    super(scope, id, {
      stateMachineType: StateMachineType.EXPRESS,
      definitionBody: DefinitionBody.fromChainable(checkoutSaga(new Construct(scope, 'States'), parts)),
      timeout: Duration.minutes(5),
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: config.includeExecutionData,
        destination: new LogGroup(scope, `${id}Log`, {
          retention: config.logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
  }
}
