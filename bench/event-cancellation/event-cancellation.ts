import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { changedAssembly } from '../../harness/changed-assembly';
import { EventProClient } from '../../harness/eventpro-client';
import { type EventCancellationAnswer } from '../../lambda/event-cancellation/event-cancellation-answers';
import { STAGES } from '../../lib/config';
import { Child } from '../host/child';
import { type Crowd, type CrowdResult } from '../checkout/buyers';
import { type CountedCalls } from '../observe/call-counter';
import { type Measure, type Section } from '../report/section';
import { figure } from '../report/table';
import { type MeasuredServer } from '../server/measured-server';
import { venue } from '../server/venue';

const MEBIBYTE = 2 ** 20;

/** How many are sold and cancelled. A smoke run has the stage dev as it is. */
const PURCHASES = { full: 10_000, quick: 1_000, smoke: 3 };

const rateOf = (stage: string): number => STAGES.find(({ name }) => name === stage)!.eventCancellationRate;

/**
 * Cancellations a second: less than in prod, which is what two processors can still follow. Where functions come too late, what recovery
 * does beside them makes them later still. What a purchase takes is the same.
 */
const PER_SECOND = 8;

/** What one purchase may take at the most; an execution, of Lambda's quotas, whatever the number of its purchases. */
const BUDGET = { stripe: 6, writeUnits: 15, readUnits: 5, operations: 3_000, mebibytes: 100 };

const EVENT = 'cancelled';

/** What the local run tells of an execution of CancelEvent. */
interface Execution {
  readonly name: string;
  readonly status: string;
  readonly invocations: number;
  readonly operationsUsed: number;
  readonly bytesWritten: number;
}

