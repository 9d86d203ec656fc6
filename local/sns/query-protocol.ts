import { AwsError } from '../aws/aws-error';
import { type MessageAttribute, type MessageAttributes } from '../sqs/message';
import { xmlDocument, type XmlElements } from '../aws/xml';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** One message to publish, as SNS takes it alone or as an entry of a batch. */
export interface PublishInput {
  readonly message: string;
  readonly subject?: string;
  /** `json`: the message is an object with a text for each protocol, and `default`. */
  readonly messageStructure?: string;
  readonly attributes: MessageAttributes;
}

/** Reads a message from the form fields below `prefix`: `Message`, `MessageAttributes.entry.1.Name`, … */
export function readPublishInput(form: URLSearchParams, prefix = ''): PublishInput {
  const field = (name: string) => form.get(prefix + name) ?? undefined;
  const message = field('Message');
  if (!message) throw invalidParameter('Empty message');
  return {
    message,
    subject: field('Subject'),
    messageStructure: field('MessageStructure'),
    attributes: readAttributes(form, `${prefix}MessageAttributes.entry.`),
  };
}

function readAttributes(form: URLSearchParams, prefix: string): MessageAttributes {
  const attributes: Record<string, MessageAttribute> = {};
  for (let index = 1; form.has(`${prefix}${index}.Name`); index++) {
    const field = (name: string) => form.get(`${prefix}${index}.Value.${name}`) ?? undefined;
    const name = form.get(`${prefix}${index}.Name`)!;
    const DataType = field('DataType');
    if (!DataType) throw new AwsError('ParameterValueInvalid', `The message attribute '${name}' has no type`);
    attributes[name] = { DataType, StringValue: field('StringValue'), BinaryValue: field('BinaryValue') };
  }
  return attributes;
}

/** Wraps a result as `<PublishResponse><PublishResult>…`. */
export function queryResponse(action: string, result: XmlElements, requestId: string): string {
  const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return xmlDocument(`${action}Response`, content, NAMESPACE);
}

export function invalidParameter(reason: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);
}
