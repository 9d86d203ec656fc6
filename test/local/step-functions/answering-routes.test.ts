import { setTimeout as delay } from 'node:timers/promises';
import { serveRoutes } from '../../../local/http/route';
import { executionRoutes } from '../../../local/step-functions/execution-routes';
import { taskRoutes } from '../../../local/step-functions/task-routes';
import { functionArn, invoke, type MachineFixture, machineOf } from './machine';

const definition = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: functionArn('ask'), Payload: { 'token.$': '$$.Task.Token' } },
      Next: 'Pay',
    },
    Pay: invoke('pay', { ResultPath: null, End: true }),
  },
};

function routesOf({ history, machine }: MachineFixture) {
  const stateMachines = [machine];
  const serve = serveRoutes({
    ...executionRoutes({ history, stateMachines }),
    ...taskRoutes(stateMachines),
  });
  return async (method: string, path: string, body: unknown = {}) => {
    const text = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const query = new URLSearchParams();
    const answer = (await serve({ method, path, headers: {}, query, body: text }))!;
    const written = answer.body as string | undefined;
    return { status: answer.statusCode, body: written === undefined ? {} : (JSON.parse(written) as object) };
  };
}

/** An execution that waits for an answer, and pays when it has it. */
async function waiting(pay: () => unknown = () => null) {
  const fixture = machineOf(definition, { ask: () => null, pay }, { type: 'STANDARD' });
  const execution = fixture.machine.start({}, { name: 'order-1' });
  while (fixture.machine.taskTokens.waiting().length === 0) await delay(1);
  const ask = routesOf(fixture);
  const { tasks } = (await ask('GET', '/local/tasks')).body as { tasks: { token: string }[] };
  return { execution, ask, tasks, path: `/local/tasks/${encodeURIComponent(tasks[0]!.token)}` };
}

test('a task that waits is told with its token, and goes on with the output that is sent', async () => {
  const { execution, ask, tasks, path } = await waiting();

  const answer = await ask('POST', path, { output: { approved: true } });
  await execution.finished;
  const late = await ask('POST', path, { output: {} });

  const { executionArn } = execution;
  expect(tasks).toMatchObject([{ executionArn, state: 'Ask', tags: {}, since: expect.any(String) }]);
  expect([answer.status, late.status]).toEqual([204, 409]);
  expect(execution.record).toMatchObject({ status: 'SUCCEEDED', output: { approved: true } });
  expect((await ask('GET', '/local/tasks')).body).toEqual({ tasks: [] });
});

test('a failure that is sent is the failure of the task', async () => {
  const { execution, ask, path } = await waiting();

  const { status } = await ask('POST', path, { error: 'Refused', cause: 'By hand' });
  await execution.finished;

  expect(status).toBe(204);
  expect(execution.record).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'By hand' });
});

test.each([
  [{}, 'Say {"output": …}'],
  [{ output: {}, error: 'Refused' }, 'Say {"output": …}'],
  [{ error: 7 }, 'error must be a text'],
  [{ cause: {} }, 'cause must be a text'],
  ['[]', 'must be a JSON object'],
  ['{', 'must be a JSON object'],
])('an answer that is none is refused, and the task waits on: %j', async (body, detail) => {
  const { ask, execution, path } = await waiting();

  const answer = await ask('POST', path, body);

  expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining(detail) } });
  expect((await ask('GET', '/local/tasks')).body).toMatchObject({ tasks: [{ state: 'Ask' }] });
  execution.abort();
});

test('a token that nobody gave away is not there', async () => {
  const { ask, execution } = await waiting();

  expect((await ask('POST', '/local/tasks/nothing', { output: 1 })).status).toBe(404);
  execution.abort();
});

test('a Standard execution that has failed is redriven from its failed state; no other is', async () => {
  let isBroken = true;
  const { execution, ask, path } = await waiting(() => {
    if (isBroken) throw Object.assign(new Error('no'), { name: 'Broken' });
    return null;
  });
  const redrive = (id: string) => ask('POST', `/local/executions/${id}/redrive`);
  const running = await redrive('order-1');
  await ask('POST', path, { output: {} });
  await execution.finished;
  isBroken = false;

  const redriven = await redrive('order-1');
  await execution.finished;

  expect([running.status, redriven.status]).toEqual([409, 204]);
  expect(execution.record.status).toBe('SUCCEEDED');
  expect(
    execution.record.events.filter(({ type }) => type === 'TaskStateEntered').map(({ state }) => state),
  ).toEqual([...['Ask', 'Pay', 'Pay']]);
  expect([(await redrive('order-1')).status, (await redrive('nowhere')).status]).toEqual([409, 404]);
});

test('each event says in which branch and which iteration it happened', async () => {
  const each = { StartAt: 'Pay', States: { Pay: { Type: 'Pass', End: true } } };
  const both = {
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        End: true,
        Branches: [
          { StartAt: 'Tell', States: { Tell: { Type: 'Pass', End: true } } },
          { StartAt: 'Each', States: { Each: { Type: 'Map', ItemProcessor: each, End: true } } },
        ],
      },
    },
  };
  const { machine } = machineOf(both, {}, { type: 'STANDARD' });

  const { events } = await machine.start([1, 2]).finished;

  const entered = events.filter(({ type }) => type.endsWith('StateEntered'));
  expect(
    Object.fromEntries(entered.map(({ state, within = [] }) => [`${state} ${within.at(-1)?.index}`, within])),
  ).toEqual({
    'Both undefined': [],
    'Tell 0': [{ state: 'Both', index: 0 }],
    'Each 1': [{ state: 'Both', index: 1 }],
    'Pay 0': [
      { state: 'Both', index: 1 },
      { state: 'Each', index: 0 },
    ],
    'Pay 1': [
      { state: 'Both', index: 1 },
      { state: 'Each', index: 1 },
    ],
  });
});
