import { randomUUID } from 'node:crypto';
import type * as Sqlite from 'node:sqlite';
import { referenceOf } from '../../lambda/shared/reference';
import { SALES_QUERIES } from '../../lib/data/sales-queries';
import { FORMER_COLUMNS, SALE_COLUMNS } from '../../lib/data/sales-table';
import { eventually } from '../../harness/eventpro-client';
import { useFaultRun } from '../support/fault-run';
import { synthesizedStage } from '../support/synthesized-stage';

interface TableInput {
  readonly PartitionKeys: readonly { readonly Name: string }[];
  readonly Parameters: Readonly<Record<string, string | { 'Fn::Join': [string, (string | object)[]] }>>;
  readonly StorageDescriptor: { readonly Columns: readonly { Name: string; Type: string }[] };
}

type Line = Readonly<Record<string, string | number | readonly string[]>>;

/** The table as Glue has it; the bucket stands as `<bucket>` in its locations. */
const table = Object.values(synthesizedStage('dev').data.findResources('AWS::Glue::Table'))[0]!.Properties
  .TableInput as TableInput;

const shop = useFaultRun();

/** The partition's value, if Athena finds the object: by the location template and the projected range of days. */
function dayOf(url: string): string | undefined {
  const template = table.Parameters['storage.location.template'] as {
    'Fn::Join': [string, (string | object)[]];
  };
  const [separator, parts] = template['Fn::Join'];
  const location = parts.map((part) => (typeof part === 'string' ? part : '[^/]+')).join(separator);
  const day = new RegExp(`^${location.replace('${day}', '(\\d{4}-\\d{2}-\\d{2})')}[^/]+$`).exec(url)?.[1];
  const [first, last] = (table.Parameters['projection.day.range'] as string).split(',');
  const today = new Date(shop.run.clock.now()).toISOString().slice(0, 10);
  return last === 'NOW' && day !== undefined && first! <= day && day <= today ? day : undefined;
}

interface Bus {
  readonly events: readonly {
    readonly detail: { readonly reference: string };
    readonly deliveries: readonly { readonly targetArn: string; readonly status: string }[];
  }[];
}

/** Waits until the stream has taken these sales, and lets its time pass. @returns the lines that Athena would see, with their day */
async function linesOf(...purchaseIds: string[]): Promise<Line[]> {
  const references = new Set(purchaseIds.map(referenceOf));
  await eventually(async () => {
    const { body } = await shop.run.eventpro.request<Bus>('GET', '/local/bus?limit=100');
    const taken = body.events.filter(
      ({ detail, deliveries }) =>
        references.has(detail.reference) &&
        deliveries.some(
          ({ targetArn, status }) => targetArn.includes(':firehose:') && status === 'delivered',
        ),
    );
    return taken.length >= references.size || undefined;
  }, `${references.size} sales in the stream`);
  await shop.run.eventpro.advanceClock(300);
  return eventually(async () => {
    const lines = (await shop.stores.sales()).flatMap(({ url, text }) => {
      const day = dayOf(url)!;
      expect(text.endsWith('\n')).toBe(true);
      return text
        .slice(0, -1)
        .split('\n')
        .map((line): Line => ({ ...columnsOf(JSON.parse(line) as Line), day }));
    });
    const found = lines.filter(({ reference }) => references.has(reference as string));
    return found.length >= references.size ? found : undefined;
  }, `${references.size} recorded sales`);
}

/** As the SerDe has them: Glue knows small letters alone. */
const columnsOf = (line: Line): Line =>
  Object.fromEntries(Object.entries(line).map(([field, value]) => [field.toLowerCase(), value]));

test('what a sale writes is where the table looks, and fits its columns', async () => {
  const { purchaseId } = await shop.run.eventpro.buy({ seats: ['A-1', 'L-18'] });
  const today = new Date(shop.run.clock.now()).toISOString().slice(0, 10);

  const [line, ...others] = await linesOf(purchaseId);

  expect(table.PartitionKeys).toEqual([{ Name: 'day', Type: 'string' }]);
  expect(others).toEqual([]);
  const { day, ...row } = line!;
  expect(day).toBe(today);
  expect(row).toMatchObject({
    ...{ seatids: ['A-1', 'L-18'], tiers: ['premium', 'value'], prices: ['12000', '4500'] },
    ...{ eventid: 'demo', status: 'CONFIRMED', amount: '16500', currency: 'EUR' },
  });
  expect(Object.keys(row).sort()).toEqual(Object.keys(SALE_COLUMNS).sort());
  for (const { Name, Type } of table.StorageDescriptor.Columns) {
    if (Name in FORMER_COLUMNS) continue;
    expect([Name, typeOf(row[Name])]).toEqual([Name, Type]);
  }
});

function typeOf(value: Line[string] | undefined): string {
  if (Array.isArray(value)) return `array<${[...new Set(value.map((each: unknown) => typeof each))].join()}>`;
  return Number.isInteger(value) ? 'int' : typeof value;
}

