import { randomUUID } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  paginateScan,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type LocalRun, STAGE } from '../bin/local-run';
import { type PurchasedSeat } from '../lambda/purchase/purchase';
import { purchaseOf } from '../lambda/purchase/purchase-item';
import { SeatRepository } from '../lambda/seat/seat-repository';
import { signTicketCode } from '../lambda/ticket/ticket-code';
import { type TicketKey, ticketKeyOf } from '../lambda/ticket/ticket-key';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../local/aws/aws-service';
import { dynamoDbClient } from '../local/dynamodb/dynamodb-client';
import {
  type ExtraItem,
  type OrderItem,
  type PurchaseItem,
  type ReservationItem,
  type SeatItem,
  type Snapshot,
} from './invariants/observation';
import { DYNAMODB } from '../local/dynamodb/plugin';

/** The tables and the bucket of a local run, read past the functions and the proxy. */
export class Stores {
  private readonly client: DynamoDBDocumentClient;
  private ticketKey: Promise<TicketKey> | undefined;

  constructor(private readonly run: LocalRun) {
    this.client = DynamoDBDocumentClient.from(dynamoDbClient(run.cloud.get(DYNAMODB).endpoint));
  }

  async snapshot(): Promise<Snapshot> {
    const purchases = new Map<string, PurchaseItem>();
    for (const item of await this.scan('PurchaseTable')) {
      // The installation and the memory of the audits are items too, and no purchases.
      if (item['status']) purchases.set(item['purchaseId'] as string, item as unknown as PurchaseItem);
    }
    const items = await this.scan('SeatTable');
    const seats = items.flatMap((item): SeatItem[] => {
      const [, eventId] = /^EVENT#([^#]+)#SECTION#/.exec(item['pk'] as string) ?? [];
      return eventId ? [{ eventId, ...(item as unknown as Omit<SeatItem, 'eventId'>) }] : [];
    });
    const revocations = items.flatMap(({ pk, purchaseId }) => {
      const [, eventId] = /^EVENT#([^#]+)#REVOKED$/.exec(pk as string) ?? [];
      return eventId ? [{ eventId, purchaseId: purchaseId as string }] : [];
    });
    return { purchases, seats, revocations, ...(await this.orders()) };
  }

  private async orders(): Promise<Pick<Snapshot, 'orders' | 'extras' | 'reservations'>> {
    const orders = new Map<string, OrderItem>();
    const extras: ExtraItem[] = [];
    const reservations: ReservationItem[] = [];
    for (const item of await this.scan('OrderTable')) {
      const { pk, sk } = item as { readonly pk: string; readonly sk: string };
      const [, orderId] = /^ORDER#(.+)$/.exec(pk) ?? [];
      const [, eventId, list] = /^EVENT#([^#]+)(#ORDERS)?$/.exec(pk) ?? [];
      if (orderId) orders.set(orderId, item as unknown as OrderItem);
      else if (eventId && list) reservations.push({ ...(item as unknown as ReservationItem), eventId });
      else if (eventId && sk.startsWith('EXTRA#'))
        extras.push({ ...(item as unknown as ExtraItem), eventId });
    }
    return { orders, extras, reservations };
  }

  /** Makes an unsettled purchase due now, as one is whose run has taken too long. */
  async makeDue(purchaseId: string): Promise<void> {
    await this.client.send(
      new UpdateCommand({
        TableName: this.nameOf('PurchaseTable'),
        Key: { purchaseId },
        UpdateExpression: 'SET dueAt = :now',
        ConditionExpression: 'attribute_exists(dueAt)',
        ExpressionAttributeValues: { ':now': Math.floor(this.run.clock.now() / 1000) },
      }),
    );
  }

  /** Deletes items of the purchase table, as a person can by hand. @returns them, to be put back */
  async losePurchases(isLost: (key: string) => boolean): Promise<Record<string, unknown>[]> {
    const TableName = this.nameOf('PurchaseTable');
    const lost = (await this.scan('PurchaseTable')).filter(({ purchaseId }) => isLost(purchaseId as string));
    for (const { purchaseId } of lost) {
      await this.client.send(new DeleteCommand({ TableName, Key: { purchaseId } }));
    }
    return lost;
  }

