import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { consume } from './channel';
import { shortText } from './confirmation-text';
import { SENDING, sendOnce } from './send-once';

/** Sends the confirmation to the buyer's device, by its SNS platform endpoint. */
export const handler = consume({
  channel: 'push',
  connect: () => ({ client: new SNSClient(SENDING) }),
  deliver: async (purchase, message, { client }, hasTime) => {
    await sendOnce(
      () =>
        client.send(
          new PublishCommand({
            TargetArn: purchase.buyer!.pushEndpoint,
            Message: shortText(purchase, message),
          }),
        ),
      hasTime,
    );
  },
});
