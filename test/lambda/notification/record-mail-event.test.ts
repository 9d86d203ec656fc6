import { randomUUID } from 'node:crypto';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { SQSEvent } from 'aws-lambda';
import { handler } from '../../../lambda/notification/record-mail-event';
import { Unsubscriptions } from '../../../lambda/purchase/unsubscriptions';
import { purchaseAnswer } from '../../../lambda/purchase/purchase-answer';
import { referenceOf } from '../../../lambda/shared/reference';
import { logger } from '../../../lambda/shared/logger';
import { useTables } from '../../support/tables';
import { Checkout, type Order } from '../checkout';
import { CONTEXT } from '../invocation';

const tables = useTables();
let checkout: Checkout;
let order: Order;
beforeEach(async () => {
  checkout = await Checkout.open(tables);
  order = await checkout.confirmed(['A-1']);
});

const AT = '2026-11-05T00:41:02.669Z';
const SECONDS = Math.floor(Date.parse(AT) / 1_000);
const ADDRESS = 'ada@example.com';

/** As SES publishes it: with everything it says of the e-mail. */
function published(event: object, reference: string | undefined = referenceOf(order.purchaseId)): string {
  return JSON.stringify({
    ...event,
    mail: {
      timestamp: AT,
      source: 'tickets@example.com',
      messageId: 'EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000',
      destination: [ADDRESS],
      headers: [{ name: 'To', value: ADDRESS }],
      commonHeaders: { to: [ADDRESS], subject: 'Your tickets for The Late Quartet' },
      tags: {
        'ses:configuration-set': ['tickets'],
        ...(reference !== '' && { reference: [reference] }),
      },
    },
  });
}

const bounce = (bounceType: string, bounceSubType: string) => ({
  eventType: 'Bounce',
  bounce: {
    ...{ bounceType, bounceSubType, timestamp: AT, feedbackId: 'feedback' },
    bouncedRecipients: [
      { emailAddress: ADDRESS, diagnosticCode: `smtp; 550 5.1.1 <${ADDRESS}>: user unknown` },
    ],
  },
});
const complaint = (complaintFeedbackType?: string | null) => ({
  eventType: 'Complaint',
  complaint: { complainedRecipients: [{ emailAddress: ADDRESS }], timestamp: AT, complaintFeedbackType },
});
const delay = {
  eventType: 'DeliveryDelay',
  deliveryDelay: {
    ...{ timestamp: AT, delayType: 'MailboxFull', expirationTime: AT },
    delayedRecipients: [{ emailAddress: ADDRESS }],
  },
};
const reject = { eventType: 'Reject', reject: { reason: 'Bad content' } };

async function record(...bodies: string[]): Promise<number> {
  const Records = bodies.map((body) => ({ messageId: randomUUID(), body }));
  const { batchItemFailures } = await handler({ Records } as SQSEvent, CONTEXT);
  return batchItemFailures.length;
}

test.each([
  ['a permanent bounce', bounce('Permanent', 'General'), 'mail_bounced', 'Permanent/General'],
  [
    'an address on the suppression list',
    bounce('Permanent', 'Suppressed'),
    'mail_bounced',
    'Permanent/Suppressed',
  ],
  ['a full mailbox', bounce('Transient', 'MailboxFull'), 'mail_undelivered', 'Transient/MailboxFull'],
  [
    'a bounce of no known kind',
    bounce('Undetermined', 'Undetermined'),
    'mail_undelivered',
    'Undetermined/Undetermined',
  ],
  ['a complaint', complaint('abuse'), 'mail_complained', 'abuse'],
  ['a complaint without a report', complaint(), 'mail_complained', 'unknown'],
  ['a delay', delay, 'mail_delayed', 'MailboxFull'],
  ['a virus', reject, 'mail_rejected', 'Bad content'],
])(
  '%s is noted on its purchase, without the address, and is not the buyer’s to read',
  async (_, event, attribute, reason) => {
    const failures = await record(published(event));

    const purchase = (await checkout.purchases.find(order.purchaseId))!;
    const noted = (purchase as unknown as Record<string, unknown>)[attribute];
    expect(failures).toBe(0);
    expect(noted).toEqual({ reason, at: SECONDS });
    expect(purchase.status).toBe('CONFIRMED');
    expect(JSON.stringify(purchaseAnswer(purchase))).not.toMatch(/mail|bounce/i);
  },
);

