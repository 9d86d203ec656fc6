import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { EventRepository } from '../event/event-repository';
import { RecentLayouts } from '../event/recent-layouts';
import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../shared/reference';
import { systemClock } from '../shared/clock';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { cancellationEmail } from './cancellation-email';
import { consume } from './channel';
import { type Message } from './confirmation';
import { confirmationEmail } from './confirmation-email';
import { eventChangeEmail } from './event-change-email';
import { REFERENCE_TAG } from './mail-event';
import { reminderEmail } from './reminder-email';
import { SENDING, sendOnce } from './send-once';

/** Sends e-mails by SES: the confirmation, that of a cancellation, of an event that has changed, and the reminder. */
export const handler = consume({
  channel: 'email',
  connect: () => ({
    client: new SESv2Client(SENDING),
    sender: requireEnvironment(ENVIRONMENT.emailSender),
    configurationSet: requireEnvironment(ENVIRONMENT.configurationSet),
    layouts: new RecentLayouts(
      new EventRepository(documentClient(), requireEnvironment(ENVIRONMENT.seatTable)),
      systemClock,
    ),
  }),
  deliver: async (purchase, message, { client, sender, configurationSet, layouts }) => {
    const { subject, text, html } = await emailOf(purchase, message, layouts);
    await sendOnce(
      client.send(
        new SendEmailCommand({
          FromEmailAddress: sender,
          ConfigurationSetName: configurationSet,
          EmailTags: [{ Name: REFERENCE_TAG, Value: referenceOf(purchase.purchaseId) }],
          Destination: { ToAddresses: [purchase.buyer!.email] },
          Content: {
            Simple: {
              Subject: { Data: subject, Charset: 'UTF-8' },
              Body: { Text: { Data: text, Charset: 'UTF-8' }, Html: { Data: html, Charset: 'UTF-8' } },
            },
          },
        }),
      ),
    );
  },
});

async function emailOf(purchase: Purchase, message: Message, layouts: RecentLayouts) {
  if (message.type === 'EventChanged') return eventChangeEmail(purchase, message);
  if (message.type === 'EventReminder') return reminderEmail(purchase, message);
  const event = layouts.recent(purchase.eventId) ?? (await layouts.read(purchase.eventId));
  return message.type === 'PurchaseConfirmed'
    ? confirmationEmail(purchase, event, message.ticketUrl)
    : cancellationEmail(purchase, event, message.words);
}
