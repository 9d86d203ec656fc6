import { type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What requests to DynamoDB used. */
export interface Use {
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly requests: number;
}

interface Capacity {
  readonly CapacityUnits?: number;
}

/** Has every request answered with what it used, and adds that up. */
export function meter(client: DynamoDBDocumentClient) {
  let readUnits = 0;
  let writeUnits = 0;
  let requests = 0;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
        const { ConsumedCapacity } = result.output as { ConsumedCapacity?: Capacity | Capacity[] };
        const units = [ConsumedCapacity ?? []]
          .flat()
          .reduce((sum, each) => sum + (each.CapacityUnits ?? 0), 0);
        if (/^(Get|BatchGet|Query)/.test(commandName ?? '')) readUnits += units;
        else writeUnits += units;
        requests++;
        return result;
      },
    { step: 'initialize' },
  );
  return {
    client,
    use: {
      reset: () => void (readUnits = writeUnits = requests = 0),
      read: (): Use => ({ readUnits, writeUnits, requests }),
    },
  };
}
