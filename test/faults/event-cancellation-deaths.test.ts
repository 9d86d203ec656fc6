import { type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type LocalRunOptions } from '../../bin/local-run';
import { type FaultRun, startFaultRun } from '../../faults/fault-run';
import { type EventCancellationAnswer } from '../../lambda/event-cancellation/event-cancellation-answers';
import { DURABLE_FUNCTIONS } from '../../local/durable-functions/plugin';
import { eventually } from '../../harness/eventpro-client';
import { bodyOf, send, ServiceProxy } from '../../harness/service-proxy';
import { cloudAssembly } from '../support/cloud-assembly';

const MESSAGE = 'The singer is ill.';
const PATH = '/api/events/demo/cancellation';
const SEATS = ['A-1', 'A-2', 'A-3', 'A-4'];

/** A request at which its sender dies: before the service has it, or before the sender has the answer. */
interface Death {
  readonly of: 'CancelEvent' | 'PostEventCancellation';
  readonly at: (request: IncomingMessage, body: string) => boolean;
  /** The first such request is 1. */
  readonly nth?: number;
  readonly mode: 'before' | 'after';
}

/** A checkpoint that tells of a step. */
const checkpoint =
  (step: string, action: 'START' | 'SUCCEED'): Death['at'] =>
  ({ url }, body) => {
    if (!url!.endsWith('/checkpoint')) return false;
    const { Updates = [] } = JSON.parse(body) as { Updates?: { Name?: string; Action?: string }[] };
    return Updates.some(({ Name, Action }) => Name === step && Action === action);
  };

const startOfCancellation: Death['at'] = ({ headers }, body) =>
  String(headers['x-amz-target']).endsWith('.StartExecution') && body.includes('EVENT_CANCELLED');

const startOfCancelEvent: Death['at'] = ({ headers }) =>
  headers['x-amz-durable-execution-name'] !== undefined;

const proxy = new ServiceProxy();
/** Kills the invocation of a function that is under way. */
const killers = new Map<Death['of'], () => void>();
let death: Death | undefined;
let met = 0;
let run: FaultRun;

const redirect: NonNullable<LocalRunOptions['redirect']> = (server, url) =>
  server === 'aws'
    ? proxy.before(async (incoming, response) => {
        const body = await bodyOf(incoming);
        const isIt = death?.at(incoming, body.toString()) && ++met === (death.nth ?? 1);
        const { of, mode } = (isIt && death) || {};
        if (mode === 'before') {
          killers.get(of!)!();
          return void response.destroy();
        }
        const reply = await proxy.forward(new URL(url), incoming, body);
        if (mode === 'after') {
          killers.get(of!)!();
          return void response.destroy();
        }
        send(response, reply);
      })
    : url;

const aroundInvoke: NonNullable<LocalRunOptions['aroundInvoke']> =
  (invoke) => (name, payload, invocation) => {
    const of = (['CancelEvent', 'PostEventCancellation'] as const).find((victim) => name.includes(victim));
    if (!of) return invoke(name, payload, invocation);
    const killer = new AbortController();
    killers.set(of, () => killer.abort());
    return invoke(name, payload, { ...invocation, signal: killer.signal });
  };

beforeAll(async () => {
  run = await startFaultRun({ assemblyDirectory: await cloudAssembly(), redirect, aroundInvoke });
});
afterAll(async () => {
  await run?.close();
  await proxy.close();
});
beforeEach(async () => {
  death = undefined;
  met = 0;
  await run.eventpro.reset();
});

const emailOf = (seat: string) => `${seat.toLowerCase()}@example.com`;

function sell(): Promise<string[]> {
  return Promise.all(
    SEATS.map(async (seat) => {
      const buyer = { name: 'Ann Lee', email: emailOf(seat) };
      const { status, purchaseId } = await run.eventpro.buy({ seats: [seat], buyer });
      expect(status).toBe(201);
      return purchaseId;
    }),
  );
}

const cancelEvent = () => run.eventpro.signed('POST', PATH, { message: MESSAGE });

/** Lets the time pass that the function waits. */
async function done(): Promise<EventCancellationAnswer> {
  for (let round = 0; round < 60; round++) {
    const { body } = await run.eventpro.signed<EventCancellationAnswer>('GET', PATH);
    if (body.status === 'DONE') return body;
    run.clock.advance(30);
    await delay(100);
    await run.idle();
  }
  throw new Error('The cancellation was not done within half an hour');
}

