import { Duration } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { TWO_MINUTES_OF_THREE } from './route-alarm';
import { failedShare } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';

/**
 * Sounds while a new version takes over and more than one purchase in fifty fails by our fault. It sees what no route
 * answers with a 5xx: a purchase that recovery had to settle, and a client that was gone before its answer.
 */
export class FailedPurchasesAlarm extends RunbookAlarm {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      impact: 'One in fifty purchases fails by our fault; a deployment under way is taken back.',
      runbook: 'A deployment is taken back',
      metric: failedShare(scope, Duration.minutes(1)),
      threshold: 2,
      ...TWO_MINUTES_OF_THREE,
    });
  }
}
