import { definePlugin } from '../core/plugin';
import { type CreatedTable } from './create-table';
import { dynamoDbClient } from './dynamodb-client';
import { emptyTable } from './empty-table';
import { startDynamoDbEngine } from './engine';
import { dynamoDbIntegrations } from './integrations';
import { mentioningItems } from './mentioning-items';
import { dynamoDbTypes } from './resource-types';
import { startTtlSweeper } from './ttl-sweeper';

interface DynamoDb {
  /** Where the engine listens. */
  readonly endpoint: string;
  readonly tables: readonly CreatedTable[];
}

/** An engine in a process of its own, so functions find it at an address of its own. */
export const DYNAMODB = definePlugin({
  name: 'dynamodb',
  async start({ broken, clock, storage, warn }) {
    const { dataDirectory, runDirectory } = storage;
    const engine = await startDynamoDbEngine({ dataDirectory, runDirectory, onUnexpectedEnd: broken });
    const { endpoint } = engine;
    const tables: CreatedTable[] = [];
    const sweeper = startTtlSweeper({
      ...{ clock, endpoint, tables },
      onError: (error) => warn('The TTL of the tables was not looked at', error),
    });
    const service: DynamoDb = { endpoint, tables };
    const client = dynamoDbClient(endpoint);
    return {
      service,
      resourceTypes: dynamoDbTypes(endpoint, tables),
      integrations: dynamoDbIntegrations(client),
      server: { url: endpoint, variable: 'AWS_ENDPOINT_URL_DYNAMODB' },
      records: {
        items: (mentioned) =>
          mentioningItems(
            endpoint,
            tables.map(({ tableName }) => tableName),
            mentioned,
          ),
      },
      async reset() {
        await Promise.all(tables.map(({ tableName }) => emptyTable(endpoint, tableName)));
      },
      async close() {
        client.destroy();
        await sweeper.close();
        await engine.close();
      },
    };
  },
});
