import * as z from 'zod/mini';
import { type Fields, itemOf, number, optional, record, text } from '../shared/item';
import { OwnError } from '../shared/own-error';

/** The tag of each e-mail by which its events find their purchase: its reference, which opens nothing. */
export const REFERENCE_TAG = 'reference';

/**
 * What may become of an e-mail that SES has taken, worst first.
 *
 * - `complained`: the buyer reported it as spam.
 * - `bounced`: the address accepts no mail, now or later.
 * - `rejected`: SES found a virus in it.
 * - `undelivered`: it came back, but a later one may be delivered; also an out-of-office reply.
 * - `delayed`: it is not delivered yet.
 */
export const MAIL_EVENTS = ['complained', 'bounced', 'rejected', 'undelivered', 'delayed'] as const;
export type MailEventKind = (typeof MAIL_EVENTS)[number];

/** What is noted of it: neither an address nor the mail server's text. */
export interface MailEvent {
  readonly kind: MailEventKind;
  /** In SES's own terms: `Permanent/General`, `abuse`. */
  readonly reason: string;
  /** Seconds since the epoch: when the mail server said so. */
  readonly at: number;
}

type NotedEvent = Omit<MailEvent, 'kind'>;
const NOTED = optional(record({ reason: text, at: number } satisfies Fields<NotedEvent>));

/**
 * What is noted on the purchase, worst first.
 *
 * @throws ItemNotReadable
 */
export function mailEventsOf(purchase: object): MailEvent[] {
  const fields = Object.fromEntries(MAIL_EVENTS.map((kind) => [attributeOf(kind), NOTED]));
  const noted = itemOf<Record<string, NotedEvent | undefined>>('purchase', fields, purchase);
  return MAIL_EVENTS.flatMap((kind) => {
    const event = noted[attributeOf(kind)];
    return event ? [{ ...event, kind }] : [];
  });
}

/** The purchase's attribute for it. */
export function attributeOf(kind: MailEventKind): string {
  return `mail_${kind}`;
}

/**
 * An event as SES publishes it to SNS ("Contents of event data that Amazon SES publishes to Amazon SNS", read November 2026),
 * as far as it is read: it also has addresses, subject and headers.
 */
const publishedSchema = z.discriminatedUnion('eventType', [
  z.object({
    eventType: z.literal('Bounce'),
    bounce: z.object({
      bounceType: z.enum(['Undetermined', 'Permanent', 'Transient']),
      bounceSubType: z.string().check(z.maxLength(100)),
      timestamp: z.iso.datetime(),
    }),
    ...mail(),
  }),
  z.object({
    eventType: z.literal('Complaint'),
    complaint: z.object({
      complaintFeedbackType: z.optional(z.nullable(z.string().check(z.maxLength(100)))),
      timestamp: z.iso.datetime(),
    }),
    ...mail(),
  }),
  z.object({
    eventType: z.literal('DeliveryDelay'),
    deliveryDelay: z.object({ delayType: z.string().check(z.maxLength(100)), timestamp: z.iso.datetime() }),
    ...mail(),
  }),
  z.object({
    eventType: z.literal('Reject'),
    reject: z.object({ reason: z.string().check(z.maxLength(100)) }),
    ...mail(),
  }),
]);

function mail() {
  return {
    mail: z.object({
      timestamp: z.iso.datetime(),
      tags: z.optional(z.record(z.string(), z.array(z.string()))),
    }),
  };
}

/** The message is no event that the configuration set publishes. */
export class NotAMailEvent extends OwnError {
  override readonly name = 'NotAMailEvent';
}

/**
 * @returns what became of which purchase's e-mail; undefined where there is nothing to note: SES's greeting to a new
 *   destination, a complaint that was taken back, an e-mail that belongs to no purchase
 * @throws NotAMailEvent
 */
export function readMailEvent(body: string): { reference: string; event: MailEvent } | undefined {
  // Seen on AWS, on no page of it: "Successfully validated SNS topic for Amazon SES event publishing."
  if (body.startsWith('Successfully validated SNS topic')) return undefined;
  const { success, data } = z.safeParse(publishedSchema, parsed(body));
  if (!success) throw new NotAMailEvent('The message is no event of an e-mail');
  const reference = data.mail.tags?.[REFERENCE_TAG]?.[0];
  const event = eventOf(data);
  return reference && event ? { reference, event } : undefined;
}

function eventOf(published: z.output<typeof publishedSchema>): MailEvent | undefined {
  switch (published.eventType) {
    case 'Bounce': {
      const { bounceType, bounceSubType, timestamp } = published.bounce;
      const kind = bounceType === 'Permanent' ? 'bounced' : 'undelivered';
      return { kind, reason: `${bounceType}/${bounceSubType}`, at: secondsOf(timestamp) };
    }
    case 'Complaint': {
      const { complaintFeedbackType, timestamp } = published.complaint;
      // "This may be used to correct a message that was incorrectly tagged or categorized as spam."
      if (complaintFeedbackType === 'not-spam') return undefined;
      return { kind: 'complained', reason: complaintFeedbackType ?? 'unknown', at: secondsOf(timestamp) };
    }
    case 'DeliveryDelay': {
      const { delayType, timestamp } = published.deliveryDelay;
      return { kind: 'delayed', reason: delayType, at: secondsOf(timestamp) };
    }
    case 'Reject':
      return { kind: 'rejected', reason: published.reject.reason, at: secondsOf(published.mail.timestamp) };
  }
}

function secondsOf(timestamp: string): number {
  return Math.floor(Date.parse(timestamp) / 1_000);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
