import { json, limitOf, refusal, type Routes } from '../http/route';
import { type DurableExecution, type KeptOperation } from './durable-execution';
import { type DurableExecutions } from './durable-executions';

/** What durable executions are and did, for people and for the console. */
export function executionRoutes(executions: DurableExecutions): Routes {
  return {
    'GET /local/durable-executions': (_, request) =>
      json(200, { executions: [...executions.list()].reverse().slice(0, limitOf(request)).map(reported) }),

    'GET /local/durable-executions/*': ([id = '']) => {
      // A name is unique in a function alone: the newest of them.
      const execution = executions.list().findLast(({ arn, start }) => arn === id || start.name === id);
      return execution
        ? json(200, detailed(execution))
        : refusal(404, `There is no durable execution ${id}.`);
    },
  };
}

function reported({ arn, start, progress }: DurableExecution): object {
  const { status, endedAt, result, error, invocations, operationsUsed, bytesWritten } = progress;
  return {
    ...{ name: start.name, arn, function: start.functionName, version: start.version, status },
    ...{ startedAt: text(start.startedAt), endedAt: endedAt && text(endedAt) },
    ...{ input: start.input, result, error },
    // The first invocation runs the function, each further one replays what is recorded, and goes on.
    ...{ invocations, replays: Math.max(0, invocations - 1), operationsUsed, bytesWritten },
    parent: start.parent?.arn,
  };
}

function detailed(execution: DurableExecution): object {
  const invocations = execution.events.flatMap(({ InvocationCompletedDetails: details }) =>
    details
      ? {
          ...{ id: details.RequestId, startedAt: text(details.StartTimestamp! * 1000) },
          ...{ endedAt: text(details.EndTimestamp! * 1000), error: details.Error?.Payload },
        }
      : [],
  );
  return {
    ...reported(execution),
    operations: [...execution.operations.values()].map(operation),
    endedInvocations: invocations,
  };
}

function operation({ told, chained, timesOutAt }: KeptOperation): object {
  const { StepDetails, WaitDetails, CallbackDetails, ChainedInvokeDetails, ContextDetails } = told;
  const details = StepDetails ?? CallbackDetails ?? ChainedInvokeDetails ?? ContextDetails ?? {};
  const { Error, Result } = details;
  const { NextAttemptTimestamp } = StepDetails ?? {};
  const { ScheduledEndTimestamp } = WaitDetails ?? {};
  return {
    ...{ id: told.Id, parentId: told.ParentId, name: told.Name, type: told.Type, subType: told.SubType },
    ...{ status: told.Status, attempts: StepDetails?.Attempt },
    startedAt: text(told.StartTimestamp * 1000),
    endedAt: told.EndTimestamp && text(told.EndTimestamp * 1000),
    retriesAt: NextAttemptTimestamp && text(NextAttemptTimestamp * 1000),
    waitsUntil: ScheduledEndTimestamp && text(ScheduledEndTimestamp * 1000),
    timesOutAt: timesOutAt && text(timesOutAt),
    ...{ callbackId: CallbackDetails?.CallbackId, invokes: chained?.functionName },
    ...{ result: Result, error: Error },
  };
}

/** @param at milliseconds */
function text(at: number): string {
  return new Date(at).toISOString();
}
