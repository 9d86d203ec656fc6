import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Channel, DELIVERY_SECONDS } from '../purchase/channels';
import { isCancelled, type Purchase } from '../purchase/purchase';
import { takeConfirmedOff } from '../purchase/off-the-lists';
import { OFF_THE_LISTS, purchaseOf } from '../purchase/purchase-item';
import { referenceOf } from '../shared/reference';
import { type Clock } from '../shared/clock';
import {
  type About,
  attemptsOf,
  type Delivery,
  deliveryOf,
  isOfSale,
  readAttempts,
  readDelivery,
  revisionIn,
} from './delivery';

/** The most attempts that may have reached the buyer: two messages at worst. */
export const MAX_ATTEMPTS = 2;

/** Another attempt is under way: try again later. */
export class DeliveryUnderWay extends Error {
  override readonly name = 'DeliveryUnderWay';
}

/** A confirmation for a purchase that is not confirmed: it must not be sent. */
export class PurchaseNotConfirmed extends Error {
  override readonly name = 'PurchaseNotConfirmed';
}

/** What is noted of a delivery at its end. */
interface Note {
  readonly SET: string;
  readonly REMOVE: readonly string[];
  /** @default none */
  readonly condition?: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Readonly<Record<string, unknown>>;
}

/** An attempt to deliver, and what it may do. */
export interface Attempt {
  readonly channel: Channel;
  /** @default PurchaseConfirmed */
  readonly about?: About;
  /** Identifies the attempt: the same when its request is repeated, different for every other attempt. */
  readonly by: string;
}

/**
 * What has been delivered, on the purchase itself: an attribute a channel, and one for its attempts.
 *
 * An attempt takes a lease and counts itself first, and notes SENT after. One that was refused takes itself off again, so
 * what is counted are attempts that may have reached the buyer: refused ones, ones that never got an answer, and ones that
 * died. There are two at most, whatever the queue, a redrive or recovery do.
 */
