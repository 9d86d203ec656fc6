import { randomUUID } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../aws/aws-service';

/** What becomes of an e-mail that SES has taken. */
export type Outcome =
  | { readonly eventType: 'Delivery' }
  | { readonly eventType: 'Reject' }
  | {
      readonly eventType: 'Bounce';
      readonly bounce: { readonly bounceType: 'Permanent' | 'Transient'; readonly bounceSubType: string };
      /** Of the mail server's own report, if there was one. */
      readonly recipient?: {
        readonly action: string;
        readonly status: string;
        readonly diagnosticCode: string;
      };
    }
  | { readonly eventType: 'Complaint'; readonly complaintFeedbackType: string };

/** An e-mail as its events tell of it. */
export interface SentEmail {
  readonly messageId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject?: string;
  readonly configurationSet: string;
  readonly tags: readonly { readonly Name: string; readonly Value: string }[];
  /** ISO 8601. */
  readonly sentAt: string;
}

/** The record that SES publishes. */
export interface EmailEvent {
  readonly eventType: 'Send' | 'DeliveryDelay' | Outcome['eventType'];
  readonly mail: object;
}

/** As in "Examples of event data that Amazon SES publishes to Amazon SNS" (read November 2026). */
export function emailEvent(
  email: SentEmail,
  recipient: string,
  outcome: Outcome | { readonly eventType: 'Send' },
  timestamp: string,
): EmailEvent {
  const feedbackId = `${randomUUID()}-000000`;
  const mail = mailOf(email);
  switch (outcome.eventType) {
    case 'Send':
      return { eventType: 'Send', mail, ...{ send: {} } };
    case 'Delivery': {
      const delivery = {
        ...{ timestamp, processingTimeMillis: Date.parse(timestamp) - Date.parse(email.sentAt) },
        recipients: [recipient],
        smtpResponse: '250 2.6.0 Message received',
        reportingMTA: 'localhost',
      };
      return { eventType: 'Delivery', mail, ...{ delivery } };
    }
    case 'Bounce': {
      const bouncedRecipients = [{ emailAddress: recipient, ...outcome.recipient }];
      const bounce = { ...outcome.bounce, bouncedRecipients, timestamp, feedbackId };
      return { eventType: 'Bounce', ...{ bounce }, mail };
    }
    case 'Complaint': {
      const { complaintFeedbackType } = outcome;
      const complainedRecipients = [{ emailAddress: recipient }];
      const complaint = {
        ...{ complainedRecipients, timestamp, feedbackId, complaintFeedbackType },
        complaintSubType: null,
        arrivalDate: timestamp,
      };
      return { eventType: 'Complaint', ...{ complaint }, mail };
    }
    case 'Reject':
      return { eventType: 'Reject', mail, ...{ reject: { reason: 'Bad content' } } };
  }
}

function mailOf({ messageId, from, to, subject, configurationSet, tags, sentAt }: SentEmail): object {
  const domain = /@([^>]+)/.exec(from)?.[1] ?? '';
  return {
    timestamp: sentAt,
    source: from,
    sourceArn: `arn:aws:ses:${LOCAL_REGION}:${LOCAL_ACCOUNT}:identity/${domain}`,
    sendingAccountId: LOCAL_ACCOUNT,
    messageId,
    destination: to,
    headersTruncated: false,
    headers: [
      { name: 'From', value: from },
      { name: 'To', value: to.join(', ') },
      ...(subject === undefined ? [] : [{ name: 'Subject', value: subject }]),
    ],
    commonHeaders: { from: [from], to, messageId, subject },
    tags: {
      'ses:configuration-set': [configurationSet],
      'ses:source-ip': ['127.0.0.1'],
      'ses:from-domain': [domain],
      'ses:caller-identity': ['local'],
      ...Object.fromEntries(tags.map(({ Name, Value }) => [Name, [Value]])),
    },
  };
}
