import { documentClient } from '../../../lambda/shared/dynamodb';

let client: ReturnType<typeof documentClient> | undefined;

/** The least a function can be that reads or writes a table: the project's own client and nothing else. */
export async function handler(): Promise<boolean> {
  return (client ??= documentClient()) !== undefined;
}
