import { updateThatSets } from './dynamodb-request';
import { type EffectDeclaration } from './effect';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** What it takes to tell the buyer: the message of the saga, and the e-mail channel. */
export const NOTIFICATION_EFFECTS = [
  {
    name: 'publish',
    service: 'aws',
    recognize({ method, body }) {
      const form = new URLSearchParams(method === 'POST' ? body.toString() : '');
      // A publication without a topic is an SMS.
      if (form.get('Action') !== 'Publish' || !form.has('TopicArn')) return undefined;
      return { purchaseId: UUID.exec(form.get('Message') ?? '')?.[0] };
    },
  },
  { name: 'lease delivery', service: 'dynamodb', recognize: updateThatSets(':sending') },
  {
    name: 'send e-mail',
    service: 'aws',
    recognize: ({ method, path, body }) =>
      method === 'POST' && path === '/v2/email/outbound-emails'
        ? { purchaseId: UUID.exec(body.toString())?.[0] }
        : undefined,
  },
  { name: 'note delivery', service: 'dynamodb', recognize: updateThatSets(':sent') },
] as const satisfies readonly EffectDeclaration[];
