import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { itemOf, number } from '../shared/item';

/** Key of the item. No purchase can have it: their keys are UUIDs. */
export const BALANCE_KEY = 'BALANCE';

interface BalanceItem {
  readonly emptyAt: number;
}

/** Seconds for which a balance that was found empty is taken to be so still. */
export const EMPTY_FOR = 900;

/**
 * Whether Stripe's balance was too low for a refund a short while ago. Such a refund waits at Stripe until somebody tops the
 * balance up ("Refund and cancel payments", and `pending_reason` of the refund: changelog 2025-04-30; read November 2026). More
 * of them at that moment would only wait as well.
 *
 * An item of the purchase table, because the balance is the installation's. It has none of the attributes of a purchase.
 */
export class EmptyBalance {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** @param now seconds since the epoch */
  async note(now: number): Promise<void> {
    await this.client.send(
      new UpdateCommand({
        TableName: this.tableName,
        Key: { purchaseId: BALANCE_KEY },
        UpdateExpression: 'SET emptyAt = :now',
        ExpressionAttributeValues: { ':now': now },
      }),
    );
  }

  /** @param now seconds since the epoch */
  async isEmpty(now: number): Promise<boolean> {
    const { Item } = await this.client.send(
      new GetCommand({ TableName: this.tableName, Key: { purchaseId: BALANCE_KEY }, ConsistentRead: true }),
    );
    if (!Item) return false;
    const { emptyAt } = itemOf<BalanceItem>('balance', { emptyAt: number }, Item);
    return now < emptyAt + EMPTY_FOR;
  }
}
