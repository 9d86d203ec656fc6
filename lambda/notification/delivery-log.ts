import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../purchase/reference';
import { type Clock } from '../shared/clock';
import { type Channel } from './confirmation';

/** Seconds a delivery may take before another attempt may start: the channel functions' time-out. */
export const DELIVERY_SECONDS = 30;

/** Another attempt is under way: try again later. */
export class DeliveryUnderWay extends Error {
  override readonly name = 'DeliveryUnderWay';
}

/** A confirmation for a purchase that is not confirmed: nobody must be told. */
export class PurchaseNotConfirmed extends Error {
  override readonly name = 'PurchaseNotConfirmed';
}

/**
 * What has been delivered, on the purchase itself: one attribute a channel.
 *
 * An attempt takes a lease first and notes SENT after. So a duplicate message delivers nothing, and only an attempt
 * that dies between sending and noting can be repeated.
 */
export class DeliveryLog {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the purchase to tell the buyer of; undefined when the channel has told it already
   * @throws DeliveryUnderWay, PurchaseNotConfirmed
   */
  async begin(purchaseId: string, channel: Channel): Promise<Purchase | undefined> {
    const now = this.clock.nowSeconds();
    try {
      const { Attributes } = await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { purchaseId },
          UpdateExpression: 'SET #delivery = :sending',
          ConditionExpression:
            '#status = :confirmed AND (attribute_not_exists(#delivery) OR #delivery.#leaseUntil <= :now)',
          ExpressionAttributeNames: {
            '#status': 'status',
            '#delivery': attributeOf(channel),
            '#leaseUntil': 'leaseUntil',
          },
          ExpressionAttributeValues: {
            ':confirmed': 'CONFIRMED',
            ':now': now,
            ':sending': { state: 'SENDING', leaseUntil: now + DELIVERY_SECONDS },
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return Attributes as Purchase;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const purchase = error.Item && unmarshall(error.Item);
      if (purchase?.['status'] !== 'CONFIRMED')
        throw new PurchaseNotConfirmed(`Purchase ${referenceOf(purchaseId)}`);
      const { state } = purchase[attributeOf(channel)] as { state: string };
      if (state === 'SENT') return undefined;
      throw new DeliveryUnderWay(`${channel} for purchase ${referenceOf(purchaseId)}`);
    }
  }

  /**
   * Notes the delivery, and takes the purchase off the list of the unsettled: where one message came through, the topic had
   * it, and what the other channels still owe waits in their queues.
   */
  async finish(purchaseId: string, channel: Channel): Promise<void> {
    await this.client.send(
      new UpdateCommand({
        TableName: this.tableName,
        Key: { purchaseId },
        UpdateExpression: 'SET #delivery = :sent REMOVE unsettledShard',
        ExpressionAttributeNames: { '#delivery': attributeOf(channel) },
        ExpressionAttributeValues: { ':sent': { state: 'SENT', sentAt: this.clock.nowSeconds() } },
      }),
    );
  }
}

function attributeOf(channel: Channel): string {
  return `delivery_${channel}`;
}
