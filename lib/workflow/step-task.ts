import { Duration } from 'aws-cdk-lib';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import {
  type CatchProps,
  Errors,
  JitterType,
  JsonPath,
  type RetryProps,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type Construct } from 'constructs';

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

export interface StepTasksProps<Step extends string> {
  /** The function of each step. A task calls its current version, so that an execution ends with the code it began with. */
  readonly functions: Readonly<Record<Step, Function>>;
  /** What every step gets and logs: the id of the workflow's subject, and what tells its executions apart. Field → path. */
  readonly correlation: Readonly<Record<string, string>>;
}

export interface StepTaskProps {
  /** Field of the function's input → path in the state. @default - the correlation alone */
  readonly input?: Readonly<Record<string, string>>;
  /** Fields of the function's answer that the state keeps at `resultPath`. @default - nothing is kept */
  readonly result?: readonly string[];
  readonly resultPath?: string;
  /** Tried before the retries that every step has. @default - those alone */
  readonly retries?: readonly RetryProps[];
}

/** Makes the tasks of a workflow: a state for each step, of the same name. */
export function stepTasks<Step extends string>(
  scope: Construct,
  { functions, correlation }: StepTasksProps<Step>,
): (step: Step, props?: StepTaskProps) => LambdaInvoke {
  return (step, { input, result, resultPath = JsonPath.DISCARD, retries = [] } = {}) => {
    const paths = { ...correlation, ...input };
    const task = new LambdaInvoke(scope, step, {
      lambdaFunction: functions[step].currentVersion,
      payload: TaskInput.fromObject(
        Object.fromEntries(Object.entries(paths).map(([field, path]) => [`${field}.$`, path])),
      ),
      resultSelector:
        result && Object.fromEntries(result.map((field) => [`${field}.$`, `$.Payload.${field}`])),
      resultPath,
      taskTimeout: Timeout.duration(timeoutOf(step, functions[step])),
      // CDK's own retries wait up to 126 seconds; ours are these.
      retryOnServiceExceptions: false,
    });
    for (const retry of [...retries, TRANSIENT]) task.addRetry(retry);
    return task;
  };
}

/** What a catch takes, and where it keeps what failed: `$.failures.<StateName>`. */
export function caught(state: string, ...errors: string[]): CatchProps & { errors: string[] } {
  return { errors, resultPath: `$.failures.${state}` };
}

/** A second longer than the function may run: Lambda's own end of it says more than that of the state. */
function timeoutOf(step: string, { timeout }: Function): Duration {
  if (!timeout) throw new Error(`${step} has a function without a timeout`);
  return Duration.seconds(timeout.toSeconds() + 1);
}