test('a purchase that fails is no sale', async () => {
  const failed = await shop.run.eventpro.buy({
    seats: ['A-3'],
    paymentMethod: 'pm_card_chargeDeclined',
  });
  const sold = await shop.run.eventpro.buy({ seats: ['A-1'] });

  await linesOf(sold.purchaseId);

  const recorded = (await shop.stores.sales()).map(({ text }) => text).join('');
  expect(recorded).toContain(referenceOf(sold.purchaseId));
  expect(recorded).not.toContain(referenceOf(failed.purchaseId));
});

// Node.js 22.13 and later bring SQLite: npm runs the tests on 24.
const sqlite = process.getBuiltinModule?.('node:sqlite') as typeof Sqlite | undefined;
const withSqlite = sqlite ? test : test.skip;

withSqlite('the saved queries, run on what was recorded, count each sale once (SQLite)', async () => {
  const three = await shop.run.eventpro.buy({ seats: ['A-1', 'A-2', 'L-18'] });
  const one = await shop.run.eventpro.buy({ seats: ['L-17'] });
  const today = new Date(shop.run.clock.now()).toISOString().slice(0, 10);
  const lines = await linesOf(three.purchaseId, one.purchaseId);
  const query = queries([
    ...lines,
    // Delivered twice, and replayed after days.
    lines[0]!,
    { ...lines[1]!, day: '2999-01-01' },
    // Written by the version before, too: a line a seat.
    ...formerLines(lines[0]!),
    // From before there were references.
    { ...FORMER, purchase_id: randomUUID(), seat_id: 'E-3', tier: 'standard', price: 8_000 },
  ]);

  const perDay = query(SALES_QUERIES.SalesPerEventAndDay.sql, '2026-01-01', '2999-12-31');

  const sold = { event_id: 'demo', currency: 'EUR' };
  expect(perDay).toEqual([
    { sold_on: '2026-03-01', ...sold, purchases: 1, seats: 1, revenue_minor_units: 8_000 },
    { sold_on: today, ...sold, purchases: 2, seats: 4, revenue_minor_units: 2 * 12_000 + 2 * 4_500 },
  ]);
  const perTier = query(SALES_QUERIES.RevenuePerTier.sql, today, today);
  expect(perTier).toEqual([
    { ...sold, tier: 'premium', seats: 2, revenue_minor_units: 24_000 },
    { ...sold, tier: 'value', seats: 2, revenue_minor_units: 9_000 },
  ]);
});

const FORMER = {
  ...{ event_id: 'demo', currency: 'EUR', section: 'Stalls' },
  ...{ sold_at: '2026-03-01T19:00:00.000Z', day: '2026-03-01' },
};

/** A sale as the version before wrote it. */
function formerLines({ reference, seatids, tiers, prices, openedat, day }: Line): Line[] {
  const sold_at = new Date(Number(openedat) * 1000).toISOString();
  return (seatids as string[]).map((seat_id, index) => ({
    ...{ ...FORMER, sold_at, day: day!, reference: reference!, seat_id },
    ...{ tier: (tiers as string[])[index]!, price: Number((prices as string[])[index]) },
  }));
}

/** Asks a table `sales` of these lines. SQLite has lists as JSON, and what it lacks of Athena's functions is given to it. */
function queries(lines: readonly Line[]) {
  const columns = ['day', ...table.StorageDescriptor.Columns.map(({ Name }) => Name)];
  const database = new sqlite!.DatabaseSync(':memory:');
  database.function('from_unixtime', (seconds) => new Date(Number(seconds) * 1000).toISOString());
  database.function('date_format', (time, format) => {
    expect(format).toBe('%Y-%m-%d');
    return String(time).slice(0, 10);
  });
  /** Parallel lists and the names of their elements, as a list of objects. */
  database.function('zipped', { varargs: true }, (names, ...lists) => {
    if (lists.includes(null)) return null;
    const parsed = lists.map((list) => JSON.parse(String(list)) as unknown[]);
    return JSON.stringify(
      parsed[0]!.map((_, index) =>
        Object.fromEntries(
          String(names)
            .split(', ')
            .map((name, each) => [name, parsed[each]![index]]),
        ),
      ),
    );
  });
  database.exec(`CREATE TABLE sales (${columns.join(', ')})`);
  const insert = database.prepare(`INSERT INTO sales VALUES (${columns.map(() => '?').join(', ')})`);
  for (const line of lines) {
    insert.run(
      ...columns.map((column) => {
        const value = line[column] ?? null;
        return typeof value === 'object' && value ? JSON.stringify(value) : value;
      }),
    );
  }
  return (sql: string, ...days: string[]) =>
    database
      .prepare(inSqlite(sql))
      .all(...days)
      .map((row) => ({ ...row }));
}

function inSqlite(sql: string): string {
  const unnest = /UNNEST\(([^)]+)\) AS (\w+) \(([^)]+)\)/;
  const [, , alias] = unnest.exec(sql)!;
  return sql
    .replace(unnest, "json_each(zipped('$3', $1)) AS $2")
    .replaceAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'g'), `(${alias}.value ->> '$1')`);
}
