import { createHash } from 'node:crypto';
import { AwsError } from '../aws/aws-error';

export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, with an optional label: `String.Array`. */
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64 */
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message as it was sent; times in milliseconds since the epoch, by the local clock. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  /** End of its delay. */
  readonly availableAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt?: number;
  /** ARN of the queue that gave it up to this dead-letter queue. */
  readonly deadLetterSource?: string;
  readonly traceHeader?: string;
}

export const MAX_ATTRIBUTES = 10;

/** Refuses what SQS refuses: an empty body, characters outside XML 1.0, more than ten attributes. */
export function checkContents(body: unknown, attributes: MessageAttributes): asserts body is string {
  if (typeof body !== 'string' || body === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(body)) {
    throw new AwsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid characters are those of XML 1.0',
    );
  }
  if (Object.keys(attributes).length > MAX_ATTRIBUTES) {
    throw invalidParameter(`Number of message attributes exceeds the allowed maximum [${MAX_ATTRIBUTES}]`);
  }
  for (const [name, attribute] of Object.entries(attributes)) checkAttribute(name, attribute);
}

export function checkAttribute(name: string, { DataType, StringValue, BinaryValue }: MessageAttribute): void {
  const [type] = DataType.split('.');
  if (type !== 'String' && type !== 'Number' && type !== 'Binary') {
    throw invalidParameter(`The type of message (user) attribute '${name}' is invalid: ${DataType}`);
  }
  if (!(type === 'Binary' ? BinaryValue : StringValue)) {
    throw invalidParameter(`The message attribute '${name}' must contain a non-empty value of type ${type}`);
  }
}

/** Bytes that count against the size limit: the body and each attribute's name, type and value. */
export function messageBytes(body: string, attributes: MessageAttributes): number {
  const attributeBytes = Object.entries(attributes).map(
    ([name, { DataType, StringValue = '', BinaryValue = '' }]) => {
      const value = Buffer.byteLength(StringValue) + Buffer.byteLength(BinaryValue, 'base64');
      return Buffer.byteLength(name) + Buffer.byteLength(DataType) + value;
    },
  );
  return attributeBytes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(body));
}

export function md5OfBody(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/**
 * MD5 over the attributes sorted by name: name, data type, one byte for the kind of value, value, each text or
 * value after its length as 4 bytes big-endian. Nothing for no attributes.
 *
 * Source: Amazon SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const digest = createHash('md5');
  const updateSized = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name]!;
    const binary = DataType.startsWith('Binary');
    updateSized(Buffer.from(name));
    updateSized(Buffer.from(DataType));
    digest.update(Buffer.from([binary ? 2 : 1]));
    updateSized(binary ? Buffer.from(BinaryValue!, 'base64') : Buffer.from(StringValue!));
  }
  return digest.digest('hex');
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message, { queryCode: 'InvalidParameterValue' });
}