test.each([
  ['a complaint ends it, whichever e-mail it is about', complaint('abuse'), true],
  ['one that is taken back does not', complaint('not-spam'), false],
  ['a bounce does not: the address may be mended', bounce('Permanent', 'General'), false],
])('marketing to the buyer: %s', async (_, event, isUnsubscribed) => {
  const email = `${order.purchaseId}@example.com`;
  const emailHash = await checkout.addresses.of(email);
  await checkout.purchases.noteSending(order.purchaseId, { email, emailHash });
  const unsubscriptions = new Unsubscriptions(tables.client, tables.purchaseTable, checkout.clock);
  const consent = { wording: '2026-11', at: checkout.clock.nowSeconds() - 60 };

  await record(published(event));

  expect(await unsubscriptions.isRevoked(consent, [emailHash])).toBe(isUnsubscribed);
});

test('the same event twice is the same note, and different ones are kept side by side', async () => {
  await record(published(delay), published(bounce('Permanent', 'General')));
  const once = await checkout.purchases.find(order.purchaseId);

  await record(published(bounce('Permanent', 'General')), published(delay));

  expect(await checkout.purchases.find(order.purchaseId)).toEqual(once);
  expect(once).toMatchObject({ mail_bounced: { at: SECONDS }, mail_delayed: { at: SECONDS } });
});

test.each([
  ['that nobody’s e-mail is about', () => published(bounce('Permanent', 'General'), '0000000000')],
  ['of an e-mail without a reference', () => published(bounce('Permanent', 'General'), '')],
  ['that takes a complaint back', () => published(complaint('not-spam'))],
  [
    'with which SES greets a new topic',
    () => 'Successfully validated SNS topic for Amazon SES event publishing.',
  ],
])('an event %s changes nothing, and makes no purchase', async (_, body) => {
  const before = await checkout.purchases.find(order.purchaseId);

  const failures = await record(body());

  expect(failures).toBe(0);
  expect(await checkout.purchases.find(order.purchaseId)).toEqual(before);
});

test.each([
  ['is no JSON', 'hello'],
  ['is of another kind', JSON.stringify({ eventType: 'Open', open: {}, mail: { timestamp: AT } })],
  [
    'has no time',
    JSON.stringify({ eventType: 'Complaint', complaint: {}, mail: { timestamp: 'yesterday' } }),
  ],
])('a message that %s is reported, and the others of its batch are recorded', async (_, poison) => {
  const failures = await record(poison, published(bounce('Permanent', 'General')));

  expect(failures).toBe(1);
  expect(await checkout.purchases.find(order.purchaseId)).toHaveProperty('mail_bounced');
});

test('what is logged names the purchase by its reference: no id, no address, no words of a mail server', async () => {
  const lines: unknown[] = [];
  const measured = jest.spyOn(Metrics.prototype, 'addMetadata');
  for (const level of ['info', 'warn', 'error'] as const) {
    jest.spyOn(logger, level).mockImplementation((...line: unknown[]) => void lines.push(line));
  }

  await record(published(bounce('Permanent', 'General')), published(complaint(), '0000000000'), 'hello');

  const text = JSON.stringify([...lines, ...measured.mock.calls]);
  jest.restoreAllMocks();
  expect(text).toContain(referenceOf(order.purchaseId));
  expect(text).not.toMatch(new RegExp(`${order.purchaseId}|ada@|user unknown|Quartet`));
});
