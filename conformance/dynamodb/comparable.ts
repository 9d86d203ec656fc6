import { type WireReply } from '../../harness/service-proxy';
import { type Compared } from '../comparison';

export interface Operation {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** An operation that both engines answered otherwise. */
export interface DifferingOperation extends Compared {
  readonly operation: Operation;
}

interface AnswerBody {
  readonly __type?: string;
  readonly CancellationReasons?: readonly { readonly Code?: string; readonly Item?: unknown }[];
  readonly Items?: readonly unknown[];
  readonly Item?: unknown;
}

/** What a caller can go by: never how an error is worded, nor how much work an engine calls what it did. */
export function comparable(
  { name, input }: Operation,
  { status, body }: Pick<WireReply, 'status' | 'body'>,
): unknown {
  const answer = JSON.parse(body.toString() || '{}') as AnswerBody & Record<string, unknown>;
  if (status !== 200) {
    const reasons = answer.CancellationReasons?.map(({ Code, Item }) => ({ Code, Item }));
    const error = answer.__type?.split('#').at(-1);
    return sorted({
      status,
      error,
      ...(reasons && { reasons }),
      ...(answer.Item !== undefined && { Item: answer.Item }),
    });
  }
  const { ConsumedCapacity: _, ItemCollectionMetrics: __, ...told } = answer;
  // An index sorts by its own key, and those with the same as it likes; a table that is scanned, and a batch, as they like altogether.
  const unordered = name === 'Scan' || (name === 'Query' && input.IndexName !== undefined);
  if (unordered && told.Items) return sorted({ ...told, Items: asSet(told.Items) });
  if (name !== 'BatchGetItem') return sorted(told);
  const tables = Object.entries(told.Responses as Readonly<Record<string, readonly unknown[]>>);
  return sorted({
    ...told,
    Responses: Object.fromEntries(tables.map(([table, items]) => [table, asSet(items)])),
  });
}

function asSet(items: readonly unknown[]): string[] {
  return items.map((item) => JSON.stringify(sorted(item))).sort();
}

/** The members by name, and the members of sets (`SS`, `NS`), which have no order. */
function sorted(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) {
    const members = value.map((each) => sorted(each));
    return name === 'SS' || name === 'NS' ? members.sort() : members;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([each, inner]) => [each, sorted(inner, each)]),
  );
}
