import { expressGbSeconds, lambdaGbSeconds, totalOf } from '../../../bench/cost/bill';
import { type Consumption, type FunctionUse } from '../../../bench/cost/consumption';
import { billedMs, embeddedDesign, expressDesign, standardDesign } from '../../../bench/cost/designs';
import { stageSettings } from '../../../bench/cost/stage-templates';
import { fixedCosts, timesAMonth } from '../../../bench/cost/fixed-costs';
import { PRICES } from '../../../bench/prices';
import { ROLE_TAG } from '../../../lib/workflow/role';

function step(name: FunctionUse['name'], use: Partial<FunctionUse> = {}): FunctionUse {
  return {
    ...{ name, memoryMb: 1769, busyMs: 10, calls: [], logBytes: 0, logsEveryRun: true },
    ...{ readUnits: 0, writeUnits: 0, writeUnitsByTable: {}, ...use },
  };
}

const CHECKOUT: Consumption = {
  steps: [
    step('ReserveSeat', { writeUnits: 7, readUnits: 1 }),
    step('GenerateTicket', { writeUnits: 6, calls: [['s3 PUT']] }),
  ],
  deliveries: [],
  logsEveryState: true,
  states: ['ReserveSeat', 'GenerateTicket', 'PurchaseConfirmed'],
};

const dollarsOf = (items: ReturnType<typeof expressDesign>, name: RegExp) =>
  totalOf(items.filter((item) => name.test(item.name)));

test('Express bills every begun 100 ms of every execution, Lambda every begun millisecond', () => {
  const durations = Array.from({ length: 1_000 }, (_, index) => 1_000 + index);
  const mean = durations.reduce((sum, each) => sum + each, 0) / durations.length;
  const billed = durations.reduce((sum, each) => sum + Math.ceil(each / 100) / 10, 0) / durations.length;

  expect(expressGbSeconds(mean, 0.0625)).toBeCloseTo(billed * 0.0625, 4);
  expect(lambdaGbSeconds(99.2, 512)).toBeCloseTo(0.1 * 0.5);
});

test('a smaller memory makes the computing longer and leaves the waiting as it is', () => {
  const waiting = billedMs(step('GenerateTicket', { busyMs: 0, calls: [['s3 PUT']] }));

  expect(billedMs(step('GenerateTicket', { busyMs: 10, memoryMb: 1769 }))).toBe(10);
  expect(billedMs(step('GenerateTicket', { busyMs: 10, memoryMb: 1769 / 4 }))).toBe(40);
  expect(billedMs(step('GenerateTicket', { busyMs: 10, memoryMb: 4_000 }))).toBe(10);
  expect(billedMs(step('GenerateTicket', { busyMs: 10, memoryMb: 1769 / 4, calls: [['s3 PUT']] }))).toBe(
    40 + waiting,
  );
});

test('a function that calls two services at once waits for the slower', () => {
  const put = billedMs(step('GenerateTicket', { busyMs: 0, calls: [['s3 PUT']] }));
  const both = billedMs(step('GenerateTicket', { busyMs: 0, calls: [['s3 PUT', 'dynamodb UpdateItem']] }));
  const oneByOne = billedMs(
    step('GenerateTicket', { busyMs: 0, calls: [['s3 PUT'], ['dynamodb UpdateItem']] }),
  );

  expect(both).toBe(put);
  expect(oneByOne).toBeGreaterThan(put);
});

test('request units, puts and requests are billed at their prices', () => {
  const bill = expressDesign(CHECKOUT);

  expect(dollarsOf(bill, /DynamoDB writes/) * 1e6).toBeCloseTo(13 * 0.625);
  expect(dollarsOf(bill, /DynamoDB reads/) * 1e6).toBeCloseTo(0.125);
  expect(dollarsOf(bill, /^S3$/) * 1e6).toBeCloseTo(5);
  expect(dollarsOf(bill, /Lambda requests/) * 1e6).toBeCloseTo(0.4);
  expect(dollarsOf(bill, /API Gateway/) * 1e6).toBeCloseTo(3.5);
});

test('what the stage does not log is not billed', () => {
  const steps = CHECKOUT.steps.map((each) => ({ ...each, logsEveryRun: false }));
  const silent = expressDesign({ ...CHECKOUT, steps, logsEveryState: false });

  expect(dollarsOf(expressDesign(CHECKOUT), /Logs of the (workflow|functions)/)).toBeGreaterThan(0);
  expect(dollarsOf(silent, /Logs of the (workflow|functions)/)).toBe(0);
});

