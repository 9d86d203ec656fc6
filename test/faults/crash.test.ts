import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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

  // The hourly audit closes an intent, and frees a seat, that no record tells of. It is a function: `quiet` does not wait for it.
  const payments = await eventually(async () => {
    const all = await client.payments();
    return all.every(({ status }) => status === 'succeeded' || status === 'canceled') ? all : undefined;
  }, 'an end of every payment');
  const seats = await eventually(async () => {
    const all = await client.seats();
    return all.every(({ status }) => status !== 'HELD')
      ? new Map(all.map(({ seatId, status }) => [seatId, status]))
      : undefined;
  }, 'an end of every hold');
  for (const { key, seat, answer } of tries) {
    const { status, body } = await client.request<PurchaseBody>('GET', `/api/purchases/${key}`);
    const ticket = await client.ticket(key);
    const kept = payments
      .filter(({ metadata }) => metadata.purchaseId === key)
      .reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
    // A request that the kill overtook may never have been taken in.
    const end = status === 404 ? 'NONE' : body.status;
    const isSold = end === 'CONFIRMED';
    if (answer?.status === 201) expect(end).toBe('CONFIRMED');
    expect(['CONFIRMED', 'FAILED', 'NONE']).toContain(end);
    expect({ seat: seats.get(seat), ticket: ticket.status, kept }).toEqual({
      seat: isSold ? 'SOLD' : 'AVAILABLE',
      ticket: isSold ? 302 : 404,
      kept: isSold ? body.amount : 0,
    });
  }
  expect(isRunning(engine)).toBe(false);
  const last = enginePid();
  await stop(second.child, 'SIGTERM');
  expect(isRunning(last)).toBe(false);
}, 120_000);

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
