import { updateThatSets, writesOf } from './dynamodb-request';
import { type EffectDeclaration } from './effect';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** What follows from what Stripe tells. */
export const STRIPE_EVENT_EFFECTS = [
  { name: 'note refunds', service: 'dynamodb', recognize: updateThatSets(':refunded') },
  {
    name: 'start cancellation',
    service: 'aws',
    recognize({ headers, body }) {
      const text = body.toString();
      const isIt = /\.StartExecution$/.test(String(headers['x-amz-target'])) && text.includes('REFUNDED');
      return isIt ? { purchaseId: UUID.exec(text)?.[0] } : undefined;
    },
  },
  { name: 'note dispute', service: 'dynamodb', recognize: updateThatSets(':dispute') },
  {
    name: 'tell dispute',
    service: 'aws',
    recognize({ method, body }, knownAs) {
      const subject = new URLSearchParams(method === 'POST' ? body.toString() : '').get('Subject') ?? '';
      const [, reference] = /^Dispute .* (\w+)$/.exec(subject) ?? [];
      return reference === undefined ? undefined : { purchaseId: knownAs(reference) };
    },
  },
  {
    name: 'note dispute told',
    service: 'dynamodb',
    recognize(request) {
      const [update] = writesOf('UpdateItem', request);
      return update?.UpdateExpression === 'REMOVE dispute.tellingSince'
        ? { purchaseId: update.Key?.['purchaseId']?.S }
        : undefined;
    },
  },
] as const satisfies readonly EffectDeclaration[];
