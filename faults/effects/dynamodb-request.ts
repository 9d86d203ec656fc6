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
    const sets = update?.UpdateExpression?.match(/:\w+/g)?.includes(placeholder);
    const isSo = to === undefined || update?.ExpressionAttributeValues?.[placeholder]?.S === to;
    return sets && isSo ? { purchaseId: update!.Key?.['purchaseId']?.S } : undefined;
  };
}

/** `partition/sort` */
export function itemKey(key: Attributes | undefined): string {
  return `${key?.['pk']?.S}/${key?.['sk']?.S}`;
}
