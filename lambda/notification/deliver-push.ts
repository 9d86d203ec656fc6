import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { consume } from './channel';
import { confirmationText } from './confirmation-text';
import { REQUEST_TIMEOUTS } from '../shared/request-timeouts';

/** Sends the confirmation to the buyer's device, by its SNS platform endpoint. */
export const handler = consume({
  channel: 'push',
  connect: () => ({ client: new SNSClient(REQUEST_TIMEOUTS) }),
  deliver: async (purchase, { ticketUrl }, { client }) => {
    await client.send(
      new PublishCommand({
        TargetArn: purchase.buyer!.pushEndpoint,
        Message: confirmationText(purchase, ticketUrl),
      }),
    );
  },
});
