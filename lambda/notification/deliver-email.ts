import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { EventRepository } from '../event/event-repository';
import { RecentLayouts } from '../event/recent-layouts';
import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../shared/reference';
import { connectUnsubscriptions, type Unsubscriptions } from '../purchase/unsubscriptions';
import { type AddressHashes, connectAddressHashes } from '../shared/address-hash';
import { systemClock } from '../shared/clock';

import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { logger } from '../shared/logger';
import { cancellationEmail } from './cancellation-email';
import { consume } from './channel';
import { isMarketing, type Message } from './confirmation';
import { confirmationEmail } from './confirmation-email';
import { eventChangeEmail } from './event-change-email';
import { REFERENCE_TAG } from './mail-event';
import { purchasePageOf } from './purchase-page';
import { reminderEmail } from './reminder-email';
import { SENDING, sendOnce } from './send-once';
import { thanksEmail } from './thanks-email';

/** Sends e-mails by SES: the confirmation, also once more, that of a cancellation, of an event that has changed, the reminder and the thank-you. */
export const handler = consume({
  channel: 'email',
  connect: () => ({
    client: new SESv2Client(SENDING),
    sender: requireEnvironment(ENVIRONMENT.emailSender),
    configurationSet: requireEnvironment(ENVIRONMENT.configurationSet),
    addresses: connectAddressHashes(),
    unsubscriptions: connectUnsubscriptions(),
    layouts: new RecentLayouts(
      new EventRepository(documentClient(), requireEnvironment(ENVIRONMENT.seatTable)),
      systemClock,
    ),
  }),
  deliver: async (purchase, message, dependencies, hasTime) => {
    if (isMarketing(message) && (await isUnsubscribed(purchase, dependencies))) {
      return logger.info('Unsubscribed', { reference: referenceOf(purchase.purchaseId) });
    }
    const { client, sender, configurationSet } = dependencies;
    const { subject, text, html, headers } = await emailOf(purchase, message, dependencies);
    await sendOnce(
      () =>
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
                // Of those that SES lets us set ("Amazon SES header fields", read November 2026).
                ...(headers && {
                  Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
                }),
              },
            },
          }),
        ),
      hasTime,
    );
  },
});

interface Email {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function emailOf(
  purchase: Purchase,
  message: Message,
  { layouts, addresses }: { readonly layouts: RecentLayouts; readonly addresses: AddressHashes },
): Promise<Email> {
  const page = purchasePageOf(purchase.purchaseId);
  if (message.type === 'EventChanged') return eventChangeEmail(purchase, message, page);
  if (message.type === 'EventReminder') return reminderEmail(purchase, message, page);
  if (message.type === 'EventThanks') {
    const token = await addresses.tokenOf(purchase.buyer!.email);
    return thanksEmail(purchase, message, `${message.unsubscriptionsUrl}/${token}`);
  }
  const event = layouts.recent(purchase.eventId) ?? (await layouts.read(purchase.eventId));
  return message.type === 'PurchaseCancelled'
    ? cancellationEmail(purchase, event, message.words, page)
    : confirmationEmail(purchase, event, message.ticketUrl, page);
}

/** Whether the buyer has unsubscribed since agreeing to marketing with this purchase. */
async function isUnsubscribed(
  { buyer, marketingConsent }: Purchase,
  {
    addresses,
    unsubscriptions,
  }: { readonly addresses: AddressHashes; readonly unsubscriptions: Unsubscriptions },
): Promise<boolean> {
  return unsubscriptions.isRevoked(marketingConsent!, await addresses.every(buyer!.email));
}
