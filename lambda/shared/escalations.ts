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
    ...payment
  }: {
    purchaseId: string;
    paymentIntentId: string;
    error: string;
  }): Promise<void> {
    await this.send({
      ...{ compensation: 'RefundPayment', purchaseHash: purchaseHash(purchaseId) },
      ...payment,
    });
  }

  private async send(message: object): Promise<void> {
    await this.client.send(
      new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: JSON.stringify(message) }),
    );
  }
}
