import { DeleteObjectCommand, HeadObjectCommand, NotFound } from '@aws-sdk/client-s3';
import { DeleteCommand, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { type Purchase } from '../../lambda/purchase/purchase';
import { purchaseHash } from '../../lambda/shared/reference';
import { type Clients } from './clients';
import { type Target } from './target';

/** Everything the smoke test makes. The tables' and buckets' keys are those of `docs/design.md`. */
export class Footprint {
  private readonly purchaseIds = new Set<string>();
  /** Of the items that count unpaid seats: a purchase has the key only while it waits for its buyer. */
  private readonly unpaidKeys = new Set<string>();

  constructor(
    private readonly target: Target,
    private readonly clients: Clients,
    private readonly event: { readonly eventId: string; readonly sections: readonly string[] },
  ) {}

  /** Notes a purchase before it is made, for what a check leaves half done must go as well. */
  expect(purchaseId: string): string {
    this.purchaseIds.add(purchaseId);
    return purchaseId;
  }

  async purchase(purchaseId: string): Promise<Purchase | undefined> {
    const { Item } = await this.clients.dynamodb.send(
      new GetCommand({ TableName: this.target.purchaseTable, Key: { purchaseId }, ConsistentRead: true }),
    );
    const purchase = Item as Purchase | undefined;
    if (purchase?.unpaidKey !== undefined) this.unpaidKeys.add(purchase.unpaidKey);
    return purchase;
  }

  /**
   * Gives the money back, then deletes tickets, records, seats and the event. Stripe keeps its own records, and the archive of the bus what
   * it was told.
   */
  async remove(): Promise<void> {
    for (const purchaseId of this.purchaseIds) {
      const purchase = await this.purchase(purchaseId);
      if (!purchase) continue;
      if (purchase.paymentIntentId) await this.giveBack(purchase.paymentIntentId);
      const day = new Date(purchase.createdAt * 1000).toISOString().slice(0, 10);
      await this.removeObject(this.target.ticketBucket, `tickets/${day}/${purchaseHash(purchaseId)}.pdf`);
      await this.removeItem(this.target.purchaseTable, { purchaseId });
    }
    for (const purchaseId of this.unpaidKeys)
      await this.removeItem(this.target.purchaseTable, { purchaseId });
    const { eventId, sections } = this.event;
    const parts = ['', '#REVISIONS', '#REVOKED', ...sections.map((name) => `#SECTION#${name}`)];
    const partitions = parts.map((part) => `EVENT#${eventId}${part}`);
    for (const partition of partitions) await this.removePartition(partition);
    await this.removeItem(this.target.seatTable, { pk: 'EVENTS', sk: eventId });
  }

  private async giveBack(paymentIntentId: string): Promise<void> {
    const { paymentIntents, refunds } = this.clients.stripe;
    const { status, latest_charge: charge } = await paymentIntents.retrieve(paymentIntentId, {
      expand: ['latest_charge'],
    });
    const refunded = typeof charge === 'object' && charge?.refunded;
    if (status === 'succeeded' && !refunded) await refunds.create({ payment_intent: paymentIntentId });
    else if (status !== 'succeeded' && status !== 'canceled') await paymentIntents.cancel(paymentIntentId);
  }

  /** Every version: without its id a delete would only hide the object behind a marker. */
  private async removeObject(Bucket: string, Key: string): Promise<void> {
    const { s3 } = this.clients;
    for (;;) {
      try {
        const { VersionId } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
        await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
      } catch (error) {
        if (error instanceof NotFound) return;
        throw error;
      }
    }
  }

  private async removePartition(pk: string): Promise<void> {
    const { dynamodb: client } = this.clients;
    const query = {
      TableName: this.target.seatTable,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ProjectionExpression: 'pk, sk',
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client }, query)) {
      for (const key of Items) await this.removeItem(query.TableName, key);
    }
  }

  private async removeItem(TableName: string, Key: Record<string, unknown>): Promise<void> {
    await this.clients.dynamodb.send(new DeleteCommand({ TableName, Key }));
  }
}
