import { setTimeout as delay } from 'node:timers/promises';
import { LocalClock } from '../../local/core/clock';
import { type Json } from '../../local/step-functions/asl/json';
import { type Integration } from '../../local/core/plugin';
import { ExecutionHistory } from '../../local/step-functions/execution-history';
import { createStateMachine } from '../../local/step-functions/state-machine';
import { type Answer, calledName, type Outcome, type Scenario } from './scenario';

/** Longer than the shortest time-out, which is a second. */
const LATE_MS = 1_400;

/** Plays a scenario in the interpreter of the local run. */
export async function play({ definition, input, answers = {} }: Scenario): Promise<Outcome> {
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
  const sendMessage: Integration = {
    parameters: ['QueueUrl', 'MessageBody'],
    async call({ MessageBody }) {
      await answer('sqs:sendMessage', JSON.parse(MessageBody as string) as Json);
      return { MessageId: 'm-1' };
    },
  };

  const machine = createStateMachine(
    { arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:M', name: 'M', type: 'STANDARD', definition },
    {
      clock: new LocalClock(),
      history: new ExecutionHistory(),
      waitScale: 0,
      async invokeFunction(arn, payload) {
        const given = await answer(calledName(arn), payload);
        if ('fail' in given) return { functionError: 'Unhandled', payload: JSON.stringify(given.fail) };
        return { payload: JSON.stringify('ok' in given ? given.ok : {}) };
      },
      integration: (name) => (name === 'sqs:sendMessage' ? sendMessage : undefined),
    },
  );
  const { status, output, error, cause, events } = await machine.start(input, { name: 'n' }).finished;
  const states = events.filter(({ type }) => type.endsWith('StateEntered')).map(({ state }) => state!);
  return { status, output, error, cause, states, calls };
}
