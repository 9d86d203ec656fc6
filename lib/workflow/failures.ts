import {
  Choice,
  Condition,
  Errors,
  Fail,
  type IChainable,
  type TaskStateBase,
} from 'aws-cdk-lib/aws-stepfunctions';
import { type Construct } from 'constructs';
import {
  type CompensationName,
  type CompensationRow,
  compensationOrder,
  endsOf,
  type FinalStep,
  type Outcomes,
  type Steering,
  type StepName,
} from '../../lambda/shared/outcomes';
import { compensationChain, type CompensationChainProps } from './compensation-chain';
import { caught } from './step-task';

/** An end for each step, and the one where nobody knows yet. What reads the state's name and its cause makes the answer of it. */
export type FailedEnds<O extends Outcomes> = Readonly<
  Record<Exclude<StepName<O>, FinalStep<O>> | 'unknown' | 'refused', Fail>
>;

export function failedEnds<O extends Outcomes>(scope: Construct, outcomes: O): FailedEnds<O> {
  const failed = (end: string, state: string) =>
    new Fail(scope, end, { error: end, causePath: `$.failures.${state}.Cause` });
  const ends = endsOf(outcomes).map(({ step, end }) => [step, failed(end, step)]);
  const unknown = new Fail(scope, outcomes.unknown.end, {
    error: outcomes.unknown.end,
    cause: 'Nobody knows yet how it will end: recovery settles it',
  });
  const { givenUp } = outcomes;
  const refused = givenUp ? [['refused', failed(givenUp.refusedEnd, givenUp.by)] as const] : [];
  return Object.fromEntries([...ends, ['unknown', unknown], ...refused]) as FailedEnds<O>;
}

export interface UndoProps<O extends Outcomes> {
  readonly ends: FailedEnds<O>;
  readonly steps: Readonly<Record<StepName<O>, TaskStateBase>>;
  /** Where the failure of a step leads that undoes nothing. */
  readonly goesOn: Readonly<Record<FinalStep<O>, IChainable>>;
  readonly compensations: Readonly<Record<CompensationName<O>, TaskStateBase>>;
  /** Where it leads that the client has given up, and all is undone. @default - nobody can */
  readonly givenUp?: IChainable;
  /** Where each error leads that steers the workflow. */
  readonly steers: Steering<O, IChainable>;
  readonly escalations: CompensationChainProps['escalations'];
}

/**
 * What follows from the table of outcomes when something fails: each step's catches, the chain of compensations, the choice
 * `WhatFailed` between the ends.
 *
 * A step's fault leads to its own compensation, a refusal to that of the step before. From there the chain runs to its end:
 * the compensations in the reverse order of their steps.
 */
export function undoFailures<O extends Outcomes>(
  scope: Construct,
  outcomes: O,
  { ends, steps, goesOn, compensations, givenUp, steers, escalations }: UndoProps<O>,
): void {
  const [first, ...others] = endsOf(outcomes).toReversed();
  if (!first) throw new Error('No step has an end');
  const endOf = (step: string) => ends[step as keyof typeof ends];
  const steersOf = (state: string) =>
    Object.entries<IChainable>(steers[state as keyof typeof steers] ?? {}).map(([error, next]) => ({
      errors: [error],
      next,
    }));

  /** The compensation of the last step so far that has one. */
  let undo: IChainable | undefined;
  for (const [name, row] of Object.entries(outcomes.steps)) {
    const { fails, undoneBy, insteadOf, refuses = [], repeats = [] } = row;
    const task = steps[name as StepName<O>];
    const own = undoneBy === undefined ? undo : compensations[undoneBy as CompensationName<O>];
    for (const { errors, next } of steersOf(name)) task.addCatch(next, caught(name, ...errors));
    if (!fails) {
      task.addCatch(goesOn[name as FinalStep<O>], caught(name, Errors.ALL));
      continue;
    }
    const end = endOf(name);
    if (!undo && refuses.length + repeats.length > 0)
      task.addCatch(end, caught(name, ...refuses, ...repeats));
    if (undo && refuses.length > 0) task.addCatch(undo, caught(name, ...refuses));
    if (undo && repeats.length > 0) task.addCatch(end, caught(name, ...repeats));
    task.addCatch(own ?? end, caught(name, Errors.ALL));
    // What follows undoes what the step in whose place this one came has done, whichever of the two it was.
    if (!insteadOf) undo = own;
  }

  const [firstUndone, ...undone] = compensationOrder(outcomes).map((name, index, { length }) => {
    const { repeats = [], refuses = [] }: CompensationRow = outcomes.compensations[name]!;
    // The answer of an earlier run stands in the place of the first step's.
    const repeated = { errors: repeats, next: endOf(first.step), failureOf: first.step };
    const refused = { errors: refuses, next: ends.refused, failureOf: outcomes.givenUp?.by };
    return {
      task: compensations[name],
      waysOut: [...steersOf(name), ...[refused, repeated].filter(({ errors }) => errors.length > 0)],
      // What it leaves, the reconciler finds; the client's answer is the same.
      mayFail: index < length - 1,
    };
  });
  if (!firstUndone) return;
  const whatFailed = new Choice(scope, 'WhatFailed');
  if (outcomes.givenUp && givenUp)
    whatFailed.when(Condition.isPresent(`$.failures.${outcomes.givenUp.by}`), givenUp);
  for (const { step } of others.toReversed()) {
    whatFailed.when(Condition.isPresent(`$.failures.${step}`), endOf(step));
  }
  compensationChain(scope, {
    compensations: [firstUndone, ...undone],
    escalations,
    ends: { undone: whatFailed.otherwise(endOf(first.step)), notUndone: ends.unknown },
  });
}
