import { AwsError } from '../aws/aws-error';
import { definePlugin } from '../core/plugin';
import { type CreatedTable } from './create-table';
import { dynamoDbClient } from './dynamodb-client';
import { emptyTable, type IsKept } from './empty-table';
import { startDynamoDbEngine } from './engine';
import { dynamoDbIntegrations } from './integrations';
import { itemRoutes } from './item-routes';
import { findItems } from './mentioning-items';
import { dynamoDbTypes } from './resource-types';
import { StreamHorizons, streamArn, TableStream } from './table-stream';
import { TtlRemovals } from './ttl-removals';
import { startTtlSweeper } from './ttl-sweeper';

interface DynamoDb {
  /** Where the engine listens. */
  readonly endpoint: string;
  readonly tables: readonly CreatedTable[];
  /** The stream of a table, by its ARN. @throws AwsError ResourceNotFoundException */
  stream(arn: string): TableStream;
}

export interface DynamoDbSettings {
  /** Which items a reset leaves: those that the functions remember as long as they are loaded. @default none */
  readonly isKept?: IsKept;
}

/** An engine in a process of its own, so functions find it at an address of its own. */
export const DYNAMODB = definePlugin({
  name: 'dynamodb',
  async start({ broken, clock, storage, warn }, _, { isKept }: DynamoDbSettings) {
    const { dataDirectory, runDirectory } = storage;
    const engine = await startDynamoDbEngine({ dataDirectory, runDirectory, onUnexpectedEnd: broken });
    const { endpoint } = engine;
    const tables: CreatedTable[] = [];
    const removals = new TtlRemovals(storage.journalFile('dynamodb-ttl'));
    const sweeper = startTtlSweeper({
      ...{ clock, endpoint, tables },
      onRemoval: (tableName, keys, expiry) => removals.note(tableName, keys, expiry),
      onError: (error) => warn('The TTL of the tables was not looked at', error),
    });
    const horizons = new StreamHorizons(storage.journalFile('dynamodb-streams'));
    const streams = new Map<string, TableStream>();
    const service: DynamoDb = {
      ...{ endpoint, tables },
      stream(arn) {
        const tableName = tables.find(
          (table) => table.streamView && streamArn(table.tableName) === arn,
        )?.tableName;
        if (!tableName) throw new AwsError('ResourceNotFoundException', `Stream: ${arn} not found`);
        const stream = streams.get(arn) ?? new TableStream(endpoint, tableName, horizons, removals, clock);
        streams.set(arn, stream);
        return stream;
      },
    };
    const client = dynamoDbClient(endpoint);
    return {
      service,
      resourceTypes: dynamoDbTypes(endpoint, tables),
      integrations: dynamoDbIntegrations(client),
      server: { url: endpoint, variable: 'AWS_ENDPOINT_URL_DYNAMODB' },
      records: {
        items: (mentions) =>
          findItems(
            endpoint,
            tables.map(({ tableName }) => tableName),
            { mentions },
          ),
      },
      routes: itemRoutes(endpoint, tables),
      async reset() {
        await Promise.all(
          tables.map(async (table) => {
            await emptyTable(client, table, isKept);
            // That everything was deleted is nothing that happened.
            if (table.streamView) await service.stream(streamArn(table.tableName)).forget();
          }),
        );
        removals.clear();
      },
      async close() {
        client.destroy();
        await sweeper.close();
        await engine.close();
      },
    };
  },
});
