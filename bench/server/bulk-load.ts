import { randomUUID } from 'node:crypto';
import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type LocalRun } from '../../bin/local-run';
import { EventRepository } from '../../lambda/event/event-repository';
import { seatsOf } from '../../lambda/event/event-layout';
import { HOLD_SECONDS, SeatRepository } from '../../lambda/seat/seat-repository';
import { dynamoDbClient } from '../../local/dynamodb/dynamodb-client';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DYNAMODB } from '../../local/dynamodb/plugin';

/** What DynamoDB takes in one batch. */
const BATCH = 25;

/** Batches under way at once: more do not make the engine faster. */
const PARALLEL = 8;

/** Takes the first seats of an event without the saga. */
export async function takeSeats(
  run: LocalRun,
  { eventId, seats, status }: { eventId: string; seats: number; status: 'HELD' | 'SOLD' },
): Promise<void> {
  const client = dynamoDbClient(run.cloud.get(DYNAMODB).endpoint);
  const tableName = tableOf(run, 'SeatTable');
  const documents = DynamoDBDocumentClient.from(client);
  const layout = await new EventRepository(documents, tableName).findLayout(eventId);
  const repository = new SeatRepository(documents, tableName);
  const now = Math.floor(run.clock.now() / 1000);
  const items = seatsOf(layout!)
    .slice(0, seats)
    .map((seat) => {
      const held = repository.hold(eventId, seat, randomUUID(), now + HOLD_SECONDS).Put!.Item!;
      const { expiresAt, ...lasting } = held;
      return status === 'HELD' ? { ...lasting, expiresAt: expiresAt as number } : { ...lasting, status };
    });
  await writeAll(client, tableName, items);
}

/** Purchases that are settled, as a table has them after a season. */
export async function addPurchases(run: LocalRun, count: number): Promise<void> {
  const client = dynamoDbClient(run.cloud.get(DYNAMODB).endpoint);
  const createdAt = Math.floor(run.clock.now() / 1000);
  function* purchases() {
    for (let index = 0; index < count; index++) {
      yield {
        ...{
          purchaseId: randomUUID(),
          status: 'CONFIRMED',
          executionId: 'bench',
          fingerprint: 'bench',
          createdAt,
        },
        ...{ eventId: 'past', seats: [{ seatId: 'A-1', section: 'Stalls' }], amount: 8000, currency: 'EUR' },
        buyer: { name: 'Ann Lee', email: 'ann@example.com' },
      };
    }
  }
  await writeAll(client, tableOf(run, 'PurchaseTable'), purchases());
}

export async function writeAll(
  client: DynamoDBClient,
  table: string,
  items: Iterable<object>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (;;) {
      const requests: WriteRequest[] = [];
      for (let next = iterator.next(); !next.done; next = iterator.next()) {
        requests.push({ PutRequest: { Item: marshall(next.value) } });
        if (requests.length === BATCH) break;
      }
      if (requests.length === 0) return;
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: requests } }),
      );
      if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('The engine left items unwritten');
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  client.destroy();
}

function tableOf(run: LocalRun, id: 'SeatTable' | 'PurchaseTable'): string {
  return run.cloud.get(DYNAMODB).tables.find(({ tableName }) => tableName.includes(id))!.tableName;
}
