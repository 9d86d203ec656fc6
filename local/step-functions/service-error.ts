import { randomUUID } from 'node:crypto';
import { StateError } from './asl/state-error';

/** Whether a resource is a function, called by its ARN or by `lambda:invoke`. */
export function callsFunction(kind: string): boolean {
  return kind === 'function' || kind === 'lambda:invoke';
}

/** The names that services have in causes, and before the names of their errors. */
const SERVICES: Readonly<Record<string, { readonly prefix: string; readonly service: string }>> = {
  lambda: { prefix: 'Lambda', service: 'AWSLambda' },
  sqs: { prefix: 'SQS', service: 'AmazonSQS' },
  sns: { prefix: 'SNS', service: 'AmazonSNS' },
  dynamodb: { prefix: 'DynamoDB', service: 'AmazonDynamoDBv2' },
  events: { prefix: 'EventBridge', service: 'AmazonEventBridge' },
};

/** Integrations by way of the SDK name their service otherwise than the optimised ones: `DynamoDb`, not `DynamoDB`. */
const SDK_SERVICES: Readonly<Record<string, string>> = { dynamodb: 'DynamoDb', sfn: 'Sfn' };

export function errorPrefixOf(kind: string): string {
  const [first = '', second = ''] = kind.split(':');
  if (first !== 'aws-sdk') return SERVICES[first]?.prefix ?? capitalised(first);
  return SDK_SERVICES[second] ?? capitalised(second);
}

/** `Lambda.TooManyRequestsException` and its kin; an error without a service's name is one of the SDK. */
export function serviceError(kind: string, error: unknown): StateError {
  const { code, name, message, statusCode } = (
    error instanceof Error ? error : new Error(String(error))
  ) as Error & {
    code?: string;
    statusCode?: number;
  };
  const prefix = errorPrefixOf(kind);
  if (statusCode === undefined && !name.endsWith('Exception')) {
    return new StateError(`${prefix}.SdkClientException`, message);
  }
  const errorCode = code ?? name;
  const named = errorCode.endsWith('Exception') ? errorCode : `${errorCode}Exception`;
  return new StateError(
    `${prefix}.${named}`,
    `${message} (${details(kind, prefix, errorCode, statusCode ?? 400)})`,
  );
}

function details(kind: string, prefix: string, errorCode: string, statusCode: number): string {
  const requestId = `Request ID: ${randomUUID()}`;
  if (kind.startsWith('aws-sdk:')) return `Service: ${prefix}, Status Code: ${statusCode}, ${requestId}`;
  const service = SERVICES[kind.split(':')[0]!]?.service ?? prefix;
  return `Service: ${service}; Status Code: ${statusCode}; Error Code: ${errorCode}; ${requestId}; Proxy: null`;
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
