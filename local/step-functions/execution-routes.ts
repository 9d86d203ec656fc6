import { type ExecutionEvent, type ExecutionHistory } from './execution-history';
import { type StateMachine } from './state-machine';
import { json, limitOf, NO_CONTENT, refusal, type Routes } from '../http/route';

interface ExecutionRoutesProps {
  readonly history: ExecutionHistory;
  readonly stateMachines: readonly StateMachine[];
}

/** What an execution is, what it did, its end by hand, and how it goes on after that. */
export function executionRoutes({ history, stateMachines }: ExecutionRoutesProps): Routes {
  return {
    'GET /local/executions': (_, request) => {
      const brief = request.query.get('events') === 'brief';
      const executions = history
        .list()
        .slice(0, limitOf(request))
        .map(({ events, ...execution }) =>
          brief ? { ...execution, events: events.map(briefEvent) } : execution,
        );
      return json(200, { executions, kept: history.capacity }, brief ? 0 : 2);
    },

    'GET /local/executions/*': ([id = '']) => {
      const execution = history.get(id);
      return execution ? json(200, execution) : refusal(404, `There is no execution ${id}.`);
    },

    'POST /local/executions/*/kill': ([id = '']) => {
      const execution = history.get(id);
      if (!execution) return refusal(404, `There is no execution ${id}.`);
      const { executionArn, stateMachineArn } = execution;
      const running = stateMachines.find(({ arn }) => arn === stateMachineArn)?.running(executionArn);
      if (!running) return refusal(409, `The execution ${id} has ended: ${execution.status}.`);
      running.abort({ error: 'ExecutionKilled', cause: 'Killed by hand' });
      return NO_CONTENT;
    },

    'POST /local/executions/*/redrive': ([id = '']) => {
      const record = history.get(id);
      if (!record) return refusal(404, `There is no execution ${id}.`);
      const machine = stateMachines.find(({ arn }) => arn === record.stateMachineArn);
      const execution = machine?.find(record.name);
      if (!machine || !execution?.isRedrivable)
        return refusal(409, `The execution ${id} cannot be redriven: ${record.type}, ${record.status}.`);
      machine.redrive(execution);
      return NO_CONTENT;
    },
  };
}

/** An event without what was passed on, which is the greater part of it. */
function briefEvent({ input: _, output: __, cause: ___, ...event }: ExecutionEvent): ExecutionEvent {
  return event;
}