  /** Puts items into the purchase table, as somebody does who restores it. */
  async restorePurchases(items: readonly Record<string, unknown>[]): Promise<void> {
    const TableName = this.nameOf('PurchaseTable');
    for (const Item of items) await this.client.send(new PutCommand({ TableName, Item }));
  }

  /** The hashes of the ids of the purchases that have a ticket. */
  async tickets(): Promise<Set<string>> {
    const client = this.s3Client();
    const keys = await this.keysOf(client, 'TicketBucket');
    client.destroy();
    return new Set(keys.map((key) => /([^/]+)\.pdf$/.exec(key)?.[1] ?? key));
  }

  /** The code of a seat, as it is on the ticket: it is the same at every attempt to make one. */
  async codeOf(purchaseId: string, seatId: string): Promise<string | undefined> {
    this.ticketKey ??= this.readTicketKey();
    const { Item } = await this.client.send(
      new GetCommand({
        TableName: this.nameOf('PurchaseTable'),
        Key: { purchaseId },
        ConsistentRead: true,
      }),
    );
    if (!Item) return undefined;
    const { eventId, createdAt: iat } = purchaseOf(Item);
    return signTicketCode({ purchaseId, eventId, seatId, iat }, await this.ticketKey);
  }

  private async readTicketKey(): Promise<TicketKey> {
    const client = new SecretsManagerClient({
      endpoint: this.run.cloud.urls.aws,
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
    });
    const SecretId = this.nameOf('TicketSecret');
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
    client.destroy();
    return ticketKeyOf(SecretString);
  }

  /** The objects with what was sold. */
  async sales(): Promise<{ url: string; text: string }[]> {
    const client = this.s3Client();
    const Bucket = this.nameOf('SalesBucket');
    const objects = (await this.keysOf(client, 'SalesBucket')).map(async (Key) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return { url: `s3://${Bucket}/${Key}`, text: await Body!.transformToString() };
    });
    const sales = await Promise.all(objects);
    client.destroy();
    return sales;
  }

  /**
   * Makes a hold that no purchase stands behind, as a table that was restored from a backup may have.
   *
   * @returns the id of the purchase that is not there
   */
  async putStrayHold(eventId: string, seat: PurchasedSeat): Promise<string> {
    const seats = new SeatRepository(this.client, this.nameOf('SeatTable'));
    const now = Math.floor(this.run.clock.now() / 1000);
    const purchaseId = randomUUID();
    const { TableName, Item } = seats.hold(eventId, seat, purchaseId, now).Put!;
    await this.client.send(new PutCommand({ TableName, Item }));
    return purchaseId;
  }

  close(): void {
    this.client.destroy();
  }

  private s3Client(): S3Client {
    return new S3Client({
      endpoint: this.run.cloud.urls.aws,
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
      forcePathStyle: true,
      // Signatures are dated, and the clock of the run has been moved.
      systemClockOffset: this.run.clock.now() - Date.now(),
    });
  }

  private async keysOf(client: S3Client, bucket: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: this.nameOf(bucket) },
    )) {
      keys.push(...Contents.map(({ Key = '' }) => Key));
    }
    return keys;
  }

  private async scan(logicalId: string): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    const input = { TableName: this.nameOf(logicalId), ConsistentRead: true };
    for await (const { Items = [] } of paginateScan({ client: this.client }, input)) items.push(...Items);
    return items;
  }

  /** What the data stack exports is what the other stacks use: so tables and bucket have their names there. */
  private nameOf(logicalId: string): string {
    const exported = Object.entries(this.run.cloud.outputs.get(`${STAGE}-Data`)!);
    return exported.find(([name]) => name.startsWith(`ExportsOutputRef${logicalId}`))![1] as string;
  }
}
