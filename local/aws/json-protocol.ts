import { AwsError } from './aws-error';
import { type AwsService, UnsupportedLocally } from './aws-service';

/** An operation: the members of a request in, those of its answer out. It checks what it reads. `name` is for messages. */
export type JsonOperation<Input> = (input: Input, name: string) => object | Promise<object>;

/**
 * Answers by the AWS JSON protocol ("AWS JSON 1.0 protocol", Smithy, read November 2026): `X-Amz-Target` names the operation, a JSON
 * object is what goes in and what comes out. Errors are left to the endpoint.
 *
 * @throws AwsError `SerializationException` for a body that is no object; UnsupportedLocally for an operation that is not listed
 */
export function jsonProtocol<Input extends object>(
  { signingName, targetPrefix }: Required<Pick<AwsService, 'signingName' | 'targetPrefix'>>,
  version: '1.0' | '1.1',
  operations: Readonly<Record<string, JsonOperation<Input>>>,
): AwsService['handle'] {
  const prefix = `${targetPrefix}.`;
  return async ({ headers, body }) => {
    const target = headers['x-amz-target'] ?? '';
    const operation = target.startsWith(prefix) ? target.slice(prefix.length) : target;
    const name = `${signingName}:${operation}`;
    if (!Object.hasOwn(operations, operation)) throw new UnsupportedLocally(name);
    const output = await operations[operation]!(membersOf(body) as Input, name);
    return {
      statusCode: 200,
      headers: { 'content-type': `application/x-amz-json-${version}` },
      body: JSON.stringify(output),
    };
  };
}

/** An operation that refuses members which it does not read, instead of ignoring them. */
export function taking<Input extends object>(
  members: readonly string[],
  operation: JsonOperation<Input>,
): JsonOperation<Input> {
  return (input, name) => {
    const unread = Object.keys(input).find((member) => !members.includes(member));
    if (unread !== undefined) throw new UnsupportedLocally(`${name} with ${unread}`);
    return operation(input, name);
  };
}

function membersOf(body: Buffer): object {
  try {
    const parsed = JSON.parse(body.toString()) as unknown;
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Refused below, like every other body that is no object.
  }
  throw new AwsError('SerializationException', 'The body is not a JSON object');
}