/** Each purchase is cancelled by one refund of all its money, each buyer told by one mail, and each seat free. */
async function expectEachOnce(purchaseIds: readonly string[]): Promise<void> {
  const { eventpro } = run;
  for (const purchaseId of purchaseIds) {
    const { status, amount } = await eventpro.purchase(purchaseId);
    const payments = await eventpro.payments(purchaseId);
    const refunds = payments.flatMap((payment) => payment.refunds.map((refund) => refund.amount));
    expect({ status, captured: payments.map(({ captured }) => captured), refunds }).toEqual({
      ...{ status: 'CANCELLED', captured: [amount], refunds: [amount] },
    });
  }
  expect((await eventpro.payments()).reduce((kept, each) => kept + each.captured - each.refunded, 0)).toBe(0);
  expect((await eventpro.seats()).filter(({ status }) => status !== 'AVAILABLE')).toEqual([]);
  await eventually(async () => ((await told()).length >= SEATS.length ? true : undefined), 'a mail to each');
  await delay(100);
  await run.idle();
  expect((await told()).sort()).toEqual(SEATS.map(emailOf).sort());
}

async function told(): Promise<string[]> {
  const mails = await run.eventpro.inbox();
  return mails
    .filter(({ channel, text = '' }) => channel === 'email' && text.includes(MESSAGE))
    .map(({ to }) => to);
}

/** The numbers of the executions of CancelEvent that there were. */
function attempts(): number[] {
  const executions = run.cloud.get(DURABLE_FUNCTIONS).list();
  return executions.map(({ start }) => Number(start.name.split('-').at(-1)));
}

/** How many invocations of CancelEvent have died. */
function deaths(): number {
  const events = run.cloud
    .get(DURABLE_FUNCTIONS)
    .list()
    .flatMap((execution) => execution.events);
  return events.filter(({ InvocationCompletedDetails: completed }) => completed?.Error).length;
}

const PAGE = 'pass-1-page-1';

test.each<[string, Omit<Death, 'of'>]>([
  ['before a page is begun', { at: checkpoint(PAGE, 'START'), mode: 'before' }],
  ['after a page is begun', { at: checkpoint(PAGE, 'START'), mode: 'after' }],
  ['before the third cancellation of a page', { at: startOfCancellation, nth: 3, mode: 'before' }],
  ['after the third cancellation of a page', { at: startOfCancellation, nth: 3, mode: 'after' }],
  ['before the end of a page is recorded', { at: checkpoint(PAGE, 'SUCCEED'), mode: 'before' }],
  ['after the end of a page is recorded', { at: checkpoint(PAGE, 'SUCCEED'), mode: 'after' }],
  ['before the end of it all is recorded', { at: checkpoint('finish', 'SUCCEED'), mode: 'before' }],
])('a function that dies %s goes on, and everything is done once', async (_, planned) => {
  const sold = await sell();
  death = { of: 'CancelEvent', ...planned };

  expect((await cancelEvent()).status).toBe(202);
  const end = await done();

  expect(deaths()).toBe(1);
  expect(end).toMatchObject({ purchases: SEATS.length, cancelled: SEATS.length, failed: 0, remaining: 0 });
  await expectEachOnce(sold);
  expect(attempts()).toEqual([1]);
});

test.each([
  ['before it has started the function leaves it to Reconcile', 'before', 2],
  ['after it has started the function has done its work', 'after', 1],
] as const)('a request that dies %s', async (_, mode, attempt) => {
  const sold = await sell();
  death = { of: 'PostEventCancellation', at: startOfCancelEvent, mode };

  expect((await cancelEvent()).status).toBeGreaterThanOrEqual(500);
  expect(attempts()).toEqual(mode === 'before' ? [] : [1]);
  if (mode === 'before') run.clock.advance(60);
  await eventually(() => Promise.resolve(attempts().length > 0 || undefined), 'an execution');
  // Whoever had no answer asks again.
  expect((await cancelEvent()).status).toBe(202);
  const end = await done();

  expect(end).toMatchObject({ cancelled: SEATS.length, failed: 0, remaining: 0 });
  await expectEachOnce(sold);
  expect(attempts()).toEqual([attempt]);
});
