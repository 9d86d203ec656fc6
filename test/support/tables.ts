import { randomUUID } from 'node:crypto';
import { App, type CfnResource } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import cdkJson from '../../cdk.json';
import { documentClient } from '../../lambda/shared/dynamodb';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { STAGES } from '../../lib/config';
import { DataStack } from '../../lib/data-stack';
import { createTable, type TableProperties } from '../../local/dynamodb/create-table';
import { type DynamoDbEngine, startDynamoDbEngine } from '../../local/dynamodb/engine';

/** A real DynamoDB engine with the tables of the data stack. */
export interface Tables {
  /** The functions' own client. */
  readonly client: DynamoDBDocumentClient;
  readonly seatTable: string;
  readonly purchaseTable: string;
  /** The attribute by which the seat table expires its items. */
  readonly expiryAttribute: string;
}

/**
 * Starts one engine for the test file and creates both tables in it, with the keys, indexes and TTL of the synthesised
 * template. The environment names engine and tables, so a handler under test connects as it does in Lambda.
 */
export function useTables(): Tables {
  const tables = {} as { -readonly [Field in keyof Tables]: Tables[Field] };
  let engine: DynamoDbEngine;

  beforeAll(async () => {
    engine = await startDynamoDbEngine();
    const properties = tableProperties();
    const seats = await createTable(engine.endpoint, properties.seats);
    const purchases = await createTable(engine.endpoint, properties.purchases);

    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.endpoint;
    process.env[ENVIRONMENT.seatTable] = seats.tableName;
    process.env[ENVIRONMENT.purchaseTable] = purchases.tableName;
    tables.client = documentClient();
    tables.seatTable = seats.tableName;
    tables.purchaseTable = purchases.tableName;
    tables.expiryAttribute = seats.ttlAttribute!;
  });
  afterAll(async () => {
    tables.client.destroy();
    await engine.close();
  });
  return tables;
}

/** The data stack alone: the whole stage would bundle every function first, for each test file. */
function tableProperties(): { seats: TableProperties; purchases: TableProperties } {
  const stack = new DataStack(new App({ context: cdkJson.context }), 'Data', { config: STAGES[0]! });
  const resources = Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable');
  const propertiesOf = (table: TableV2): TableProperties => {
    const id = stack.resolve((table.node.defaultChild as CfnResource).logicalId) as string;
    // A name of its own: an engine that DYNAMODB_ENDPOINT names is shared by test files and runs.
    return { ...resources[id]!.Properties, TableName: `${id}-${randomUUID()}` };
  };
  return { seats: propertiesOf(stack.seats.table), purchases: propertiesOf(stack.purchases.table) };
}
