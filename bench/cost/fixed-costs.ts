import { PRICES } from '../prices';
import { type Item } from './bill';
import { type Template } from './stage-templates';

const MINUTES_A_MONTH = 30 * 24 * 60;

/**
 * What a stage costs a month though nobody buys: counted in its synthesised templates, without free tiers. (CloudWatch's
 * three free dashboards would not help: each of them may show 50 metrics, and ours shows about a hundred.)
 */
export function fixedCosts(templates: readonly Template[]): Item[] {
  const resources = templates.flatMap(({ Resources }) => Object.values(Resources));
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type);
  const rules = ofType('AWS::WAFv2::WebACL').flatMap(
    ({ Properties }) => (Properties?.['Rules'] ?? []) as unknown[],
  );
  const alarmMetrics = ofType('AWS::CloudWatch::Alarm').reduce(
    (sum, each) => sum + metricsOf(each.Properties),
    0,
  );
  const canaryRuns = ofType('AWS::Synthetics::Canary').reduce(
    (sum, each) => sum + runsOf(each.Properties),
    0,
  );
  const items: Item[] = [
    {
      name: 'Secrets',
      quantity: ofType('AWS::SecretsManager::Secret').length,
      unit: 'secret',
      price: PRICES.secretMonth,
    },
    { name: 'Alarms', quantity: alarmMetrics, unit: 'metric', price: PRICES.alarmMonth },
    {
      name: 'Composite alarms',
      quantity: ofType('AWS::CloudWatch::CompositeAlarm').length,
      unit: 'alarm',
      price: PRICES.compositeAlarmMonth,
    },
    {
      name: 'Dashboards',
      quantity: ofType('AWS::CloudWatch::Dashboard').length,
      unit: 'dashboard',
      price: PRICES.dashboardMonth,
    },
    {
      name: 'Firewall',
      quantity: ofType('AWS::WAFv2::WebACL').length,
      unit: 'web ACL',
      price: PRICES.wafAclMonth,
    },
    { name: 'Firewall rules', quantity: rules.length, unit: 'rule', price: PRICES.wafRuleMonth },
    { name: 'Keys', quantity: ofType('AWS::KMS::Key').length, unit: 'key', price: PRICES.kmsKeyMonth },
    { name: 'Canary runs', quantity: canaryRuns, unit: 'run', price: PRICES.canaryRun },
    ...schedules(ofType('AWS::Scheduler::Schedule').map(({ Properties }) => Properties)),
  ];
  return items.filter(({ quantity }) => quantity > 0);
}

/**
 * How many metrics an alarm watches: it is billed for each of them, and one on a formula watches several.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_billing.html
 */
function metricsOf(properties: Readonly<Record<string, unknown>> | undefined): number {
  const queries = (properties?.['Metrics'] ?? []) as readonly { readonly MetricStat?: unknown }[];
  return Math.max(1, queries.filter(({ MetricStat }) => MetricStat !== undefined).length);
}

/** A scheduled function is a request a run; what it computes in a fraction of a second does not show. */
function schedules(properties: readonly (Readonly<Record<string, unknown>> | undefined)[]): Item[] {
  const quantity = properties.reduce(
    (sum, each) => sum + timesAMonth(String(each?.['ScheduleExpression'])),
    0,
  );
  return [{ name: 'Scheduled functions', quantity, unit: 'request', price: PRICES.lambdaRequest }];
}

function runsOf(properties: Readonly<Record<string, unknown>> | undefined): number {
  const { Expression } = (properties?.['Schedule'] ?? {}) as { Expression?: string };
  return timesAMonth(Expression ?? '');
}

/** `rate(5 minutes)` → 8,640; a cron expression counts once a day. */
export function timesAMonth(expression: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (!unit) return expression.startsWith('cron(') ? MINUTES_A_MONTH / (24 * 60) : 0;
  const minutes = { minute: 1, hour: 60, day: 24 * 60 }[unit as 'minute' | 'hour' | 'day'];
  return MINUTES_A_MONTH / (Number(count) * minutes);
}
