import { createHash } from 'node:crypto';
import { type ResourceRequest } from './resource-type';

/**
 * The name CloudFormation would make up for a resource: stack, logical id and a suffix that keeps it unique when it
 * has to be cut. It is the same at every start, so that `--data` finds its tables and buckets again.
 */
export function physicalName({ stackName, logicalId }: ResourceRequest, maxLength: number): string {
  const suffix = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 8);
  return `${`${stackName}-${logicalId}`.slice(0, maxLength - suffix.length - 1)}-${suffix}`;
}
