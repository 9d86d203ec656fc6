import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  type Answer,
  type EventProClient,
  eventually,
  type PurchaseBody,
} from '../../harness/eventpro-client';
import { stop, useLocalProcesses } from '../support/local-processes';

const SEATS = ['A', 'B', 'C', 'D', 'E'].flatMap((row) =>
  Array.from({ length: 20 }, (_, index) => `${row}-${index + 1}`),
);
/** Sales that are through before the others are started and the process is killed among them. */
const SOLD_BEFORE = 10;

const { data, start } = useLocalProcesses();

test('a local run killed under load: the restart settles everything, and nothing acknowledged is lost', async () => {
  const first = await start();
  const before = await Promise.all(SEATS.slice(0, SOLD_BEFORE).map((seat) => buy(first.client, seat)));
  let answered = 0;
  const enough = new Promise<void>((resolve) => {
    for (const seat of SEATS.slice(SOLD_BEFORE)) {
      attempts.push(buy(first.client, seat).finally(() => ++answered === 15 && resolve()));
    }
  });
  await enough;
  const engine = enginePid();
  expect(isRunning(engine)).toBe(true);
  await stop(first.child, 'SIGKILL');
  const inFlight = await Promise.all(attempts);

  const second = await start();
  const { client } = second;
  for (const seconds of [361, 361, 720, 3_700]) {
    await client.advanceClock(seconds);
    await quiet(client);
  }

  const tries = [...before, ...inFlight];
  const acknowledged = tries.filter(({ answer }) => answer?.status === 201);
  const unanswered = tries.filter(({ answer }) => answer === undefined);
  expect(acknowledged.length).toBeGreaterThanOrEqual(SOLD_BEFORE);
  expect(unanswered.length).toBeGreaterThan(0);

  // Recovery, and the hourly audit that closes an intent and frees a seat of which no record tells, are functions: `quiet` does not wait
  // for them.
  const isSettled = async () =>
    (await ends(client, tries)).every((end) => isDeepStrictEqual(end, wanted(end))) || undefined;
  await eventually(isSettled, 'an end of every sale').catch(() => undefined);
  for (const [index, end] of (await ends(client, tries)).entries()) {
    expect(end).toEqual(wanted(end));
    if (tries[index]!.answer?.status === 201) expect(end.status).toBe('CONFIRMED');
  }
  expect(isRunning(engine)).toBe(false);
  const last = enginePid();
  await stop(second.child, 'SIGTERM');
  expect(isRunning(last)).toBe(false);
}, 300_000);

interface Attempt {
  readonly key: string;
  readonly seat: string;
  /** None when the connection broke. */
  readonly answer?: Answer;
}

const attempts: Promise<Attempt>[] = [];

async function buy(client: EventProClient, seat: string): Promise<Attempt> {
  const key = randomUUID();
  const answer = await client.buy({ key, seats: [seat] }).catch(() => undefined);
  return { key, seat, answer };
}

interface End {
  /** NONE: the kill overtook the request, and it was never taken in. */
  readonly status: string;
  readonly amount: number;
  readonly seat: string | undefined;
  readonly ticket: number;
  readonly payments: readonly string[];
  readonly kept: number;
}

/** What has become of each attempt. */
async function ends(client: EventProClient, tries: readonly Attempt[]): Promise<End[]> {
  const payments = await client.payments();
  const seats = new Map((await client.seats()).map(({ seatId, status }) => [seatId, status]));
  return Promise.all(
    tries.map(async ({ key, seat }) => {
      const { status, body } = await client.request<PurchaseBody>('GET', `/api/purchases/${key}`);
      const own = payments.filter(({ metadata }) => metadata.purchaseId === key);
      return {
        status: status === 404 ? 'NONE' : body.status,
        amount: body.amount,
        seat: seats.get(seat),
        ticket: (await client.ticket(key)).status,
        payments: own.map((payment) => payment.status),
        kept: own.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0),
      };
    }),
  );
}

/** What must have become of it: a seat, its ticket and its price, or nothing of the three. */
function wanted({ status, amount, payments }: End): End {
  return status === 'CONFIRMED'
    ? { status, amount, seat: 'SOLD', ticket: 302, payments: ['succeeded'], kept: amount }
    : {
        ...{ amount, seat: 'AVAILABLE', ticket: 404, kept: 0 },
        status: status === 'NONE' ? status : 'FAILED',
        payments: payments.map((each) => (each === 'succeeded' ? each : 'canceled')),
      };
}

/** Waits until no execution has run for a while. */
async function quiet(client: EventProClient): Promise<void> {
  for (let looks = 0; looks < 5; looks++) {
    await delay(100);
    const executions = await client.executions();
    if (executions.some(({ status }) => status === 'RUNNING')) looks = -1;
  }
}

/** The process of the DynamoDB engine, which a kill of its parent leaves behind. */
function enginePid(): number {
  const file = join(data, 'dynamodb.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

/** A process that has ended and waits for its parent to notice runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
