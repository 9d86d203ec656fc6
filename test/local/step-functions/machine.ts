import { LocalClock } from '../../../local/core/clock';
import { type Integration } from '../../../local/core/plugin';
import { ExecutionHistory } from '../../../local/step-functions/execution-history';
import {
  createStateMachine,
  type StateMachine,
  type StateMachinePorts,
  type StateMachineProps,
} from '../../../local/step-functions/state-machine';
import { type Json } from '../../../local/step-functions/asl/json';

export type FakeFunction = (payload: Json) => unknown;

/** A function that fails as Lambda reports it. */
export function failing(errorType: string, errorMessage = 'no'): FakeFunction {
  return () => {
    throw Object.assign(new Error(errorMessage), { name: errorType });
  };
}

export const functionArn = (name: string): string => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** A Task that calls a function, as CDK's LambdaInvoke writes it. */
export const invoke = (name: string, more: object = {}): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: functionArn(name), 'Payload.$': '$' },
  ...more,
});

/** The integration `sqs:sendMessage`. */
export function sending(
  send: (queueUrl: string, body: string) => Promise<string>,
): Pick<StateMachinePorts, 'integration'> {
  const sendMessage: Integration = {
    parameters: ['QueueUrl', 'MessageBody'],
    required: ['QueueUrl', 'MessageBody'],
    call: async ({ QueueUrl, MessageBody }) => ({
      MessageId: await send(QueueUrl as string, MessageBody as string),
    }),
  };
  return { integration: (name) => (name === 'sqs:sendMessage' ? sendMessage : undefined) };
}

export interface MachineFixture {
  readonly machine: StateMachine;
  readonly history: ExecutionHistory;
  /** Names of the functions called, in order. */
  readonly calls: string[];
  /** The names of the states an execution entered, in order. */
  readonly path: (idOrName?: string) => string[];
  readonly eventTypes: () => string[];
}

export function machineOf(
  definition: object,
  functions: Record<string, FakeFunction> = {},
  options: Partial<StateMachinePorts> & Partial<StateMachineProps> = {},
): MachineFixture {
  const history = options.history ?? new ExecutionHistory();
  const calls: string[] = [];
  const machine = createStateMachine(
    {
      arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:Saga',
      name: 'Saga',
      type: 'EXPRESS',
      definition,
      ...options,
    },
    {
      clock: new LocalClock(),
      waitScale: 0,
      async invokeFunction(arn, payload) {
        const name = arn.split(':').at(-1)!;
        calls.push(name);
        try {
          return { payload: JSON.stringify((await functions[name]!(payload)) ?? null) };
        } catch (error) {
          const { name: errorType, message: errorMessage } = error as Error;
          return {
            functionError: 'Unhandled',
            payload: JSON.stringify({ errorType, errorMessage, trace: [] }),
          };
        }
      },
      ...options,
      history,
    },
  );
  const newest = () => history.list()[0]!;
  return {
    machine,
    history,
    calls,
    path: (id) =>
      (id === undefined ? newest() : history.get(id)!).events
        .filter(({ type }) => type.endsWith('StateEntered'))
        .map(({ state }) => state!),
    eventTypes: () => newest().events.map(({ type }) => type),
  };
}

/** A saga in small: reserve, pay, confirm; a failed payment releases. */
export const saga = {
  StartAt: 'Reserve',
  States: {
    Reserve: invoke('reserve', { ResultPath: '$.reservation', Next: 'Pay' }),
    Pay: invoke('pay', {
      TimeoutSeconds: 5,
      ResultSelector: { 'id.$': '$.Payload.id' },
      ResultPath: '$.payment',
      Retry: [
        {
          ErrorEquals: ['GatewayTimeout', 'States.Timeout'],
          IntervalSeconds: 2,
          MaxAttempts: 3,
          BackoffRate: 2,
        },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Release' }],
      Next: 'Paid?',
    }),
    'Paid?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.payment.id', IsPresent: true, Next: 'Done' }],
      Default: 'Failed',
    },
    Release: invoke('release', { ResultPath: null, Next: 'Failed' }),
    Done: { Type: 'Pass', Parameters: { 'id.$': '$.payment.id', 'at.$': '$$.Execution.Name' }, Next: 'Ok' },
    Ok: { Type: 'Succeed' },
    Failed: { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' },
  },
};
