import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { purchaseHash } from './reference';

/** The queue that people read, as the state machines write to it when a compensation fails for good. */
export class Escalations {
  constructor(
    private readonly client: SQSClient,
    private readonly queueUrl: string,
  ) {}

  /** Purchases of a cancelled event that could not be cancelled: its cancellation lists them. */
  async eventNotCancelled(event: { readonly eventId: string; readonly failed: number }): Promise<void> {
    await this.send({ workflow: 'CancelEvent', ...event });
  }

  async refundFailed({
    purchaseId,
    kind,
    ...payment
  }: {
    readonly purchaseId: string;
    readonly kind?: 'purchase' | 'order';
    readonly paymentIntentId: string;
    readonly error: string;
  }): Promise<void> {
    const hash = purchaseHash(purchaseId);
    await this.send({
      compensation: 'RefundPayment',
      ...(kind === 'order' ? { orderHash: hash } : { purchaseHash: hash }),
      ...payment,
    });
  }

  private async send(message: object): Promise<void> {
    await this.client.send(
      new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: JSON.stringify(message) }),
    );
  }
}
