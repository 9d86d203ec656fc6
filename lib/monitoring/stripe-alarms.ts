import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { businessMetric } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';

/** What Stripe tells of payments, and whether it is heard. */
export class StripeAlarms extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new RunbookAlarm(this, 'DisputeOpened', {
      impact:
        'A buyer disputes a payment at the bank: without evidence in time the money is lost. The notice beside this alarm has the deadline.',
      runbook: 'A payment is disputed',
      metric: businessMetric(this, 'Disputes', { dispute: 'opened' }),
    });
    new RunbookAlarm(this, 'StripeEventsFail', {
      impact:
        "Stripe's events fail by our fault: refunds by hand and disputes are followed late, by Stripe's next attempt.",
      runbook: "Stripe's events are not taken",
      metric: businessMetric(this, 'StripeEvents', { stripeEvent: 'failed' }),
      threshold: 5,
    });
    new RunbookAlarm(this, 'StripeEventsRefused', {
      impact:
        'Nobody hears what Stripe tells: tickets stay valid after a refund by hand, and disputes pass unseen.',
      runbook: "Stripe's events are not taken",
      metric: businessMetric(this, 'StripeEvents', { stripeEvent: 'refused' }, { period: Duration.hours(1) }),
      // With the wrong secret each event comes again and again, for days; somebody who tries the address does not.
      evaluationPeriods: 6,
      datapointsToAlarm: 3,
    });
  }
}
