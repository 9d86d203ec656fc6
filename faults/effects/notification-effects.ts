import { REFERENCE_TAG } from '../../lambda/notification/mail-event';
import { updateThatSets, writesOf } from './dynamodb-request';
import { type EffectDeclaration, type KnownAs, type WireRequest } from './effect';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

const TICKET_LINK = new RegExp(`(${UUID.source})/ticket`);

/** What it takes to tell the buyer of a sale or a cancellation: the message of the workflow, and the e-mail channel. */
export const NOTIFICATION_EFFECTS = [
  { name: 'publish', service: 'aws', recognize: publication('PurchaseConfirmed') },
  { name: 'lease delivery', service: 'dynamodb', recognize: delivery(':sending', /^delivery_/) },
  {
    name: 'send e-mail',
    service: 'aws',
    recognize(request) {
      const purchaseId = isEmail(request) ? TICKET_LINK.exec(request.body.toString())?.[1] : undefined;
      return purchaseId === undefined ? undefined : { purchaseId };
    },
  },
  { name: 'note delivery', service: 'dynamodb', recognize: delivery(':sent', /^delivery_/) },
  { name: 'publish cancellation', service: 'aws', recognize: publication('PurchaseCancelled') },
  {
    name: 'lease cancellation e-mail',
    service: 'dynamodb',
    recognize: delivery(':sending', /^cancelled_delivery_email$/),
  },
  {
    name: 'send cancellation e-mail',
    service: 'aws',
    // It leads to no ticket.
    recognize: (request, knownAs) =>
      isEmail(request) ? { purchaseId: taggedWith(request, knownAs) } : undefined,
  },
  {
    name: 'note cancellation e-mail',
    service: 'dynamodb',
    recognize: delivery(':sent', /^cancelled_delivery_email$/),
  },
] as const satisfies readonly EffectDeclaration[];

function publication(type: string) {
  return ({ method, body }: WireRequest) => {
    const form = new URLSearchParams(method === 'POST' ? body.toString() : '');
    // A publication without a topic is an SMS.
    if (form.get('Action') !== 'Publish' || !form.has('TopicArn')) return undefined;
    const message = form.get('Message') ?? '';
    return message.includes(type) ? { purchaseId: UUID.exec(message)?.[0] } : undefined;
  };
}

/** @param of the attribute of the purchase in which the delivery is noted */
function delivery(placeholder: string, of: RegExp) {
  const sets = updateThatSets(placeholder);
  return (request: WireRequest) => {
    const [update] = writesOf('UpdateItem', request);
    return of.test(update?.ExpressionAttributeNames?.['#delivery'] ?? '') ? sets(request) : undefined;
  };
}

export function isEmail({ method, path }: WireRequest): boolean {
  return method === 'POST' && path === '/v2/email/outbound-emails';
}

/** Whose reference an e-mail is tagged with. */
export function taggedWith({ body }: WireRequest, knownAs: KnownAs): string | undefined {
  const { EmailTags = [] } = JSON.parse(body.toString()) as {
    readonly EmailTags?: readonly { readonly Name: string; readonly Value: string }[];
  };
  const reference = EmailTags.find(({ Name }) => Name === REFERENCE_TAG)?.Value;
  return reference === undefined ? undefined : knownAs(reference);
}
