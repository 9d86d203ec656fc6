import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { purchaseHash } from '../shared/reference';

/** The queue that people read, as the state machines write to it when a compensation fails for good. */
export class Escalations {
  constructor(
    private readonly client: SQSClient,
    private readonly queueUrl: string,
  ) {}

  async refundFailed({
    purchaseId,
    ...payment
  }: {
    purchaseId: string;
    paymentIntentId: string;
    error: string;
  }): Promise<void> {
    await this.client.send(
      new SendMessageCommand({
        QueueUrl: this.queueUrl,
        MessageBody: JSON.stringify({
          ...{ compensation: 'RefundPayment', purchaseHash: purchaseHash(purchaseId) },
          ...payment,
        }),
      }),
    );
  }
}
