import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { consume } from './channel';
import { confirmationText } from './confirmation-text';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';

/** Sends the confirmation as an SMS. */
export const handler = consume({
  channel: 'sms',
  connect: () => ({ client: new SNSClient(REQUEST_TIMEOUTS) }),
  deliver: async (purchase, { ticketUrl }, { client }) => {
    await client.send(
      new PublishCommand({
        PhoneNumber: purchase.buyer!.phone,
        Message: confirmationText(purchase, ticketUrl),
      }),
    );
  },
});
