import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, Fail, StateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { type StepHandler } from '../../../lambda/shared/step';
import { compensationChain } from '../../../lib/workflow/compensation-chain';
import { stepTasks } from '../../../lib/workflow/step-task';
import { definitionsOf } from '../../../harness/synthesized-stage';
import { failing, type FakeFunction, machineOf, sending } from '../../local/step-functions/machine';

const STEPS = ['Refund', 'Restock', 'Release'] as const;
type Undo = StepHandler<(typeof STEPS)[number], { orderId: string }, unknown>;

/** A workflow of compensations alone: `mayFail` of them may, and an order that was shipped needs no restock. */
function chainOf(mayFail: readonly string[]): object {
  const stack = new Stack(new App(), 'Test');
  const code = Code.fromInline('exports.handler = async () => {}');
  const functions = Object.fromEntries(
    STEPS.map((name) => [
      name,
      new Function(stack, `${name}Function`, {
        ...{ code, runtime: Runtime.NODEJS_24_X, handler: 'index.handler', timeout: Duration.seconds(7) },
      }),
    ]),
  ) as Record<(typeof STEPS)[number], Function>;
  const comments = { Refund: '', Restock: '', Release: '' };
  const task = stepTasks<Undo, 'orderId'>(stack, {
    functions,
    comments,
    correlation: { orderId: '$.orderId' },
  });
  const shipped = new Succeed(stack, 'Shipped');
  const definition = compensationChain(stack, {
    compensations: [
      { task: task('Refund'), mayFail: mayFail.includes('Refund') },
      {
        task: task('Restock'),
        waysOut: [{ errors: ['AlreadyShipped'], next: shipped }],
        mayFail: mayFail.includes('Restock'),
      },
      { task: task('Release'), mayFail: mayFail.includes('Release') },
    ],
    escalations: { queue: new Queue(stack, 'Escalations'), about: { 'orderId.$': '$.orderId' } },
    ends: { undone: new Succeed(stack, 'Undone'), notUndone: new Fail(stack, 'NotUndone') },
  });
  new StateMachine(stack, 'Machine', { definitionBody: DefinitionBody.fromChainable(definition) });
  const [made] = Object.values(definitionsOf(Template.fromStack(stack)));
  return made!;
}

const escalations: unknown[] = [];
beforeEach(() => void escalations.splice(0));

function escalate(_: string, body: string): Promise<string> {
  escalations.push(JSON.parse(body));
  return Promise.resolve('message');
}

async function run(
  definition: object,
  errors: Partial<Record<(typeof STEPS)[number], string>>,
  sendMessage = escalate,
): Promise<string> {
  const functions: Record<string, FakeFunction> = {};
  const { States } = definition as { States: Record<string, { Parameters?: { FunctionName?: string } }> };
  for (const step of STEPS) {
    const error = errors[step];
    functions[States[step]!.Parameters!.FunctionName!.split(':').at(-1)!] = error
      ? failing(error)
      : () => ({});
  }
  const { machine, path } = machineOf(definition, functions, sending(sendMessage));
  await machine.start({ orderId: 'o-1' }).finished;
  return path().join(' ');
}

const all = chainOf([]);

test.each<[string, Parameters<typeof run>[1], string]>([
  ['nothing', {}, 'Refund Restock Release IsUndone Undone'],
  ['the first', { Refund: 'Down' }, 'Refund EscalateRefund Restock Release IsUndone NotUndone'],
  ['the middle one', { Restock: 'Down' }, 'Refund Restock EscalateRestock Release IsUndone NotUndone'],
  ['the last', { Release: 'Down' }, 'Refund Restock Release EscalateRelease NotUndone'],
  [
    'everything',
    { Refund: 'Down', Restock: 'Down', Release: 'Down' },
    'Refund EscalateRefund Restock EscalateRestock Release EscalateRelease NotUndone',
  ],
  ['the need for it', { Restock: 'AlreadyShipped' }, 'Refund Restock Shipped'],
])('when %s fails, the rest runs, and the end tells', async (_, errors, states) => {
  expect(await run(all, errors)).toBe(states);
});

test.each<[string, readonly string[], Parameters<typeof run>[1], string]>([
  ['one that may', ['Refund'], { Refund: 'Down' }, 'Refund EscalateRefund Restock Release IsUndone Undone'],
  [
    'another than those that may',
    ['Refund'],
    { Refund: 'Down', Restock: 'Down' },
    'Refund EscalateRefund Restock EscalateRestock Release IsUndone NotUndone',
  ],
  [
    'the last, which may',
    ['Refund', 'Restock', 'Release'],
    { Release: 'Down' },
    'Refund Restock Release EscalateRelease Undone',
  ],
  [
    'one of them where only the last must not',
    ['Refund', 'Restock'],
    { Restock: 'Down' },
    'Refund Restock EscalateRestock Release Undone',
  ],
])('%s fails: the end is the one of those that must not', async (_, mayFail, errors, states) => {
  expect(await run(chainOf(mayFail), errors)).toBe(states);
});

test('an escalation names the compensation, the subject, the execution and the error', async () => {
  await run(all, { Restock: 'Down' });

  expect(escalations).toEqual([
    {
      compensation: 'Restock',
      orderId: 'o-1',
      executionId: expect.stringContaining(':Saga:'),
      error: 'Down',
    },
  ]);
});

test('the chain goes on when the escalation fails, too', async () => {
  const broken = () => Promise.reject(new Error('no queue'));

  expect(await run(all, { Refund: 'Down', Release: 'Down' }, broken)).toBe(
    'Refund EscalateRefund Restock Release EscalateRelease NotUndone',
  );
});

test('a step is called in its current version, waits a second longer than its function, and gets the correlation', () => {
  const { Refund } = (all as { States: Record<string, Record<string, unknown>> }).States;

  expect(Refund).toMatchObject({
    TimeoutSeconds: 8,
    ResultPath: null,
    Parameters: {
      FunctionName: expect.stringMatching(/:RefundFunctionCurrentVersion\w+$/),
      Payload: { 'orderId.$': '$.orderId' },
    },
  });
});
