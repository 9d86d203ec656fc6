import { Duration } from 'aws-cdk-lib';
import { type Function } from 'aws-cdk-lib/aws-lambda';
import {
  type CatchProps,
  Errors,
  IntegrationPattern,
  JitterType,
  JsonPath,
  type RetryProps,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type Construct } from 'constructs';
import type * as z from 'zod/mini';
import { type StepHandler } from '../../lambda/shared/step';
import { filled, type Filled, type Path } from './paths';

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

/** A step's function, by whose types a task is checked. */
type Handler = StepHandler<string, unknown, unknown>;
type ContractOf<Of, Name> =
  Of extends StepHandler<infer Each extends string, infer Input, infer Output>
    ? Each extends Name
      ? { readonly name: Each; readonly input: Input; readonly output: Output }
      : never
    : never;

export interface StepTasksProps<Step extends string> {
  /** The function of each step. A task calls its current version, so that an execution ends with the code it began with. */
  readonly functions: Readonly<Record<Step, Function>>;
  /** What every step gets and logs: the id of the workflow's subject, and what tells its executions apart. Field → path. */
  readonly correlation: Readonly<Record<string, string>>;
  /** What each state is there for, in words. */
  readonly comments: Readonly<Record<Step, string>>;
}

interface TaskProps<Output> {
  /** Where the state keeps the function's answer: the fields of its output schema. @default - nothing is kept */
  readonly result?: { readonly schema: z.ZodMiniObject & z.ZodMiniType<Output>; readonly at: Path<Output> };
  /** Tried before the retries that every step has. @default - those alone */
  readonly retries?: readonly RetryProps[];
  /**
   * For how long the state waits for somebody to send back the task's token, which the function gets as `taskToken`; then it has timed
   * out. Of Standard workflows alone. @default - it goes on when the function has answered
   */
  readonly waits?: Duration;
}

/** Whoever did not come in time does not get the same time again. */
const TRANSIENT_WHILE_WAITING: RetryProps = {
  ...TRANSIENT,
  errors: TRANSIENT.errors!.filter((error) => error !== Errors.TIMEOUT),
};

/** `input`: a place in the state for each field of the step's input schema that is no correlation. */
export type StepTaskProps<Input, Output> = TaskProps<Output> &
  (object extends Input ? { readonly input?: Filled<Input> } : { readonly input: Filled<Input> });

/** Props that may be left out where nothing in them is needed. */
type Given<Props> = object extends Props ? [props?: Props] : [props: Props];

/**
 * Makes the tasks of a workflow: a state for each step, of the same name. What it gets and what is kept of its answer is
 * checked by the schemas of the step itself.
 *
 * `Of` are the types of the steps' handlers, `Correlated` the fields that every step gets.
 */
export function stepTasks<Of extends Handler, Correlated extends string>(
  scope: Construct,
  { functions, correlation, comments }: StepTasksProps<ContractOf<Of, string>['name']>,
) {
  return <Name extends ContractOf<Of, string>['name']>(
    step: Name,
    ...given: Given<
      StepTaskProps<
        Omit<ContractOf<Of, Name>['input'], Correlated | 'taskToken'>,
        ContractOf<Of, Name>['output']
      >
    >
  ): LambdaInvoke => {
    const { input, result, retries = [], waits }: StepTaskProps<object, unknown> = given[0] ?? {};
    const task = new LambdaInvoke(scope, step, {
      comment: comments[step],
      lambdaFunction: functions[step].currentVersion,
      payload: TaskInput.fromObject({
        ...Object.fromEntries(Object.entries(correlation).map(([field, path]) => [`${field}.$`, path])),
        ...(input && filled(input)),
        ...(waits && { taskToken: JsonPath.taskToken }),
      }),
      integrationPattern: waits && IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      resultSelector:
        result &&
        Object.fromEntries(
          Object.keys(result.schema.shape).map((field) => [`${field}.$`, `$.Payload.${field}`]),
        ),
      resultPath: result ? String(result.at) : JsonPath.DISCARD,
      taskTimeout: Timeout.duration(waits ?? timeoutOf(step, functions[step])),
      // CDK's own retries wait up to 126 seconds; ours are these.
      retryOnServiceExceptions: false,
    });
    for (const retry of [...retries, waits ? TRANSIENT_WHILE_WAITING : TRANSIENT]) task.addRetry(retry);
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
