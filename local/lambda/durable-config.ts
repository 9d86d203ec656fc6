import { UnsupportedLocally } from '../aws/aws-service';
import { type DurableConfiguration } from './function-configuration';

/** The property of `AWS::Lambda::Function`, as templates have it. */
export interface DurableConfig {
  /** Seconds. */
  readonly ExecutionTimeout?: number;
  readonly RetentionPeriodInDays?: number;
}

/** "DurableConfig" (Lambda API Reference, read November 2026): least, greatest, and what CloudFormation takes for nothing. */
const RANGES = { ExecutionTimeout: [1, 31_622_400], RetentionPeriodInDays: [1, 90] } as const;
const DEFAULT_RETENTION_DAYS = 14;

/** @throws Error for what CloudFormation refuses; UnsupportedLocally for a key of its own, `KMSKeyArn` */
export function durableConfiguration(config: DurableConfig): DurableConfiguration {
  const unknown = Object.keys(config).find((name) => !Object.hasOwn(RANGES, name));
  if (unknown) throw new UnsupportedLocally(`The property DurableConfig.${unknown} of AWS::Lambda::Function`);
  const { ExecutionTimeout, RetentionPeriodInDays = DEFAULT_RETENTION_DAYS } = config;
  return {
    executionTimeoutSeconds: inRange('ExecutionTimeout', ExecutionTimeout),
    retentionDays: inRange('RetentionPeriodInDays', RetentionPeriodInDays),
  };
}

function inRange(name: keyof typeof RANGES, value: number | undefined): number {
  const [least, greatest] = RANGES[name];
  if (value !== undefined && Number.isInteger(value) && value >= least && value <= greatest) return value;
  throw new Error(`DurableConfig.${name} must be a whole number from ${least} to ${greatest}, not ${value}`);
}
