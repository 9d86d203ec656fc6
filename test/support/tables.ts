import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../lambda/shared/dynamodb';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { readStage } from '../../local/cloudformation/cloud-assembly';
import { createTable, type TableProperties } from '../../local/dynamodb/create-table';
import { type DynamoDbEngine, startDynamoDbEngine } from '../../local/dynamodb/engine';
import { cloudAssemblyNow } from './cloud-assembly';

/** A real DynamoDB engine with the tables of the data stack. */
export interface Tables {
  /** The functions' own client. */
  readonly client: DynamoDBDocumentClient;
  readonly seatTable: string;
  readonly purchaseTable: string;
  readonly orderTable: string;
  /** The attribute by which the seat table expires its items. */
  readonly expiryAttribute: string;
}

/**
 * Starts one engine for the test file and creates its tables in it, with the keys, indexes and TTL of the synthesised
 * template. The environment names engine and tables, so a handler under test connects as it does in Lambda.
 */
export function useTables(): Tables {
  const tables = {} as { -readonly [Field in keyof Tables]: Tables[Field] };
  let engine: DynamoDbEngine;

  beforeAll(async () => {
    engine = await startDynamoDbEngine();
    const seats = await createTable(engine.endpoint, tableOf('SeatTable'));
    const purchases = await createTable(engine.endpoint, tableOf('PurchaseTable'));
    const orders = await createTable(engine.endpoint, tableOf('OrderTable'));

    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.endpoint;
    process.env[ENVIRONMENT.seatTable] = seats.tableName;
    process.env[ENVIRONMENT.purchaseTable] = purchases.tableName;
    process.env[ENVIRONMENT.orderTable] = orders.tableName;
    process.env[ENVIRONMENT.unpaidSeats] = '16';
    process.env[ENVIRONMENT.salesKept] = String(180 * 86_400);
    process.env[ENVIRONMENT.unpaidExtras] = '20';
    tables.client = documentClient();
    tables.seatTable = seats.tableName;
    tables.purchaseTable = purchases.tableName;
    tables.orderTable = orders.tableName;
    tables.expiryAttribute = seats.ttlAttribute!;
  });
  afterAll(async () => {
    tables.client.destroy();
    await engine.close();
  });
  return tables;
}

/** Under a name of its own: an engine that DYNAMODB_ENDPOINT names is shared by test files and runs. */
function tableOf(id: string): TableProperties {
  const { template } = readStage(cloudAssemblyNow(), 'EventPro-dev').find(({ stackName }) =>
    stackName.endsWith('-Data'),
  )!;
  const [logicalId, { Properties }] = Object.entries(template.Resources).find(
    ([name, { Type }]) => name.startsWith(id) && Type === 'AWS::DynamoDB::GlobalTable',
  )!;
  return { ...(Properties as unknown as TableProperties), TableName: `${logicalId}-${randomUUID()}` };
}
