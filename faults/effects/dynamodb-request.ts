import { type WireRequest } from './effect';

/** A DynamoDB item or key: attribute → `{ S: … }`. */
type Attributes = Readonly<Record<string, { readonly S?: string }>>;

export interface Write {
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
}

/** The writes of the request, in order: one, or those of a transaction. Empty where it is another operation. */
export function writesOf(operation: string, { headers, body }: WireRequest): readonly Write[] {
  if (String(headers['x-amz-target']).split('.')[1] !== operation) return [];
  const input = JSON.parse(body.toString()) as Write & {
    readonly TransactItems?: readonly { readonly Put?: Write; readonly Update?: Write }[];
  };
  return input.TransactItems?.map(({ Put, Update }) => Put ?? Update ?? {}) ?? [input];
}

/**
 * The key of the purchase that an `UpdateItem`, or a transaction first of all, changes, where it sets this placeholder's value. A
 * condition may name others.
 *
 * @param to what the value then is @default any
 */
export function updateThatSets(placeholder: string, to?: string) {
  return (request: WireRequest) => {
    const [update] = [...writesOf('UpdateItem', request), ...writesOf('TransactWriteItems', request)];
    const purchaseId = update?.Key?.['purchaseId']?.S;
    const sets = update?.UpdateExpression?.match(/:\w+/g)?.includes(placeholder);
    const isSo = to === undefined || update?.ExpressionAttributeValues?.[placeholder]?.S === to;
    // An order's key is another.
    return purchaseId !== undefined && sets && isSo ? { purchaseId } : undefined;
  };
}

/** `partition/sort` */
export function itemKey(key: Attributes | undefined): string {
  return `${key?.['pk']?.S}/${key?.['sk']?.S}`;
}

/** Whether an item, or a key, is an order's. */
export function isOrder(attributes: Attributes | undefined): boolean {
  return orderOf(attributes) !== undefined;
}

/** The id of the order that an item, or a key, is. */
export function orderOf(attributes: Attributes | undefined): string | undefined {
  return /^ORDER#(.+)$/.exec(attributes?.['pk']?.S ?? '')?.[1];
}

/** The order that an `UpdateItem`, or a transaction first of all, changes by an expression like this. */
export function orderUpdate(expression: RegExp) {
  return (request: WireRequest) => {
    const [update] = [...writesOf('UpdateItem', request), ...writesOf('TransactWriteItems', request)];
    const orderId = orderOf(update?.Key);
    return orderId !== undefined && expression.test(update?.UpdateExpression ?? '')
      ? { purchaseId: orderId }
      : undefined;
  };
}
