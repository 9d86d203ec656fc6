import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { transactWrite, TransactionRefused, type TransactionWrite } from '../shared/dynamodb';
import { type Fields, itemOf, number, optional, text } from '../shared/item';
import { Problem } from '../shared/problem';
import { type Extra, type ExtraAsPut, MAX_EXTRAS } from './extra';

const FIELDS: Fields<Extra> = {
  ...{ extraId: text, name: text, price: number, stock: number, available: number, position: number },
  withdrawn: optional((value) => value === true),
};

/** What the partitions of events begin with: orders, and so the people in them, are elsewhere. */
export const EVENT_KEYS = 'EVENT#';

/** How often a list is read again that was sold from meanwhile. */
const ATTEMPTS = 5;

/** The stock is not enough for what has been reserved or sold of it. */
interface Shortage {
  readonly extraId: string;
  readonly taken: number;
}

/**
 * Extras, one item each, in the order table.
 *
 * | item  | pk              | sk              |
 * | extra | `EVENT#eventId` | `EXTRA#extraId` |
 *
 * `available` is what an order takes from and gives back to, each time under a condition and together with the note of whose it is
 * (`OrderRepository`), so `stock - available` is always what orders have. An item is never deleted: what it has sold would be lost.
 */
export class ExtraRepository {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly tableName: string,
  ) {}

  /** Those that are for sale, in their order. */
  async list(eventId: string): Promise<Extra[]> {
    return (await this.all(eventId))
      .filter(({ withdrawn }) => !withdrawn)
      .sort((a, b) => a.position - b.position);
  }

  /**
   * Replaces the extras of an event, all or none. An extra that is left out is not for sale any more; one that comes back keeps
   * count of what was sold.
   *
   * @throws Problem StockTaken naming extras of which more are reserved or sold than there were to be
   * @throws Problem ValidationFailed for more extras than an event may ever have had
   * @throws Problem EventChanged when it was sold from, or replaced by somebody else, all the time
   */
  async replace(eventId: string, wanted: readonly ExtraAsPut[]): Promise<Extra[]> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const found = new Map((await this.all(eventId)).map((extra) => [extra.extraId, extra]));
      const writes = this.writesOf(eventId, wanted, found);
      if (writes.length === 0) return [];
      try {
        await transactWrite(this.client, writes);
        return await this.list(eventId);
      } catch (error) {
        if (!(error instanceof TransactionRefused)) throw error;
      }
    }
    throw new Problem('EventChanged', 'The extras were changed or sold from meanwhile. Send them again.');
  }

  private writesOf(
    eventId: string,
    wanted: readonly ExtraAsPut[],
    found: ReadonlyMap<string, Extra>,
  ): TransactionWrite[] {
    const short = wanted.flatMap(({ extraId, stock }) => shortageOf(found.get(extraId), stock));
    if (short.length > 0) {
      const words = short.map(({ extraId, taken }) => `${extraId} (${taken})`).join(', ');
      throw new Problem('StockTaken', `More are reserved or sold: ${words}.`);
    }
    const left = [...found.values()].filter(
      ({ extraId, withdrawn }) => !withdrawn && !wanted.some((each) => each.extraId === extraId),
    );
    const writes = [
      ...wanted.map((extra, position) => this.put(eventId, { ...extra, position }, found.get(extra.extraId))),
      ...left.map(({ extraId }) => this.withdraw(eventId, extraId)),
    ];
    if (writes.length > 2 * MAX_EXTRAS)
      throw new Problem('ValidationFailed', `extras: an event has at most ${MAX_EXTRAS}.`);
    return writes;
  }

  /** Under the condition that its stock is as it was found, and that what the stock is less by is there to be taken away. */
  private put(
    eventId: string,
    { extraId, name, price, stock, position }: ExtraAsPut & Pick<Extra, 'position'>,
    found: Extra | undefined,
  ): TransactionWrite {
    const more = stock - (found?.stock ?? 0);
    return {
      Update: {
        TableName: this.tableName,
        Key: extraKey(eventId, extraId),
        UpdateExpression:
          'SET extraId = :extraId, #name = :name, price = :price, stock = :stock, #position = :position, ' +
          'available = if_not_exists(available, :none) + :more REMOVE withdrawn',
        ConditionExpression: found ? 'stock = :found AND available >= :less' : 'attribute_not_exists(pk)',
        ExpressionAttributeNames: { '#name': 'name', '#position': 'position' },
        ExpressionAttributeValues: {
          ...{ ':extraId': extraId, ':name': name, ':price': price, ':stock': stock, ':position': position },
          ...{ ':none': 0, ':more': more },
          ...(found && { ':found': found.stock, ':less': Math.max(0, -more) }),
        },
      },
    };
  }

  private withdraw(eventId: string, extraId: string): TransactionWrite {
    return {
      Update: {
        TableName: this.tableName,
        Key: extraKey(eventId, extraId),
        UpdateExpression: 'SET withdrawn = :yes',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':yes': true },
      },
    };
  }

  /** Takes so many of an extra: of what is there alone. */
  take(eventId: string, extraId: string, quantity: number): TransactionWrite {
    return {
      Update: {
        TableName: this.tableName,
        Key: extraKey(eventId, extraId),
        UpdateExpression: 'SET available = available - :quantity',
        ConditionExpression: 'available >= :quantity',
        ExpressionAttributeValues: { ':quantity': quantity },
      },
    };
  }

  /** Gives so many back. Whose they were, and that they are given back once, is for the write beside it to say. */
  giveBack(eventId: string, extraId: string, quantity: number): TransactionWrite {
    return {
      Update: {
        TableName: this.tableName,
        Key: extraKey(eventId, extraId),
        UpdateExpression: 'SET available = available + :quantity',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':quantity': quantity },
      },
    };
  }

  private async all(eventId: string): Promise<Extra[]> {
    const extras: Extra[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :event AND begins_with(sk, :extra)',
        ExpressionAttributeValues: { ':event': eventKey(eventId), ':extra': EXTRA },
      },
    );
    for await (const { Items = [] } of pages)
      extras.push(...Items.map((item) => itemOf<Extra>('extra', FIELDS, item)));
    return extras;
  }
}

function shortageOf(found: Extra | undefined, stock: number): Shortage[] {
  if (!found) return [];
  const taken = found.stock - found.available;
  return stock < taken ? [{ extraId: found.extraId, taken }] : [];
}

const EXTRA = 'EXTRA#';

const eventKey = (eventId: string) => `${EVENT_KEYS}${eventId}`;

function extraKey(eventId: string, extraId: string) {
  return { pk: eventKey(eventId), sk: `${EXTRA}${extraId}` };
}
