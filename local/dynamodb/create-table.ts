import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  type Projection,
  ResourceInUseException,
  type StreamSpecification,
  type StreamViewType,
  type TableDescription,
  UpdateTableCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { UnsupportedLocally } from '../aws/aws-service';
import { dynamoDbClient } from './dynamodb-client';

/** Properties of `AWS::DynamoDB::Table` or `AWS::DynamoDB::GlobalTable`, every reference resolved. */
export type TableProperties = Readonly<Record<string, unknown>>;

export interface CreatedTable {
  readonly tableName: string;
  /** Names of the attributes that tell its items apart. */
  readonly keyAttributes: readonly string[];
  /** Attribute that holds the expiry, in epoch seconds; undefined without an enabled `TimeToLiveSpecification`. */
  readonly ttlAttribute?: string;
  /** What its stream tells; undefined without one. */
  readonly streamView?: StreamViewType;
}

/** What decides how the table answers. */
const SCHEMA = ['TableName', 'KeySchema', 'AttributeDefinitions', 'LocalSecondaryIndexes'] as const;

/** What protects, bills or labels the table in AWS, and changes no answer of it. */
export const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  ...['BillingMode', 'ContributorInsightsSpecification', 'DeletionProtectionEnabled', 'KMSMasterKeyId'],
  ...['OnDemandThroughput', 'PointInTimeRecoverySpecification', 'ProvisionedThroughput', 'ResourcePolicy'],
  ...['SSESpecification', 'TableClass', 'Tags', 'WarmThroughput', 'WriteOnDemandThroughputSettings'],
  ...['WriteProvisionedThroughputSettings'],
]);

/**
 * Creates a table, on demand. One that exists already, in the data folder of an older version, keeps its items and gets the global
 * indexes and the stream that it lacks.
 *
 * @throws UnsupportedLocally for a property that would change what the table does (replicas, imports)
 * @throws Error when a table of this name exists with other keys, or indexes or a stream that differ
 */
export async function createTable(endpoint: string, properties: TableProperties): Promise<CreatedTable> {
  const input = tableInput(properties);
  const tableName = String(input.TableName);
  const client = dynamoDbClient(endpoint);
  try {
    await client.send(new CreateTableCommand(input));
    await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName: tableName });
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
    await addIndexes(client, input);
    await addStream(client, input);
  } finally {
    client.destroy();
  }
  const ttlAttribute = ttlOf(properties);
  const streamView = input.StreamSpecification?.StreamViewType;
  return {
    tableName,
    keyAttributes: (input.KeySchema ?? []).map(({ AttributeName }) => AttributeName!),
    ...(ttlAttribute !== undefined && { ttlAttribute }),
    ...(streamView !== undefined && { streamView }),
  };
}

/** A stream begins when it is made: what was written before is not in it. One that the template no longer has is left alone. */
async function addStream(
  client: DynamoDBClient,
  { TableName, StreamSpecification }: CreateTableCommandInput,
): Promise<void> {
  if (!StreamSpecification) return;
  const existing = (await describe(client, TableName)).StreamSpecification;
  if (!existing?.StreamEnabled) {
    await client.send(new UpdateTableCommand({ TableName, StreamSpecification }));
  } else if (existing.StreamViewType !== StreamSpecification.StreamViewType) {
    throw new Error(`The table ${TableName} exists with another stream: use another data folder`);
  }
}

async function addIndexes(client: DynamoDBClient, input: CreateTableCommandInput): Promise<void> {
  const { TableName, GlobalSecondaryIndexes: wanted = [] } = input;
  const existing = await describe(client, TableName);
  const lacks = ({ IndexName }: GlobalSecondaryIndex) =>
    !existing.GlobalSecondaryIndexes?.some((index) => index.IndexName === IndexName);
  const kept = wanted.filter((index) => !lacks(index));
  if (!isDeepStrictEqual(schemaOf(existing), schemaOf(withIndexes(input, kept)))) {
    throw new Error(`The table ${TableName} exists with other keys or indexes: use another data folder`);
  }
  // One a request: DynamoDB makes no two at once (UpdateTable, API reference, read November 2026).
  for (const index of wanted.filter(lacks)) {
    kept.push(index);
    const { AttributeDefinitions } = withIndexes(input, kept);
    const GlobalSecondaryIndexUpdates = [{ Create: index }];
    await client.send(
      new UpdateTableCommand({ TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates }),
    );
    while (!isActive(await describe(client, TableName))) await delay(200);
  }
}

