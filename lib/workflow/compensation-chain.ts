import { Duration } from 'aws-cdk-lib';
import { type IQueue } from 'aws-cdk-lib/aws-sqs';
import {
  Choice,
  Condition,
  Errors,
  type IChainable,
  JsonPath,
  TaskInput,
  type TaskStateBase,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type Construct } from 'constructs';
import { caught } from './step-task';

export interface Compensation {
  /** The state that undoes something. It brings its retries, and succeeds when there is nothing to undo. */
  readonly task: TaskStateBase;
  /** Errors that say that nothing is left to undo here, and where they lead. @default - none */
  readonly waysOut?: readonly WayOut[];
  /** Whether the end is `undone` although this compensation failed for good. @default false */
  readonly mayFail?: boolean;
}

export interface WayOut {
  readonly errors: readonly string[];
  readonly next: IChainable;
  /** The state as whose failure the error is kept. @default - the compensation */
  readonly failureOf?: string;
}

export interface CompensationChainProps {
  /** In the order in which they run. */
  readonly compensations: readonly [Compensation, ...Compensation[]];
  /** Where people are told that a compensation failed for good, and what of the workflow's input they are told. */
  readonly escalations: { readonly queue: IQueue; readonly about: Readonly<Record<string, string>> };
  readonly ends: {
    readonly undone: IChainable;
    /** When a compensation failed for good, other than one that may. */
    readonly notUndone: IChainable;
    /** The name of the choice between them, if one is needed: when such a compensation is not the last. @default 'IsUndone' */
    readonly choice?: string;
  };
}

/**
 * The compensations of a workflow, one after another. One that still fails after its retries is escalated (state
 * `Escalate<Compensation>`), and the rest of the chain runs, also when the escalation fails. A catch of the workflow may lead
 * to any of them: what comes before it is then left out.
 *
 * What failed is kept in `$.failures`, by the state's name.
 *
 * @returns the first compensation
 */
export function compensationChain(
  scope: Construct,
  { compensations, escalations, ends }: CompensationChainProps,
): IChainable {
  const last = compensations.at(-1);
  const decisive = compensations.filter((each) => !each.mayFail && each !== last);
  const [first, ...others] = decisive.map(({ task }) => Condition.isPresent(`$.failures.${task.id}`));
  const end = first
    ? new Choice(scope, ends.choice ?? 'IsUndone')
        .when(others.length > 0 ? Condition.or(first, ...others) : first, ends.notUndone)
        .otherwise(ends.undone)
    : ends.undone;

  for (const [index, { task, waysOut = [], mayFail = false }] of compensations.entries()) {
    const next = compensations[index + 1]?.task;
    for (const { errors, next: elsewhere, failureOf = task.id } of waysOut) {
      task.addCatch(elsewhere, caught(failureOf, ...errors));
    }
    const onwards = next ?? (mayFail ? end : ends.notUndone);
    task.addCatch(escalate(scope, task.id, escalations, onwards), caught(task.id, Errors.ALL));
    task.next(next ?? end);
  }
  return compensations[0].task;
}

/** Tells people that a compensation failed for good: whose, in which execution, and the error's name. */
function escalate(
  scope: Construct,
  compensation: string,
  { queue, about }: CompensationChainProps['escalations'],
  next: IChainable,
): SqsSendMessage {
  const task = new SqsSendMessage(scope, `Escalate${compensation}`, {
    queue,
    messageBody: TaskInput.fromObject({
      compensation,
      ...about,
      executionId: JsonPath.executionId,
      error: JsonPath.stringAt(`$.failures.${compensation}.Error`),
    }),
    resultPath: JsonPath.DISCARD,
    taskTimeout: Timeout.duration(Duration.seconds(5)),
  });
  task.addCatch(next, { errors: [Errors.ALL], resultPath: JsonPath.DISCARD }).next(next);
  return task;
}
