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
];
