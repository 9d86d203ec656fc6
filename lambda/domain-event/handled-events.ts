import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock } from '../shared/clock';

/** What the keys of these items begin with. No purchase can have one: their keys are UUIDs. */
export const HANDLED_KEY_PREFIX = 'HANDLED#';

/** Seconds. Longer than an archive or a dead-letter queue keeps an event: what comes later than that is handled as if it were new. */
const REMEMBERED = 40 * 86_400;

/** Of an event, by which it is known again and put in order. */
export interface Numbered {
  readonly reference: string;
  readonly sequence: number;
}

/**
 * What a consumer has handled: an item of the purchase table for each reference, with the number of its last event.
 *
 * | attribute  |                                                       |
 * | purchaseId | `HANDLED#`, the consumer's name, `#` and the reference |
 * | sequence   | of the last event that was begun                      |
 * | done       | whether it has ended                                  |
 * | expiresAt  | TTL                                                   |
 *
 * An event that dies between its beginning and its end comes again and is handled again: at least once, never not at all.
 */
export class HandledEvents {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly consumer: string,
    private readonly clock: Clock,
  ) {}

  /** @returns false for an event that has been handled, and for one that is older than the last */
  async begin({ reference, sequence }: Numbered): Promise<boolean> {
    return this.write({
      Key: this.keyOf(reference),
      UpdateExpression: 'SET #sequence = :sequence, #done = :no, expiresAt = :expiresAt',
      ConditionExpression:
        'attribute_not_exists(#sequence) OR #sequence < :sequence OR (#sequence = :sequence AND #done = :no)',
      ExpressionAttributeNames: { '#sequence': 'sequence', '#done': 'done' },
      ExpressionAttributeValues: {
        ...{ ':sequence': sequence, ':no': false },
        ':expiresAt': this.clock.nowSeconds() + REMEMBERED,
      },
    });
  }

  /** Says nothing where a later one has begun meanwhile. */
  async end({ reference, sequence }: Numbered): Promise<void> {
    await this.write({
      Key: this.keyOf(reference),
      UpdateExpression: 'SET #done = :yes',
      ConditionExpression: '#sequence = :sequence',
      ExpressionAttributeNames: { '#sequence': 'sequence', '#done': 'done' },
      ExpressionAttributeValues: { ':sequence': sequence, ':yes': true },
    });
  }

  private keyOf(reference: string) {
    return { purchaseId: `${HANDLED_KEY_PREFIX}${this.consumer}#${reference}` };
  }

  /** @returns whether its condition held */
  private async write(update: Omit<UpdateCommand['input'], 'TableName'>): Promise<boolean> {
    try {
      await this.client.send(new UpdateCommand({ TableName: this.tableName, ...update }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
