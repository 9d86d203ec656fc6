import { writeFileSync } from 'node:fs';
import { App, type CfnResource } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import cdkJson from '../../cdk.json';
import { STAGES } from '../../lib/config';
import { DataStack } from '../../lib/data-stack';
import { type TableProperties } from '../../local/dynamodb/create-table';

export type DataTables = Readonly<Record<'seats' | 'purchases', TableProperties & { TableName: string }>>;

/** Writes the tables of the data stack, and of it alone: the whole stage would bundle every function first. */
export function writeDataTables(file: string): void {
  const stack = new DataStack(new App({ context: cdkJson.context }), 'Data', { config: STAGES[0]! });
  const resources = Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable');
  const propertiesOf = (table: TableV2) => {
    const id = stack.resolve((table.node.defaultChild as CfnResource).logicalId) as string;
    return { ...(resources[id]!.Properties as TableProperties), TableName: id };
  };
  const tables: DataTables = {
    seats: propertiesOf(stack.seats.table),
    purchases: propertiesOf(stack.purchases.table),
  };
  writeFileSync(file, JSON.stringify(tables));
}
