import { type Purchase } from '../purchase/purchase';
import { referenceOf } from '../shared/reference';
import { startTime } from '../shared/wording';
import { type EventThanks } from './confirmation';
import { emailHtml } from './email-html';

/** The e-mail after the event, for whoever has agreed to marketing. @param unsubscribeUrl by which its buyer gets no more */
export function thanksEmail({ purchaseId, buyer }: Purchase, { event }: EventThanks, unsubscribeUrl: string) {
  const facts: [label: string, value: string][] = [
    ['Event', event.name],
    ['Venue', event.venue],
    ['Was on', startTime(event.startsAt, event.timeZone)],
    ['Reference', referenceOf(purchaseId)],
  ];
  const subject = `Thank you for coming to ${event.name}`;
  const message = 'Thank you for coming. We hope that you have enjoyed it, and that we see you again.';
  const greeting = `Hello ${buyer?.name ?? ''}`.trim() + ',';
  const note =
    'You get this e-mail because you agreed, when you bought your tickets, to e-mails about other events and offers.';

  return {
    subject,
    text: [
      ...[greeting, '', message, ''],
      ...facts.map(([label, value]) => `${label}: ${value}`),
      ...['', note, `Unsubscribe: ${unsubscribeUrl}`, ''],
    ].join('\n'),
    html: emailHtml({
      ...{ subject, greeting, facts, message, note },
      link: { label: 'Unsubscribe', url: unsubscribeUrl },
    }),
    headers: {
      'List-Unsubscribe': `<${unsubscribeUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  };
}
