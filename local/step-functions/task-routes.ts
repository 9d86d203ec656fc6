import { AwsError } from '../aws/aws-error';
import { BadRequest, bodyOf, json, NO_CONTENT, refusal, type Routes } from '../http/route';
import { type Json } from './asl/json';
import { type StateMachine } from './state-machine';

interface Answer {
  readonly output: Json;
  readonly error: unknown;
  readonly cause: unknown;
}

/** The Tasks that wait for their token to come back, and their answer by hand. */
export function taskRoutes(stateMachines: readonly StateMachine[]): Routes {
  return {
    'GET /local/tasks': () =>
      json(200, {
        tasks: stateMachines.flatMap(({ name, tags, taskTokens }) =>
          taskTokens.waiting().map((task) => ({ ...task, stateMachine: name, tags })),
        ),
      }),

    'POST /local/tasks/*': ([token = ''], request) => {
      const { output, error, cause } = bodyOf<Answer>(request);
      const isFailure = error !== undefined || cause !== undefined;
      if (isFailure === (output !== undefined))
        throw new BadRequest('Say {"output": …} for a success, or {"error"?, "cause"?} for a failure.');
      const machine = stateMachines.find(({ taskTokens }) => taskTokens.knows(token));
      if (!machine) return refusal(404, 'No task has or had this token.');
      try {
        if (output !== undefined) machine.taskTokens.succeed(token, output);
        else machine.taskTokens.fail(token, textOf('error', error), textOf('cause', cause));
      } catch (refused) {
        if (refused instanceof AwsError) return refusal(409, 'The task waits no more.');
        throw refused;
      }
      return NO_CONTENT;
    },
  };
}

/** @throws BadRequest */
function textOf(name: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new BadRequest(`${name} must be a text.`);
}
