import { setTimeout as delay } from 'node:timers/promises';
import { UnsupportedLocally } from '../../local/aws/aws-service';
import { LocalClock } from '../../local/core/clock';
import { isObject, type Json } from '../../local/step-functions/asl/json';
import { type Integration } from '../../local/core/plugin';
import { ExecutionHistory } from '../../local/step-functions/execution-history';
import { createStateMachine, type StateMachine } from '../../local/step-functions/state-machine';
import { type Answer, calledName, type Outcome, REFUSED, type Scenario, type TokenAnswer } from './scenario';
import { MOCKED_ACTIONS } from './services';

/** Longer than the shortest time-out, which is a second. */
const LATE_MS = 1_400;

/** Plays a scenario in the interpreter of the local run, which refuses definitions that it would not execute as AWS does. */
export async function play(scenario: Scenario): Promise<Outcome> {
  try {
    return await execute(scenario);
  } catch (error) {
    if (!(error instanceof UnsupportedLocally)) throw error;
    return { status: REFUSED, error: error.message, states: [], calls: [] };
  }
}

async function execute({ definition, input, answers = {} }: Scenario): Promise<Outcome> {
  const calls: [string, Json][] = [];
  const count = new Map<string, number>();

  async function answer(name: string, payload: Json): Promise<Answer> {
    calls.push([name, payload]);
    const list = answers[name] ?? [{ ok: {} }];
    const index = count.get(name) ?? 0;
    count.set(name, index + 1);
    const next = list[Math.min(index, list.length - 1)]!;
    if ('late' in next) await delay(LATE_MS);
    if ('refused' in next) throw Object.assign(new Error('refused'), { code: next.refused, statusCode: 400 });
    return next;
  }
  function integration(name: string): Integration | undefined {
    const action = MOCKED_ACTIONS[name];
    if (!action) return undefined;
    return {
      parameters: action.parameters,
      async call(given: Readonly<Record<string, Json>>) {
        await answer(name, given);
        return action.answer;
      },
    };
  }

  const machine = createStateMachine(
    { arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:M', name: 'M', type: 'STANDARD', definition },
    {
      clock: new LocalClock(),
      history: new ExecutionHistory(),
      waitScale: 0,
      async invokeFunction(arn, payload) {
        const given = await answer(calledName(arn), payload);
        if ('fail' in given) return { functionError: 'Unhandled', payload: JSON.stringify(given.fail) };
        if (!('ok' in given)) return { payload: '{}' };
        if (given.token) sendBack(machine, payload, given.token);
        return { payload: JSON.stringify(given.ok) };
      },
      integration,
    },
  );
  const { status, output, error, cause, events } = await machine.start(input, { name: 'n' }).finished;
  const states = events.filter(({ type }) => type.endsWith('StateEntered')).map(({ state }) => state!);
  return { status, output, error, cause, states, calls };
}

function sendBack({ taskTokens }: StateMachine, payload: Json, answer: TokenAnswer): void {
  const token = isObject(payload) && typeof payload.taskToken === 'string' ? payload.taskToken : '';
  if ('ok' in answer) taskTokens.succeed(token, answer.ok);
  else taskTokens.fail(token, answer.error, answer.cause);
}
