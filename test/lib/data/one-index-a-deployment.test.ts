import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { STAGES } from '../../../lib/config';
import { DataStack } from '../../../lib/data-stack';

type Table = 'PurchaseTable' | 'OrderTable';
type Indexes = Readonly<Record<Table, readonly string[]>>;

/** What the version before the search for buyers has deployed. */
const BEFORE: Indexes = { PurchaseTable: ['unsettled', 'references', 'due'], OrderTable: ['due'] };

interface Properties {
  readonly GlobalSecondaryIndexes: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly { readonly AttributeName: string }[];
  }[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string }[];
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}

function tablesWithout(...withoutIndexes: string[]): Readonly<Record<Table, Properties>> {
  const config = { ...STAGES.find(({ name }) => name === 'prod')!, withoutIndexes };
  const tables = Object.entries(
    Template.fromStack(new DataStack(new App(), 'Data', { config })).findResources(
      'AWS::DynamoDB::GlobalTable',
    ),
  );
  const propertiesOf = (id: Table) =>
    tables.find(([logicalId]) => logicalId.startsWith(id))![1]['Properties'] as Properties;
  return { PurchaseTable: propertiesOf('PurchaseTable'), OrderTable: propertiesOf('OrderTable') };
}

function indexesOf(tables: Readonly<Record<Table, Properties>>): Indexes {
  const names = ({ GlobalSecondaryIndexes }: Properties) =>
    GlobalSecondaryIndexes.map(({ IndexName }) => IndexName);
  return { PurchaseTable: names(tables.PurchaseTable), OrderTable: names(tables.OrderTable) };
}

const changesOf = (from: readonly string[], to: readonly string[]) => [
  ...to.filter((name) => !from.includes(name)).map((name) => `+${name}`),
  ...from.filter((name) => !to.includes(name)).map((name) => `-${name}`),
];

test('each step of the way from the version before changes one index of a table: DynamoDB makes no two in an update', () => {
  const first = indexesOf(tablesWithout('events'));
  const last = indexesOf(tablesWithout());

  const steps = (table: Table) => [
    changesOf(BEFORE[table], first[table]),
    changesOf(first[table], last[table]),
  ];
  expect(steps('PurchaseTable')).toEqual([['+buyers'], ['+events']]);
  expect(steps('OrderTable')).toEqual([['+buyers'], []]);
});

test('a table that is deployed without an index names no attribute that only the index had: CloudFormation refuses it', () => {
  for (const table of Object.values(tablesWithout('events'))) {
    const keys = [table, ...table.GlobalSecondaryIndexes].flatMap(({ KeySchema }) => KeySchema);

    const named = table.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
    expect(named.toSorted()).toEqual([...new Set(keys.map(({ AttributeName }) => AttributeName))].toSorted());
  }
});

test('a name that is no index is refused', () => {
  expect(() => tablesWithout('event')).toThrow('The purchase table has no index event');
});
