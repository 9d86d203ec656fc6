import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import { SAGA_ERRORS } from '../../lambda/shared/saga-errors';

/**
 * The retry of whatever calls the payment gateway. `maxAttempts` counts retries: four calls in all, with waits of up to 2, 4
 * and 8 seconds.
 */
export const GATEWAY_TIMEOUT: RetryProps = {
  errors: [SAGA_ERRORS.paymentGatewayTimeout],
  interval: Duration.seconds(2),
  maxAttempts: 3,
  backoffRate: 2,
  maxDelay: Duration.seconds(8),
  jitterStrategy: JitterType.FULL,
};