/** An event whose every seat is sold, cancelled. */
export const eventCancellation: Measure = {
  name: 'event-cancellation',
  summary:
    '10,000 purchases cancelled with their event: time, requests, memory, operations; some half an hour',
  async run({ size, lab, progress }): Promise<Section> {
    const purchases = PURCHASES[size];
    const isSmoke = size === 'smoke';
    const perSecond = isSmoke ? rateOf('dev') : PER_SECOND;
    const folder = mkdtempSync(join(tmpdir(), 'eventpro-bench-cancellation-'));
    try {
      if (!isSmoke) changedAssembly(folder, { eventCancellationRate: perSecond });
      const server = await lab.server('counted', isSmoke ? await lab.assembly() : folder);
      try {
        await sell(server, purchases, progress);
        progress(`event cancellation: ${purchases} purchases`);
        return sectionOf(await cancelled(server, isSmoke), perSecond);
      } finally {
        await server.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Sells one seat a purchase, and waits until every buyer has the messages. */
async function sell(
  server: MeasuredServer,
  purchases: number,
  progress: (text: string) => void,
): Promise<void> {
  await server.ask({ ask: 'put-event', eventId: EVENT, layout: venue(purchases) });
  progress(`event cancellation: selling ${purchases} seats`);
  const { child: crowd } = await Child.start<Crowd, CrowdResult, object>('checkout/buyers.ts');
  try {
    const { answers, refusal } = await crowd.ask({
      ...{ url: `${server.url}/api`, eventId: EVENT, buyers: 16, purchases, seatsPerPurchase: 1 },
      seats: purchases,
    });
    // On a busy machine some are not done in time. What is cancelled is what was sold.
    const unsold = answers.filter(({ status }) => status !== 201).length;
    if (unsold > purchases / 20) throw new Error(`${unsold} of ${purchases} were not sold: ${refusal}`);
  } finally {
    await crowd.close();
  }
  await quiet(server);
}

/** Until nothing is asked any more for two seconds. */
async function quiet(server: MeasuredServer): Promise<CountedCalls> {
  for (let before: CountedCalls | undefined; ; await delay(2_000)) {
    const { calls } = await server.ask({ ask: 'calls' });
    if (isDeepStrictEqual(calls, before)) return calls!;
    before = calls;
  }
}

interface Cancelled {
  readonly wallMs: number;
  readonly progress: EventCancellationAnswer;
  readonly before: CountedCalls;
  readonly after: CountedCalls;
  readonly idleMiB: number;
  readonly peakMiB: number;
  readonly cpuMs: number;
  readonly executions: readonly Execution[];
}

/** @param hasten whether the waits of the execution are skipped: its time means nothing then */
async function cancelled(server: MeasuredServer, hasten: boolean): Promise<Cancelled> {
  const client = new EventProClient(() => server.url);
  const path = `/api/events/${EVENT}/cancellation`;
  const before = await quiet(server);
  const idle = server.usage();
  const mebibytes = () => (server.usage().server.rss + server.usage().engine.rss) / MEBIBYTE;
  const idleMiB = mebibytes();
  let peakMiB = idleMiB;
  const startedAt = performance.now();
  const accepted = await client.signed('POST', path, { message: 'The singer is ill.' });
  if (accepted.status !== 202) throw new Error(`The event was not cancelled: ${accepted.text}`);
  for (;;) {
    const { body: progress } = await client.signed<EventCancellationAnswer>('GET', path);
    peakMiB = Math.max(peakMiB, mebibytes());
    if (progress.status === 'DONE') {
      const wallMs = performance.now() - startedAt;
      const { cpuMs } = server.usage().server;
      const after = await quiet(server);
      if (progress.failed + progress.remaining > 0)
        throw new Error(`Not all are cancelled: ${JSON.stringify(progress)}`);
      const { body } = await client.request<{ executions: Execution[] }>('GET', '/local/durable-executions');
      return {
        ...{ wallMs, progress, before, after, idleMiB, peakMiB, cpuMs: cpuMs - idle.server.cpuMs },
        executions: body.executions,
      };
    }
    if (hasten) await client.advanceClock(60);
    await delay(hasten ? 100 : 1_000);
  }
}

function sectionOf(found: Cancelled, perSecond: number): Section {
  const { wallMs, progress, before, after, idleMiB, peakMiB, cpuMs, executions } = found;
  const purchases = progress.cancelled;
  const stripe = Object.fromEntries(
    Object.entries(after.stripe)
      .map(([operation, count]) => [operation, count - (before.stripe[operation] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
  const dynamoDb = {
    requests: after.dynamoDb.requests - before.dynamoDb.requests,
    readUnits: after.dynamoDb.readUnits - before.dynamoDb.readUnits,
    writeUnits: after.dynamoDb.writeUnits - before.dynamoDb.writeUnits,
  };
  const sum = (field: 'invocations' | 'operationsUsed' | 'bytesWritten') =>
    executions.reduce((all, execution) => all + execution[field], 0);
  const used = {
    ...{ invocations: sum('invocations'), operations: sum('operationsUsed') },
    mebibytes: sum('bytesWritten') / MEBIBYTE,
  };
  const stripeRequests = Object.values(stripe).reduce((all, count) => all + count, 0);
  const each = (name: string, all: number, budget?: number) => [
    ...[name, figure(all), figure(all / purchases)],
    budget === undefined ? '' : `${figure(budget)} each`,
    budget === undefined ? '' : verdict(all / purchases <= budget),
  ];
  const whole = (name: string, all: number, budget: number) => [
    ...[name, figure(all), figure(all / purchases), `${figure(budget)} in all`, verdict(all <= budget)],
  ];
  return {
    name: 'event-cancellation',
    title: 'A cancelled event',
    tables: [
      {
        title: `${purchases.toLocaleString('en-US')} purchases cancelled with their event`,
        header: ['What', 'All', 'Each purchase', 'Budget', ''],
        rows: [
          each('Requests to Stripe', stripeRequests, BUDGET.stripe),
          ...Object.entries(stripe).map(([operation, count]) => each(`of them \`${operation}\``, count)),
          each('Requests to DynamoDB', dynamoDb.requests),
          each('Write units', dynamoDb.writeUnits, BUDGET.writeUnits),
          each('Read units', dynamoDb.readUnits, BUDGET.readUnits),
          each('Processor time of the run, ms', cpuMs),
          whole('Operations of the execution', used.operations, BUDGET.operations),
          whole('MiB it has written', used.mebibytes, BUDGET.mebibytes),
        ],
        notes: [
          `Done after ${figure(wallMs / 1000)} s: ${progress.cancelled} cancelled, ${progress.failed} failed, at ${perSecond} a second. The \`eventCancellationRate\` of prod is ${rateOf('prod')}: ${figure(purchases / rateOf('prod') / 60)} minutes.`,
          `${executions.length} execution of CancelEvent with ${used.invocations} invocations, all but the first a replay.`,
          `Memory of server and engine together: ${figure(idleMiB)} MiB when everything was sold, ${figure(peakMiB)} MiB at the most while it was cancelled.`,
          'Everything counts that follows from it: the workflow of each purchase, the mail to its buyer, and the event by which Stripe tells of the refund.',
        ],
      },
    ],
    figures: { ...{ purchases, perSecond, wallMs, cpuMs, idleMiB, peakMiB, stripe, dynamoDb }, ...used },
  };
}

const verdict = (isMet: boolean): string => (isMet ? 'met' : 'missed');
