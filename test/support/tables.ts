import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../lambda/shared/dynamodb';
import { ENVIRONMENT } from '../../lambda/shared/environment';
import { createTable, type TableProperties } from '../../local/dynamodb/create-table';
import { type DynamoDbEngine, startDynamoDbEngine } from '../../local/dynamodb/engine';

import { type DataTables } from './data-tables';
import { oncePerRun, runTypeScript } from './once-per-run';

const WRITE_TABLES = "require('./test/support/data-tables').writeDataTables(process.argv[1])";

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
    const declared = dataTables();
    const seats = await createTable(engine.endpoint, renamed(declared.seats));
    const purchases = await createTable(engine.endpoint, renamed(declared.purchases));

    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.endpoint;
    process.env[ENVIRONMENT.seatTable] = seats.tableName;
    process.env[ENVIRONMENT.purchaseTable] = purchases.tableName;
    process.env[ENVIRONMENT.unpaidSeats] = '16';
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

function dataTables(): DataTables {
  const file = oncePerRun('data-tables.json', (path) => runTypeScript(WRITE_TABLES, path));
  return JSON.parse(readFileSync(file, 'utf8')) as DataTables;
}

/** A name of its own: an engine that DYNAMODB_ENDPOINT names is shared by test files and runs. */
function renamed(table: DataTables['seats']): TableProperties {
  return { ...table, TableName: `${table.TableName}-${randomUUID()}` };
}