async function describe(client: DynamoDBClient, TableName: string | undefined): Promise<TableDescription> {
  const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
  return Table;
}

/** An index that is being made is filled with the items that are there. */
function isActive({ TableStatus, GlobalSecondaryIndexes = [] }: TableDescription): boolean {
  return (
    TableStatus === 'ACTIVE' && GlobalSecondaryIndexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE')
  );
}

/** The table with these global indexes alone, and with the attributes that are a key of it or of an index. */
function withIndexes(
  input: CreateTableCommandInput,
  indexes: GlobalSecondaryIndex[],
): CreateTableCommandInput {
  const keys = [input, ...(input.LocalSecondaryIndexes ?? []), ...indexes].flatMap(
    ({ KeySchema = [] }) => KeySchema,
  );
  const isKey = (name: string | undefined) => keys.some(({ AttributeName }) => AttributeName === name);
  return {
    ...input,
    GlobalSecondaryIndexes: indexes,
    AttributeDefinitions: input.AttributeDefinitions?.filter(({ AttributeName }) => isKey(AttributeName)),
  };
}

function tableInput(properties: TableProperties): CreateTableCommandInput {
  const input: Record<string, unknown> = { BillingMode: 'PAY_PER_REQUEST' };
  for (const [name, value] of Object.entries(properties)) {
    if (isOneOf(SCHEMA, name)) input[name] = value;
    else if (name === 'GlobalSecondaryIndexes') input[name] = (value as object[]).map(indexInput);
    else if (name === 'StreamSpecification') input[name] = streamInput(value as object);
    else if (name === 'Replicas') refuseReplicas(value as readonly unknown[]);
    else if (name !== 'TimeToLiveSpecification' && !WITHOUT_EFFECT.has(name)) {
      throw new UnsupportedLocally(`The table property ${name}`);
    }
  }
  return input as unknown as CreateTableCommandInput;
}

/** An index takes its keys and projection; throughput has no meaning on demand. */
function indexInput(index: object): object {
  const { IndexName, KeySchema, Projection } = index as Record<string, unknown>;
  return { IndexName, KeySchema, Projection };
}

function streamInput(specification: object): StreamSpecification {
  const { StreamViewType, ...others } = specification as { StreamViewType?: StreamViewType };
  const [unknown] = Object.keys(others);
  if (unknown) throw new UnsupportedLocally(`The property StreamSpecification.${unknown} of a table`);
  return { StreamEnabled: true, StreamViewType };
}

function refuseReplicas(replicas: readonly unknown[]): void {
  if (replicas.length > 1) throw new UnsupportedLocally('A global table in several regions');
  for (const name of ['KinesisStreamSpecification', 'ReplicaStreamSpecification']) {
    if (name in (replicas[0] as object)) throw new UnsupportedLocally(`The replica property ${name}`);
  }
}

function ttlOf({ TimeToLiveSpecification: ttl }: TableProperties): string | undefined {
  const { Enabled, AttributeName } = (ttl ?? {}) as { Enabled?: boolean | string; AttributeName?: string };
  return Enabled === true || Enabled === 'true' ? AttributeName : undefined;
}

interface Index {
  readonly IndexName?: string;
  readonly KeySchema?: readonly KeySchemaElement[];
  readonly Projection?: Projection;
}

type Schema = Pick<CreateTableCommandInput, 'AttributeDefinitions' | 'KeySchema'> & {
  readonly [indexes in 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes']?: readonly Index[];
};

/** Keys and indexes as the template and the engine both describe them; the order in a list says nothing. */
function schemaOf(table: Schema): object {
  const keys = (schema: Index['KeySchema'] = []): unknown[] =>
    schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`).sort();
  const indexes = (each: readonly Index[] = []): unknown =>
    Object.fromEntries(
      each.map(({ IndexName, KeySchema, Projection: { ProjectionType, NonKeyAttributes = [] } = {} }) => [
        IndexName,
        { keys: keys(KeySchema), projection: [ProjectionType, ...NonKeyAttributes.toSorted()] },
      ]),
    );
  return {
    attributes: (table.AttributeDefinitions ?? [])
      .map((each) => `${each.AttributeName} ${each.AttributeType}`)
      .sort(),
    keys: keys(table.KeySchema),
    global: indexes(table.GlobalSecondaryIndexes),
    local: indexes(table.LocalSecondaryIndexes),
  };
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
