import { randomUUID } from 'node:crypto';
import type * as Sqlite from 'node:sqlite';
import { FORMER_COLUMNS, SALE_COLUMNS } from '../../lambda/notification/sale';
import { SALES_QUERIES } from '../../lib/data/sales-queries';
import { eventually } from '../../harness/eventpro-client';
import { useFaultRun } from '../support/fault-run';
import { synthesizedStage } from '../support/synthesized-stage';

interface TableInput {
  readonly PartitionKeys: readonly { readonly Name: string }[];
  readonly Parameters: Readonly<Record<string, string | { 'Fn::Join': [string, (string | object)[]] }>>;
  readonly StorageDescriptor: { readonly Columns: readonly { Name: string; Type: string }[] };
}

type Row = Record<string, string | number>;

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

/** The rows that Athena would see: each line of each object, with the partition as a column. */
async function rowsOf(purchases: number): Promise<Row[]> {
  const sales = await eventually(async () => {
    const objects = await shop.stores.sales();
    return objects.length === purchases ? objects : undefined;
  }, `${purchases} recorded sales`);
  return sales.flatMap(({ url, text }) =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => ({ ...(JSON.parse(line) as Row), day: dayOf(url)! })),
  );
}

test('what a sale writes is where the table looks, and fits its columns', async () => {
  await shop.run.eventpro.buy({ seats: ['A-1', 'L-18'] });

  const rows = await rowsOf(1);

  expect(table.PartitionKeys).toEqual([{ Name: 'day', Type: 'string' }]);
  expect(rows).toHaveLength(2);
  for (const { day, ...row } of rows) {
    expect(day).toBe((row['sold_at'] as string).slice(0, 10));
    expect(Object.keys(row)).toEqual(Object.keys(SALE_COLUMNS));
    for (const { Name, Type } of table.StorageDescriptor.Columns) {
      if (Name in FORMER_COLUMNS) continue;
      if (Type === 'bigint') expect(row[Name]).toEqual(expect.any(Number));
      else expect([Type, typeof row[Name]]).toEqual(['string', 'string']);
    }
  }
});

// Node.js 22.13 and later bring SQLite: npm runs the tests on 24.
const sqlite = process.getBuiltinModule?.('node:sqlite') as typeof Sqlite | undefined;
const withSqlite = sqlite ? test : test.skip;

withSqlite('the saved queries, run on what was recorded, count the sales (SQLite)', async () => {
  await shop.run.eventpro.buy({ seats: ['A-1', 'A-2', 'L-18'] });
  await shop.run.eventpro.buy({ seats: ['L-17'] });
  await shop.run.eventpro.buy({ seats: ['A-3'], paymentMethod: 'pm_card_chargeDeclined' });
  const today = new Date(shop.run.clock.now()).toISOString().slice(0, 10);
  await shop.run.eventpro.advanceClock(86_400);
  const tomorrow = new Date(shop.run.clock.now()).toISOString().slice(0, 10);
  await shop.run.eventpro.buy({ seats: ['E-3'] });

  // One from before there were references: it counts as a purchase, too.
  const { reference: _, ...former } = (await rowsOf(3)).find(({ seat_id }) => seat_id === 'E-3')!;
  const rows = (await rowsOf(3)).filter(({ seat_id }) => seat_id !== 'E-3');
  const query = queries([...rows, { ...former, purchase_id: randomUUID() }]);

  const perDay = query(SALES_QUERIES.SalesPerEventAndDay.sql, today, tomorrow);
  const sold = { event_id: 'demo', currency: 'EUR' };
  expect(perDay).toEqual([
    { day: today, ...sold, purchases: 2, seats: 4, revenue_minor_units: 2 * 12_000 + 2 * 4_500 },
    { day: tomorrow, ...sold, purchases: 1, seats: 1, revenue_minor_units: 8_000 },
  ]);
  const perTier = query(SALES_QUERIES.RevenuePerTier.sql, today, today);
  expect(perTier).toEqual([
    { ...sold, tier: 'premium', seats: 2, revenue_minor_units: 24_000 },
    { ...sold, tier: 'value', seats: 2, revenue_minor_units: 9_000 },
  ]);
});

/** Asks a table `sales` of these rows. */
function queries(rows: readonly Row[]) {
  const columns = ['day', ...table.StorageDescriptor.Columns.map(({ Name }) => Name)];
  const database = new sqlite!.DatabaseSync(':memory:');
  database.exec(`CREATE TABLE sales (${columns.join(', ')})`);
  const insert = database.prepare(`INSERT INTO sales VALUES (${columns.map(() => '?').join(', ')})`);
  for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
  return (sql: string, ...days: string[]) =>
    database
      .prepare(sql)
      .all(...days)
      .map((row) => ({ ...row }));
}
