import { join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type LocalRun, startLocalRun } from '../../bin/local-run';
import { changedAssembly } from '../../harness/changed-assembly';
import { EventProClient, eventually } from '../../harness/eventpro-client';
import { ServiceProxy } from '../../harness/service-proxy';
import { EventCancellations } from '../../lambda/event/event-cancellations';
import { dynamoDbClient } from '../../local/dynamodb/dynamodb-client';
import { DYNAMODB } from '../../local/dynamodb/plugin';
import { type FunctionPool } from '../../local/lambda/function-pool';
import { STEP_FUNCTIONS } from '../../local/step-functions/plugin';
import { type Played } from './played';

/** In the name of the function. */
export const CANCEL_EVENT = 'CancelEvent';

/** More than a page of them. */
const PURCHASES = 205;

/** At which a page takes four seconds. */
const RATE = 50;

/** Purchases under way at once. */
const BUYERS = 8;

const ROWS = ['A', 'B', 'C', 'D', 'E'];
const SEATS_PER_ROW = PURCHASES / ROWS.length;

/** A whole local run, in which events are sold and cancelled by the very bundle that is deployed, in whatever engine. */
export class EventCancellationRun {
  private readonly client = new EventProClient(() => this.run.url);

  private constructor(
    private readonly run: LocalRun,
    private readonly proxy: ServiceProxy,
    /** Answers when no execution of a workflow is under way: only then is each pass the same in every engine. */
    readonly gate: string,
    /** Lets an invocation of the function wait for the same. */
    readonly around: (invoke: FunctionPool['invoke']) => FunctionPool['invoke'],
  ) {}

  static async start(folder: string): Promise<EventCancellationRun> {
    const assemblyDirectory = join(folder, 'eventpro');
    changedAssembly(assemblyDirectory, { eventCancellationRate: RATE });
    const settled = async () => {
      const { history } = run.cloud.get(STEP_FUNCTIONS);
      const isRunning = () => history.list().some(({ status }) => status === 'RUNNING');
      await eventually(async () => !isRunning() || undefined, 'the end of what runs', 60_000);
    };
    const around: EventCancellationRun['around'] = (invoke) => async (name, payload, options) => {
      if (name.includes(CANCEL_EVENT)) await settled();
      return invoke(name, payload, options);
    };
    const proxy = new ServiceProxy();
    const gate = await proxy.before(async (_, response) => {
      await settled();
      response.end();
    });
    const run = await startLocalRun({ assemblyDirectory, port: 0, aroundInvoke: around });
    return new EventCancellationRun(run, proxy, gate, around);
  }

  get cloud() {
    return this.run.cloud;
  }

  /** Puts an event and sells it out. */
  async sell(eventId: string): Promise<void> {
    const rows = ROWS.map((row) => ({ row, tier: 'standard', seats: SEATS_PER_ROW }));
    const put = await this.client.putEvent(eventId, {
      ...{ name: 'The Late Quartet', venue: 'Meridian Hall', timeZone: 'Europe/Berlin', currency: 'EUR' },
      ...{ startsAt: '2100-03-20T19:00:00Z', saleClosesAt: '2100-03-20T19:00:00Z' },
      tiers: [{ tier: 'standard', price: 8_000 }],
      sections: [{ section: 'Stalls', rows }],
    });
    if (put.status >= 300) throw new Error(`The event could not be put: ${put.text}`);
    const seats = rows.flatMap(({ row }) =>
      Array.from({ length: SEATS_PER_ROW }, (_, index) => `${row}-${index + 1}`),
    );
    const buyer = async () => {
      for (let seat = seats.pop(); seat; seat = seats.pop()) {
        const { status, text } = await this.client.buy({ eventId, seats: [seat] });
        if (status !== 201) throw new Error(`${seat} was not sold: ${text}`);
      }
    };
    await Promise.all(Array.from({ length: BUYERS }, buyer));
  }

  /** What the request for a cancellation does before it starts the function: that does not run in the engine that is compared. */
  async closeSale(eventId: string): Promise<void> {
    const { endpoint, tables } = this.cloud.get(DYNAMODB);
    const client = dynamoDbClient(endpoint);
    const { tableName } = tables.find(({ tableName: name }) => name.includes('SeatTable'))!;
    const now = Math.floor(this.run.clock.now() / 1000);
    const events = new EventCancellations(DynamoDBDocumentClient.from(client), tableName);
    // Nobody else starts it.
    await events.open(eventId, { message: 'The singer is ill.', at: now }, now + 86_400);
    client.destroy();
  }

  /** @throws Error unless no seat is taken any more */
  async expectCancelled(eventId: string, { status, result, error }: Played): Promise<void> {
    const taken = (await this.client.seats(eventId)).filter((seat) => seat.status !== 'AVAILABLE');
    if (taken.length === 0) return;
    const ended = JSON.stringify({ status, result, error });
    throw new Error(`${taken.length} seats of ${eventId} are still taken, after ${ended}`);
  }

  async close(): Promise<void> {
    await this.run.close();
    await this.proxy.close();
  }
}
