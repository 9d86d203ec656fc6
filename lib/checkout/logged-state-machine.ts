import { type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  type IChainable,
  LogLevel,
  StateMachine,
  type StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct } from 'constructs';
import { type StageConfig } from '../config';

export interface LoggedStateMachineProps {
  readonly type: StateMachineType;
  readonly definition: IChainable;
  readonly timeout: Duration;
  readonly config: StageConfig;
}

/** A state machine of the house: everything is logged and traced; what the states hold, only where the stage says so. */
export class LoggedStateMachine extends StateMachine {
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { type, definition, timeout, config }: LoggedStateMachineProps) {
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: config.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      stateMachineType: type,
      definitionBody: DefinitionBody.fromChainable(definition),
      tracingEnabled: true,
      timeout,
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: config.includeExecutionData,
        destination: logGroup,
      },
    });
    this.logGroup = logGroup;
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Log delivery and X-Ray have no resource in particular: AWS offers nothing narrower than *',
    });
  }
}
