import { type EffectDeclaration, type KnownAs, type WireRequest } from './effect';

/** What Stripe is asked for. */
export const PAYMENT_EFFECTS = [
  {
    name: 'create intent',
    service: 'stripe',
    recognize: (request) => creation('/v1/payment_intents', request),
    // Requests about the intent name nobody else.
    names: (_, { body }) => [(JSON.parse(body.toString()) as { id: string }).id],
  },
  {
    name: 'confirm payment',
    service: 'stripe',
    recognize: (request, knownAs) => onIntent('POST', 'confirm', request, knownAs),
  },
  {
    name: 'capture payment',
    service: 'stripe',
    recognize: (request, knownAs) => onIntent('POST', 'capture', request, knownAs),
  },
  {
    name: 'read intent',
    service: 'stripe',
    recognize: (request, knownAs) => onIntent('GET', undefined, request, knownAs),
  },
  { name: 'refund', service: 'stripe', recognize: (request) => creation('/v1/refunds', request) },
  {
    name: 'cancel',
    service: 'stripe',
    recognize: (request, knownAs) => onIntent('POST', 'cancel', request, knownAs),
  },
] as const satisfies readonly EffectDeclaration[];

/** The purchase, or the order, stands in the metadata of what is created. */
function creation(wanted: string, { method, path, body }: WireRequest) {
  if (method !== 'POST' || path !== wanted) return undefined;
  const form = new URLSearchParams(body.toString());
  return { purchaseId: form.get('metadata[purchaseId]') ?? form.get('metadata[orderId]') ?? undefined };
}

function onIntent(method: string, action: string | undefined, request: WireRequest, knownAs: KnownAs) {
  const [, intent, asked] = /^\/v1\/payment_intents\/([^/]+)(?:\/(\w+))?$/.exec(request.path) ?? [];
  if (!intent || request.method !== method || asked !== action) return undefined;
  const byKey = String(request.headers['idempotency-key'] ?? '').split(':')[0];
  return { purchaseId: knownAs(intent) ?? byKey };
}
