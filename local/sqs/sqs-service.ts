import { type AwsService } from '../aws/aws-service';
import { jsonProtocol } from '../aws/json-protocol';
import { Queues, type QueuesOptions } from './queues';
import { sqsOperations } from './sqs-operations';

export function createSqsService(options: QueuesOptions): SqsService {
  return new SqsService(options);
}

/**
 * Standard SQS queues, by AWS JSON 1.0 for SDK clients and in process for event sources and SNS.
 *
 * Queues come from the template: CreateQueue and the like are refused over the wire, FIFO everywhere.
 */
export class SqsService extends Queues implements AwsService {
  readonly signingName = 'sqs';
  readonly targetPrefix = 'AmazonSQS';
  readonly handle = jsonProtocol(this, '1.0', sqsOperations(this));
}
