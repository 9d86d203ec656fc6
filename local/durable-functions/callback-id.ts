import { invalid } from './operation-rules';

/** What somebody else answers a callback with: it names the execution and the operation. */
export function callbackId(arn: string, operationId: string): string {
  return Buffer.from(JSON.stringify([arn, operationId])).toString('base64');
}

/** @throws AwsError for what is no such id */
export function parseCallbackId(id: string): readonly [arn: string, operationId: string] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(id, 'base64').toString());
    if (Array.isArray(parsed) && parsed.length === 2 && parsed.every((part) => typeof part === 'string'))
      return parsed as [string, string];
  } catch {
    // Answered as everything else that is none.
  }
  throw invalid('Invalid callback id');
}
