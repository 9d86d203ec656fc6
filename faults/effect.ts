import { type RedirectedServer } from '../bin/local-run';

export type Service = RedirectedServer;

/** Everything a purchase changes, or asks of, outside the function that does it. */
export const EFFECTS = [
  // The saga, in its order.
  'hold',
  'create intent',
  'store intent',
  'confirm payment',
  'store ticket',
  'mark paid',
  'confirm sale',
  'publish',
  // The compensations, in theirs.
  'claim',
  'read intent',
  'refund',
  'cancel',
  'release',
  'settle',
  'close key',
  // The e-mail channel.
  'lease delivery',
  'send e-mail',
  'note delivery',
] as const;

export type Effect = (typeof EFFECTS)[number];

/** A request to a service, as it went over the wire. */
export interface WireRequest {
  readonly service: Service;
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface RecognizedEffect {
  readonly effect: Effect;
  readonly purchaseId: string;
  /** Keys of the seat items the effect writes, `partition/seat`. */
  readonly seats: readonly string[];
}

/** A DynamoDB item or key: attribute → `{ S: … }`. */
type Attributes = Readonly<Record<string, { readonly S?: string }>>;

interface Write {
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeValues?: Attributes;
}

interface Transaction {
  readonly TransactItems: readonly { readonly Put?: Write; readonly Update?: Write }[];
}

export interface KnownPurchases {
  readonly ofIntent: (paymentIntentId: string) => string | undefined;
  readonly ofHash: (hash: string) => string | undefined;
}

/**
 * Tells which effect of which purchase a request is, from the wire alone; undefined for one that is none.
 *
 * @param known whose payment intent this is, and whose hash: some requests do not say more
 */
export function recognize(request: WireRequest, known: KnownPurchases): RecognizedEffect | undefined {
  const found =
    request.service === 'stripe'
      ? stripeEffect(request, known.ofIntent)
      : request.service === 'dynamodb'
        ? dynamoDbEffect(request)
        : awsEffect(request, known.ofHash);
  return found?.purchaseId ? { seats: [], ...found, purchaseId: found.purchaseId } : undefined;
}

type Found =
  { readonly effect: Effect; readonly purchaseId?: string; readonly seats?: readonly string[] } | undefined;

function dynamoDbEffect({ headers, body }: WireRequest): Found {
  const operation = String(headers['x-amz-target']).split('.')[1];
  if (operation === 'TransactWriteItems') {
    const [first, ...others] = (JSON.parse(body.toString()) as Transaction).TransactItems;
    const seats = others.map(({ Put, Update }) => seatKeyOf(Put?.Item ?? Update?.Key));
    const opened = first?.Put?.Item?.['purchaseId']?.S;
    if (opened) return { effect: 'hold', purchaseId: opened, seats };
    return { effect: 'confirm sale', purchaseId: first?.Update?.Key?.['purchaseId']?.S, seats };
  }
  if (operation === 'PutItem') {
    return { effect: 'close key', purchaseId: writeOf(body).Item?.['purchaseId']?.S };
  }
  if (operation === 'DeleteItem') {
    const { Key, ExpressionAttributeValues = {} } = writeOf(body);
    return {
      effect: 'release',
      purchaseId: ExpressionAttributeValues[':purchaseId']?.S,
      seats: [seatKeyOf(Key)],
    };
  }
  if (operation !== 'UpdateItem') return undefined;
  const { Key, ExpressionAttributeValues = {} } = writeOf(body);
  // Each update has a value no other has: the status it sets, or what it stores.
  const effect = UPDATES.find(([value]) => value in ExpressionAttributeValues)?.[1];
  return effect && { effect, purchaseId: Key?.['purchaseId']?.S };
}

/** Placeholder of a value → the update that writes it. The first match counts: a condition may name others. */
const UPDATES: readonly (readonly [placeholder: string, effect: Effect])[] = [
  [':failed', 'settle'],
  [':compensating', 'claim'],
  [':intent', 'store intent'],
  [':sending', 'lease delivery'],
  [':sent', 'note delivery'],
  [':paid', 'mark paid'],
];

function writeOf(body: Buffer): Write {
  return JSON.parse(body.toString()) as Write;
}

function seatKeyOf(key: Attributes | undefined): string {
  return `${key?.['pk']?.S}/${key?.['sk']?.S}`;
}

function stripeEffect(
  { method, path, headers, body }: WireRequest,
  purchaseOf: (paymentIntentId: string) => string | undefined,
): Found {
  const [, intentId, action] = /^\/v1\/payment_intents\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (intentId) {
    const byKey = String(headers['idempotency-key'] ?? '').split(':')[0];
    const purchaseId = purchaseOf(intentId) ?? byKey;
    if (method === 'GET') return { effect: 'read intent', purchaseId };
    if (action === 'confirm') return { effect: 'confirm payment', purchaseId };
    return action === 'cancel' ? { effect: 'cancel', purchaseId } : undefined;
  }
  if (method !== 'POST') return undefined;
  const form = new URLSearchParams(body.toString());
  const purchaseId = form.get('metadata[purchaseId]') ?? undefined;
  if (path === '/v1/payment_intents') return { effect: 'create intent', purchaseId };
  return path === '/v1/refunds' ? { effect: 'refund', purchaseId } : undefined;
}

function awsEffect({ method, path, body }: WireRequest, ofHash: KnownPurchases['ofHash']): Found {
  const ticket = /\/tickets\/.*?([^/]+)\.pdf$/.exec(path);
  if (ticket)
    return method === 'PUT' ? { effect: 'store ticket', purchaseId: ofHash(ticket[1]!) } : undefined;
  if (method !== 'POST') return undefined;
  if (path === '/v2/email/outbound-emails') {
    return { effect: 'send e-mail', purchaseId: UUID.exec(body.toString())?.[0] };
  }
  const form = new URLSearchParams(body.toString());
  if (form.get('Action') !== 'Publish' || !form.has('TopicArn')) return undefined;
  return { effect: 'publish', purchaseId: UUID.exec(form.get('Message') ?? '')?.[0] };
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
