import { type NamedDifference } from '../comparison';
import { type DifferingOperation } from './comparable';

type Write = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function namedDifference(
  name: string,
  explains: (differing: DifferingOperation) => boolean,
): NamedDifference {
  return { name, explains: (compared) => explains(compared as DifferingOperation) };
}

const errorOf = (side: unknown) => (side as { readonly error?: string }).error;

/** Whether two writes of a transaction are the same but for what they write. */
function writesOneItemTwice({ input }: DifferingOperation['operation']): boolean {
  const writes = (input.TransactItems ?? []) as readonly Write[];
  const items = writes.flatMap((write) =>
    Object.values(write).map(({ TableName, Key, Item }) => JSON.stringify([TableName, Key ?? Item])),
  );
  return new Set(items).size < items.length;
}

interface Page {
  readonly Count?: number;
  readonly Items?: readonly unknown[];
  readonly LastEvaluatedKey?: object;
}

/** Theirs is one item longer, and both say that there is more. */
function endsAnItemLater(ours: Page, theirs: Page): boolean {
  const items = theirs.Items ?? [];
  return (
    ours.LastEvaluatedKey !== undefined &&
    theirs.LastEvaluatedKey !== undefined &&
    JSON.stringify(ours.Items) === JSON.stringify(items.slice(0, -1))
  );
}

/** Where the local engine and DynamoDB Local differ, and why that is left. */
export const NAMED: readonly NamedDifference[] = [
  namedDifference(
    'A transaction that writes one item twice is a `ValidationException` here, as AWS documents; DynamoDB Local has the second write meet the first.',
    ({ operation, ours, theirs }) =>
      operation.name === 'TransactWriteItems' &&
      errorOf(ours) === 'ValidationException' &&
      errorOf(theirs) === 'TransactionCanceledException' &&
      writesOneItemTwice(operation),
  ),
  namedDifference(
    'A page of a megabyte ends here before the item that would exceed it, and in DynamoDB Local after it; no page says which. Where it goes on, both say.',
    ({ operation, ours, theirs }) =>
      operation.name === 'Query' &&
      operation.input.Limit === undefined &&
      endsAnItemLater(ours as Page, theirs as Page),
  ),
  namedDifference(
    'Items of an index that have the same sort key come in an order of the engine’s own, so that pages of an index are of other items.',
    ({ operation: { name, input }, ours, theirs }) =>
      name === 'Query' &&
      input.IndexName !== undefined &&
      (input.Limit !== undefined || input.ExclusiveStartKey !== undefined) &&
      [ours, theirs].every((side) => (side as Page).Items !== undefined),
  ),
];
