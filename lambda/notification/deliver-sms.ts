import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { consume } from './channel';
import { shortText } from './confirmation-text';
import { SENDING, sendOnce } from './send-once';

/** Sends the confirmation as an SMS. */
export const handler = consume({
  channel: 'sms',
  connect: () => ({ client: new SNSClient(SENDING) }),
  deliver: async (purchase, message, { client }, hasTime) => {
    await sendOnce(
      () =>
        client.send(
          new PublishCommand({
            PhoneNumber: purchase.buyer!.phone,
            Message: shortText(purchase, message),
          }),
        ),
      hasTime,
    );
  },
});
