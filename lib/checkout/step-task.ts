import { Duration } from 'aws-cdk-lib';
import { type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  Errors,
  type IChainable,
  JitterType,
  JsonPath,
  type RetryProps,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke, SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type Construct } from 'constructs';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';
import { type FunctionName, FUNCTIONS } from '../functions';

/** Lambda's own passing troubles. A step that timed out may have done its work, so every step may run again. */
export const TRANSIENT: RetryProps = {
  errors: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.Unknown',
    'Sandbox.Timedout',
    Errors.TIMEOUT,
  ],
  interval: Duration.seconds(1),
  maxAttempts: 2,
  backoffRate: 2,
  maxDelay: Duration.seconds(4),
  jitterStrategy: JitterType.FULL,
};

/** `maxAttempts` counts retries: four calls in all, with waits of up to 2, 4 and 8 seconds. */
export const GATEWAY_TIMEOUT: RetryProps = {
  errors: [SAGA_ERRORS.paymentGatewayTimeout],
  interval: Duration.seconds(2),
  maxAttempts: 3,
  backoffRate: 2,
  maxDelay: Duration.seconds(8),
  jitterStrategy: JitterType.FULL,
};

export interface StepTaskProps {
  readonly function: IFunction;
  /** Ids that every step gets and logs: field → path. */
  readonly correlation: Readonly<Record<string, string>>;
  /** Field of the function's input → path in the state. */
  readonly input: Readonly<Record<string, string>>;
  /** Fields of the function's answer that the state keeps at `resultPath`; nothing is kept when absent. */
  readonly result?: readonly string[];
  readonly resultPath?: string;
  /** Tried before the retries that every step has. */
  readonly retries?: readonly RetryProps[];
}

/** A state that runs a step. It waits a second longer than its function may run, and may run it again. */
export function stepTask(scope: Construct, name: FunctionName, props: StepTaskProps): LambdaInvoke {
  const { correlation, input, result, resultPath = JsonPath.DISCARD, retries = [] } = props;
  const paths = { purchaseId: '$.purchaseId', ...correlation, ...input };
  const task = new LambdaInvoke(scope, name, {
    lambdaFunction: props.function,
    payload: TaskInput.fromObject(
      Object.fromEntries(Object.entries(paths).map(([field, path]) => [`${field}.$`, path])),
    ),
    resultSelector: result && Object.fromEntries(result.map((field) => [`${field}.$`, `$.Payload.${field}`])),
    resultPath,
    taskTimeout: Timeout.duration(Duration.seconds(FUNCTIONS[name].timeoutSeconds + 1)),
    // CDK's own retries wait up to 126 seconds; ours are these.
    retryOnServiceExceptions: false,
  });
  for (const retry of [...retries, TRANSIENT]) task.addRetry(retry);
  return task;
}

/** What a catch takes, and where it keeps what failed. */
export function caught(step: FunctionName, ...errors: string[]) {
  return { errors, resultPath: `$.failures.${step}` };
}

/**
 * Tells people that a compensation failed for good: whose, and the error's name into the queue that has an alarm. The
 * chain goes on in any case, and the reconciler will find the purchase unsettled, try again and escalate again.
 */
export function escalate(
  scope: Construct,
  compensation: 'RefundPayment' | 'ReleaseSeat',
  { queue, next }: { queue: IQueue; next: IChainable },
): SqsSendMessage {
  const task = new SqsSendMessage(scope, `Escalate${compensation}`, {
    queue,
    messageBody: TaskInput.fromObject({
      compensation,
      // `purchaseHash`: people read this queue, so the id, which opens the purchase, is not theirs to see.
      'purchaseHash.$': "States.Hash($.purchaseId, 'SHA-256')",
      'executionId.$': '$$.Execution.Id',
      'error.$': `$.failures.${compensation}.Error`,
    }),
    resultPath: JsonPath.DISCARD,
    taskTimeout: Timeout.duration(Duration.seconds(5)),
  });
  task.addCatch(next, { errors: [Errors.ALL], resultPath: JsonPath.DISCARD }).next(next);
  return task;
}
