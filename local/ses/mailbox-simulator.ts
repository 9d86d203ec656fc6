import { UnsupportedLocally } from '../aws/aws-service';
import { type Outcome } from './email-event';

/**
 * SES's mailbox simulator: addresses that answer in one way each, with any label, `bounce+label@…` ("Sending test emails in
 * Amazon SES with the simulator", read November 2026). The bounce of `ooto` is what SES was seen to publish for it.
 */
const SIMULATED: Readonly<Record<string, readonly Outcome[]>> = {
  success: [{ eventType: 'Delivery' }],
  bounce: [
    {
      eventType: 'Bounce',
      bounce: { bounceType: 'Permanent', bounceSubType: 'General' },
      recipient: { action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
    },
  ],
  ooto: [
    { eventType: 'Delivery' },
    { eventType: 'Bounce', bounce: { bounceType: 'Transient', bounceSubType: 'General' } },
  ],
  complaint: [{ eventType: 'Delivery' }, { eventType: 'Complaint', complaintFeedbackType: 'abuse' }],
  suppressionlist: [
    { eventType: 'Bounce', bounce: { bounceType: 'Permanent', bounceSubType: 'Suppressed' } },
  ],
};

/** The harmless text by which virus scanners are tested: SES takes such an e-mail and rejects it. */
const EICAR = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*';

/** What becomes of an e-mail to this address, in order. It is in the inbox if it is delivered. */
export function outcomesOf(address: string, content: string): readonly Outcome[] {
  if (content.includes(EICAR)) return [{ eventType: 'Reject' }];
  const [, mailbox] = /^([^@+]+)(?:\+[^@]*)?@simulator\.amazonses\.com$/i.exec(address) ?? [];
  if (mailbox === undefined) return [{ eventType: 'Delivery' }];
  const outcomes = SIMULATED[mailbox.toLowerCase()];
  if (!outcomes) throw new UnsupportedLocally(`${mailbox}@simulator.amazonses.com`);
  return outcomes;
}