export class DeliveryLog {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the purchase to tell the buyer of, and whether this is the last attempt; `TOLD` when the channel has told it
   *   already or has given up, `GIVEN_UP` when it does so now, `CANCELLED` when the sale has been cancelled since, `OVERTAKEN` when
   *   the event has changed again and the buyer has been told of that
   * @throws DeliveryUnderWay, PurchaseNotConfirmed
   */
  async begin(
    purchaseId: string,
    attempt: Attempt,
  ): Promise<
    | { readonly purchase: Purchase; readonly isLast: boolean }
    | 'TOLD'
    | 'GIVEN_UP'
    | 'CANCELLED'
    | 'OVERTAKEN'
  > {
    const { channel, about, by } = attempt;
    const told = about === 'PurchaseCancelled' ? 'CANCELLED' : 'CONFIRMED';
    const revision = revisionIn(about);
    const now = this.clock.nowSeconds();
    // The lease lasts as long as a function may run, so that it outlives its attempt.
    const sending: Delivery = { state: 'SENDING', leaseUntil: now + DELIVERY_SECONDS, by };
    const begun = (item: Record<string, unknown>) => ({
      purchase: purchaseOf(item),
      isLast: readAttempts(item, channel, about) >= MAX_ATTEMPTS,
    });
    try {
      const { Attributes = {} } = await this.client.send(
        new UpdateCommand({
          TableName: this.tableName,
          Key: { purchaseId },
          UpdateExpression: 'SET #delivery = :sending ADD #attempts :one',
          ConditionExpression:
            '#status = :told AND (attribute_not_exists(#delivery) OR #delivery.#leaseUntil <= :now)' +
            ' AND (attribute_not_exists(#attempts) OR #attempts < :most)' +
            // A queue keeps no order: who has been told of what came after would believe what came before.
            (revision ? ' AND (attribute_not_exists(eventRevision) OR eventRevision <= :revision)' : ''),
          ExpressionAttributeNames: {
            '#status': 'status',
            '#leaseUntil': 'leaseUntil',
            '#delivery': deliveryOf(channel, about),
            '#attempts': attemptsOf(channel, about),
          },
          ExpressionAttributeValues: {
            ...{ ':told': told, ':now': now, ':sending': sending, ':one': 1, ':most': MAX_ATTEMPTS },
            ...(revision && { ':revision': revision }),
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return begun(Attributes);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const item = error.Item && unmarshall(error.Item);
      if (item && told === 'CONFIRMED' && isCancelled(purchaseOf(item))) return 'CANCELLED';
      if (item?.['status'] !== told) throw new PurchaseNotConfirmed(`Purchase ${referenceOf(purchaseId)}`);
      if (revision && (purchaseOf(item).eventRevision ?? 0) > revision) return 'OVERTAKEN';
      const delivery = readDelivery(item, channel, about);
      if (delivery.state !== 'SENDING') return 'TOLD';
      // The SDK repeated a write whose answer was lost.
      if (delivery.by === by) return begun(item);
      if (delivery.leaseUntil > now)
        throw new DeliveryUnderWay(`${channel} for purchase ${referenceOf(purchaseId)}`);
      await this.giveUp(purchaseId, attempt);
      return 'GIVEN_UP';
    }
  }

  /**
   * Notes the delivery. Its buyer's first takes the purchase off the list of the unsettled: where one message came through, the
   * topic had it, and what the other channels still owe waits in their queues.
   */
  async finish(purchaseId: string, { channel, about }: Attempt): Promise<void> {
    const sent: Delivery = { state: 'SENT', sentAt: this.clock.nowSeconds() };
    await this.note(purchaseId, settles(about), {
      SET: '#delivery = :sent',
      REMOVE: ['#attempts'],
      ExpressionAttributeNames: {
        '#delivery': deliveryOf(channel, about),
        '#attempts': attemptsOf(channel, about),
      },
      ExpressionAttributeValues: { ':sent': sent },
    });
  }

  /** The service refused, so nothing was sent: another attempt may follow at once, and does not count this one. */
  async withdraw(purchaseId: string, { channel, about, by }: Attempt): Promise<void> {
    await this.client.send(
      new UpdateCommand({
        TableName: this.tableName,
        Key: { purchaseId },
        UpdateExpression: 'REMOVE #delivery ADD #attempts :less',
        ConditionExpression: '#delivery.#by = :by',
        ExpressionAttributeNames: {
          '#delivery': deliveryOf(channel, about),
          '#attempts': attemptsOf(channel, about),
          '#by': 'by',
        },
        ExpressionAttributeValues: { ':by': by, ':less': -1 },
      }),
    );
  }

  /**
   * Notes that it is unknown whether the buyer was told, and ends the attempts: the message is deleted, and for recovery
   * the purchase is settled.
   */
  async giveUp(purchaseId: string, { channel, about, by }: Attempt): Promise<void> {
    const now = this.clock.nowSeconds();
    const unknown: Delivery = { state: 'UNKNOWN', givenUpAt: now };
    await this.note(purchaseId, settles(about), {
      SET: '#delivery = :unknown',
      REMOVE: [],
      condition: '(#delivery.#by = :by OR #delivery.#leaseUntil <= :now)',
      ExpressionAttributeNames: {
        '#delivery': deliveryOf(channel, about),
        '#by': 'by',
        '#leaseUntil': 'leaseUntil',
      },
      ExpressionAttributeValues: { ':by': by, ':now': now, ':unknown': unknown },
    });
  }

  /**
   * Takes the purchase off the list of the unsettled although its buyer is not told: the message waits for people, in the
   * dead-letter queue, and recovery would only send the service what it refuses.
   */
  async leaveToPeople(purchaseId: string, attempt: Attempt): Promise<void> {
    if (settles(attempt.about)) await takeConfirmedOff(this.client, this.tableName, purchaseId);
  }

  /**
   * Notes what ends the attempts. A purchase that is confirmed leaves the list of the unsettled with it, if that settles it; one whose
   * sale is being cancelled stays there, or nobody would find a cancellation that dies.
   */
  private async note(purchaseId: string, isSettled: boolean, note: Note): Promise<void> {
    const REMOVE = isSettled ? [OFF_THE_LISTS] : [];
    try {
      await this.client.send(this.noting(purchaseId, note, { REMOVE, condition: '#status = :confirmed' }));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      await this.client.send(this.noting(purchaseId, note, { condition: '#status <> :confirmed' }));
    }
  }

  private noting(
    purchaseId: string,
    { SET, REMOVE: attributes, condition, ExpressionAttributeNames, ExpressionAttributeValues }: Note,
    status: { readonly REMOVE?: readonly string[]; readonly condition: string },
  ): UpdateCommand {
    const removed = [...attributes, ...(status.REMOVE ?? [])];
    return new UpdateCommand({
      TableName: this.tableName,
      Key: { purchaseId },
      UpdateExpression: `SET ${SET}${removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''}`,
      ConditionExpression: [status.condition, ...(condition ? [condition] : [])].join(' AND '),
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#status': 'status' },
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':confirmed': 'CONFIRMED' },
    });
  }
}

/** Whether a buyer who is told so has been told of the sale: a change of the event, a reminder or a thank-you says nothing of that. */
function settles(about: Attempt['about']): boolean {
  return isOfSale(about);
}
