import { type AwsRequest, type AwsResponse, type AwsService, UnsupportedLocally } from '../aws/aws-service';
import { Queues, type QueuesOptions } from './queues';
import { type SqsInput, sqsOperations } from './sqs-operations';

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

  async handle(request: AwsRequest): Promise<AwsResponse> {
    const operation = request.headers['x-amz-target']?.replace(/^AmazonSQS\./, '') ?? '';
    const handler = sqsOperations.get(operation);
    if (!handler) throw new UnsupportedLocally(`sqs:${operation}`);
    const output = await handler(this, JSON.parse(request.body.toString()) as SqsInput);
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(output),
    };
  }
}