test('the stage says in its templates how much memory a function has, and what is logged', () => {
  const settings = stageSettings([
    {
      Resources: {
        ReserveSeat5BC9DC74: {
          Type: 'AWS::Lambda::Function',
          Properties: { MemorySize: 256, LoggingConfig: { SystemLogLevel: 'WARN' } },
        },
        GenerateTicketA54612CC: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024 } },
        Saga: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: {
            Tags: [{ Key: ROLE_TAG, Value: 'checkout' }],
            LoggingConfiguration: { Level: 'ERROR' },
          },
        },
      },
    },
  ]);

  expect(settings.memoryOf('ReserveSeat')).toBe(256);
  expect(settings.logsEveryRun('ReserveSeat')).toBe(false);
  expect(settings.logsEveryRun('GenerateTicket')).toBe(true);
  expect(settings.logsEveryState).toBe(false);
  expect(() => settings.memoryOf('ReleaseSeat')).toThrow('ReleaseSeat');
});

test('a Standard workflow pays for transitions, one more than it has states, and for no duration', () => {
  const standard = standardDesign(CHECKOUT);

  expect(dollarsOf(standard, /transitions/) * 1e6).toBeCloseTo(4 * 25);
  expect(dollarsOf(standard, /Express/)).toBe(0);
});

test('one function that does it all pays for one request, and for all the time at the memory that is cheapest', () => {
  const calls = [['s3 PUT']];
  const steps = [
    step('ReserveSeat', { memoryMb: 512, busyMs: 1 }),
    step('GenerateTicket', { memoryMb: 1769, busyMs: 1, calls }),
  ];
  const embedded = embeddedDesign({ ...CHECKOUT, steps });

  expect(dollarsOf(embedded, /Lambda requests/) * 1e6).toBeCloseTo(0.2);
  const milliseconds = Math.ceil(2 * (1769 / 512) + billedMs(step('GenerateTicket', { busyMs: 0, calls })));
  const gbSeconds = (milliseconds / 1000) * 0.5;
  expect(dollarsOf(embedded, /Lambda duration/)).toBeCloseTo(gbSeconds * PRICES.lambdaGbSecond);
});

test('a task without a function saves the function, and is logged as it was', () => {
  const before = expressDesign(CHECKOUT);
  const direct = expressDesign({ ...CHECKOUT, steps: CHECKOUT.steps.slice(1), directTasks: 1 });

  expect(dollarsOf(direct, /Lambda requests/) * 1e6).toBeCloseTo(0.2);
  expect(dollarsOf(direct, /Logs of the workflow/)).toBe(dollarsOf(before, /Logs of the workflow/));
});

test('what a stage costs a month is counted in its templates', () => {
  const resource = (Type: string, Properties: Record<string, unknown> = {}) => ({ Type, Properties });
  const items = fixedCosts([
    {
      Resources: {
        secret: resource('AWS::SecretsManager::Secret'),
        alarm: resource('AWS::CloudWatch::Alarm', { MetricName: 'Errors' }),
        acl: resource('AWS::WAFv2::WebACL', { Rules: [{}, {}, {}] }),
        dashboard: resource('AWS::CloudWatch::Dashboard'),
        canary: resource('AWS::Synthetics::Canary', { Schedule: { Expression: 'rate(1 hour)' } }),
      },
    },
  ]);

  expect(totalOf(items)).toBeCloseTo(0.4 + 0.1 + 5 + 3 + 3 + 720 * 0.0012);
});

test('an alarm is billed for each metric it watches, and not for the formula', () => {
  const metric = (Id: string) => ({ Id, MetricStat: { Metric: { MetricName: 'Throttles' } } });
  const Metrics = [{ Id: 'sum', Expression: 'a + b + c' }, metric('a'), metric('b'), metric('c')];
  const items = fixedCosts([
    {
      Resources: {
        formula: { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics } },
        plain: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors' } },
      },
    },
  ]);

  expect(items).toContainEqual(expect.objectContaining({ name: 'Alarms', quantity: 4, unit: 'metric' }));
});

test.each([
  ['rate(1 minute)', 43_200],
  ['rate(5 minutes)', 8_640],
  ['rate(1 day)', 30],
  ['cron(0 3 * * ? *)', 30],
  ['', 0],
])('%s runs %d times a month', (expression, times) => {
  expect(timesAMonth(expression)).toBe(times);
});
