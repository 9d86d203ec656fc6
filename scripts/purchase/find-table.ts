import { type DynamoDBClient, paginateListTables } from '@aws-sdk/client-dynamodb';

/**
 * The name of the one table of a stack with this logical id. CloudFormation names a table `<stack>-<logical id>-<random>`.
 *
 * @throws Error when there is none, or more than one
 */
export async function findTable(
  client: DynamoDBClient,
  stackName: string,
  logicalId: string,
): Promise<string> {
  const prefix = `${stackName}-${logicalId}`;
  const found: string[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    found.push(...TableNames.filter((name) => name.startsWith(prefix)));
  }
  const [name] = found;
  if (name && found.length === 1) return name;
  const region = await client.config.region();
  throw new Error(`${found.length} tables of region ${region} have a name that begins with ${prefix}`);
}
