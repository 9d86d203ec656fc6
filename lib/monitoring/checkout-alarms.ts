import { Duration } from 'aws-cdk-lib';
import { type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { CANCELLATION } from '../../lambda/cancellation/outcomes';
import { CHECKOUT } from '../../lambda/checkout/outcomes';
import { faultsOf } from '../../lambda/shared/outcomes';
import { PROBLEMS } from '../../lambda/shared/problem';
import { answersLogged } from '../api/access-log';
import { routeLatency } from './api-metrics';
import { businessMetric, declinedShare, unauthenticatedShare } from '../alarm/business-metric';
import { RunbookAlarm } from '../alarm/runbook-alarm';

export interface CheckoutAlarmsProps {
  readonly restApi: RestApi;
}

/** What a buyer feels: the API, and what becomes of purchases. */
export class CheckoutAlarms extends Construct {
  constructor(scope: Construct, id: string, { restApi }: CheckoutAlarmsProps) {
    super(scope, id);
    const fiveMinutes = { period: Duration.minutes(5) };

    new RunbookAlarm(this, 'ApiServerErrors', {
      impact:
        'More than 1 in 100 requests gets an error that is ours: buyers cannot see seats, buy or get tickets.',
      runbook: 'The API answers 5xx',
      metric: new MathExpression({
        // A single failure at night is no outage: it takes five.
        expression: 'IF(errors >= 5, 100 * errors / requests, 0)',
        usingMetrics: {
          errors: answersLogged(this, 'ServerErrors'),
          requests: restApi.metricCount(),
        },
        label: '5xx, % of requests',
        ...fiveMinutes,
      }),
      threshold: 1,
    });
    new RunbookAlarm(this, 'PurchaseLatency', {
      impact: 'Of 100 buyers one waits 5 seconds or more for an answer; at 29 the API hangs up.',
      runbook: 'The API is slow',
      metric: routeLatency(restApi, 'POST', '/purchases', 'p99'),
      threshold: 5_000,
      evaluationPeriods: 3,
    });
    new RunbookAlarm(this, 'SeatMapLatency', {
      impact: 'Of 100 buyers one waits 2 seconds or more to see which seats are free.',
      runbook: 'The API is slow',
      metric: routeLatency(restApi, 'GET', '/events/{eventId}/seats', 'p99'),
      threshold: 2_000,
      evaluationPeriods: 3,
    });

    for (const { problem, impact, runbook, threshold = 5 } of faultsOf(CHECKOUT)) {
      const outcome = PROBLEMS[problem].code;
      const metric = businessMetric(this, 'Purchases', { outcome });
      new RunbookAlarm(this, outcome, { metric, impact, runbook, threshold });
    }
    const { impact, runbook } = CANCELLATION.steps.ClaimCancellation.fails;
    new RunbookAlarm(this, 'CancellationsFail', {
      ...{ impact, runbook },
      metric: businessMetric(this, 'StepFaults', { step: 'ClaimCancellation' }),
      // Each is tried three times.
      threshold: 3,
    });
    new RunbookAlarm(this, 'DeclinedPayments', {
      impact:
        'Far more cards are declined than usual: a fault of the payment account, or somebody is testing cards.',
      runbook: 'Too many payments are declined',
      metric: declinedShare(this),
      threshold: 40,
    });
    new RunbookAlarm(this, 'Unauthenticated', {
      impact:
        'More than half of the buyers whom their bank wants do not get past it: nothing is charged, and nothing is sold to them.',
      runbook: 'Buyers do not get past their bank',
      metric: unauthenticatedShare(this),
      threshold: 50,
    });
  }
}
