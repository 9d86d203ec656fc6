import { UnsupportedLocally } from '../aws/aws-service';
import { invalidParameter } from './message';

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** Times in seconds, sizes in bytes, as in SQS. */
export interface QueueAttributes {
  readonly visibilityTimeout: number;
  readonly delaySeconds: number;
  readonly receiveMessageWaitTimeSeconds: number;
  readonly messageRetentionPeriod: number;
  readonly maximumMessageSize: number;
  readonly redrivePolicy?: RedrivePolicy;
}

/** Encryption and access do not matter on a laptop: one account, one set of public keys. */
const WITHOUT_EFFECT = [
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
  'Policy',
  'RedriveAllowPolicy',
];

const INTEGERS = {
  VisibilityTimeout: [0, 43_200],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  MessageRetentionPeriod: [60, 1_209_600],
  MaximumMessageSize: [1024, 1_048_576],
} as const;

/**
 * Reads attributes named as in the API and in CloudFormation (they are the same), with numbers and policies as
 * values or as strings. Unknown ones are refused, and so is FIFO.
 */
export function parseQueueAttributes(given: Readonly<Record<string, unknown>>): QueueAttributes {
  const known = [...Object.keys(INTEGERS), 'RedrivePolicy', ...WITHOUT_EFFECT];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown) throw new UnsupportedLocally(`The SQS queue attribute ${unknown}`);
  const integer = (name: keyof typeof INTEGERS, byDefault: number) => {
    const value = Number(given[name] ?? byDefault);
    const [least, most] = INTEGERS[name];
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw invalidParameter(`Invalid value for the parameter ${name}: must be from ${least} to ${most}.`);
  };
  return {
    visibilityTimeout: integer('VisibilityTimeout', 30),
    delaySeconds: integer('DelaySeconds', 0),
    receiveMessageWaitTimeSeconds: integer('ReceiveMessageWaitTimeSeconds', 0),
    messageRetentionPeriod: integer('MessageRetentionPeriod', 345_600),
    maximumMessageSize: integer('MaximumMessageSize', 1_048_576),
    redrivePolicy: parseRedrivePolicy(given.RedrivePolicy),
  };
}

function parseRedrivePolicy(given: unknown): RedrivePolicy | undefined {
  if (given == null) return undefined;
  const policy = (typeof given === 'string' ? JSON.parse(given) : given) as Record<string, unknown>;
  const { deadLetterTargetArn } = policy;
  const maxReceiveCount = Number(policy.maxReceiveCount);
  const valid = Number.isInteger(maxReceiveCount) && maxReceiveCount >= 1 && maxReceiveCount <= 1000;
  if (typeof deadLetterTargetArn !== 'string' || !valid) {
    throw invalidParameter(`Value ${JSON.stringify(given)} for parameter RedrivePolicy is invalid.`);
  }
  return { deadLetterTargetArn, maxReceiveCount };
}
