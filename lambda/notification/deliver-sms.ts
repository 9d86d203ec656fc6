import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { consume } from './channel';
import { confirmationText } from './confirmation-text';
import { SENDING, sendOnce } from './send-once';

/** Sends the confirmation as an SMS. */
export const handler = consume({
  channel: 'sms',
  connect: () => ({ client: new SNSClient(SENDING) }),
  deliver: async (purchase, { ticketUrl }, { client }) => {
    await sendOnce(
      client.send(
        new PublishCommand({
          PhoneNumber: purchase.buyer!.phone,
          Message: confirmationText(purchase, ticketUrl),
        }),
      ),
    );
  },
});
