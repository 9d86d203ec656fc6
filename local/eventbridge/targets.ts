import { AwsError } from '../aws/aws-error';
import { UnsupportedLocally } from '../aws/aws-service';
import { type DeliveryStreams } from '../firehose/delivery-streams';
import { type FunctionPool } from '../lambda/function-pool';
import { LambdaServiceError } from '../lambda/invocation-answer';
import { type SnsService } from '../sns/sns-service';
import { type SqsService } from '../sqs/sqs-service';
import { type ApiDestination } from './api-destination';
import { DeliveryFailure, type RuleTarget } from './rule';

export interface TargetServices {
  /** By ARN. */
  readonly destinations: ReadonlyMap<string, ApiDestination>;
  readonly firehose: DeliveryStreams;
  readonly functions: FunctionPool;
  readonly sns: SnsService;
  readonly sqs: SqsService;
}

/**
 * How events get to a target of this ARN.
 *
 * @throws UnsupportedLocally for a service that is no target here
 */
export function sender(
  arn: string,
  { destinations, firehose, functions, sns, sqs }: TargetServices,
): RuleTarget['send'] {
  const service = arn.split(':')[2];
  switch (service) {
    case 'lambda':
      return async (input, _, signal) => {
        const answer = await refusing(() => functions.invokeAsync(arn, JSON.parse(input)));
        // Lambda has the event then, whether or not the function failed; unless it was killed on the way.
        if (answer.functionError && signal.aborted) throw new DeliveryFailure('CUT_OFF', answer.payload);
      };
    case 'sqs':
      sqs.queue(arn);
      return async (input) => void (await refusing(async () => sqs.queue(arn).send(input)));
    case 'sns':
      return (input) => refusing(() => sns.publishMessage(arn, input));
    case 'firehose':
      return async (input) => {
        await refusing(async () => firehose.put(arn, [{ Data: Buffer.from(input).toString('base64') }]));
      };
    case 'events': {
      const destination = destinations.get(arn);
      if (!destination) throw new UnsupportedLocally(`The target ${arn} of a rule`);
      return (input, _, signal) => destination.send(input, signal);
    }
    default:
      throw new UnsupportedLocally(`The target ${arn} of a rule`);
  }
}

/** What a service refuses, it refuses always: EventBridge does not try again what is not there. */
async function refusing<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof LambdaServiceError) {
      throw new DeliveryFailure('NO_RESOURCE', error.message, error.statusCode >= 500);
    }
    if (error instanceof AwsError) {
      throw new DeliveryFailure(error.code, error.message, error.statusCode >= 500);
    }
    throw error;
  }
}
