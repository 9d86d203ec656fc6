import { type Template } from 'aws-cdk-lib/assertions';
import { functionOf, synthesizedStage } from '../support/synthesized-stage';

const { checkout, notification } = synthesizedStage('prod');

/** Tracing has no narrower resource; it is on every function. */
const TRACING = ['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'];

/** Every action of every role, on what. Whoever gives a function more must say so here. */
test.each([
  [
    'ReserveSeat',
    checkout,
    ['dynamodb:GetItem SeatTable', 'dynamodb:PutItem SeatTable', 'dynamodb:PutItem PurchaseTable'],
  ],
  [
    'ProcessPayment',
    checkout,
    [
      'dynamodb:UpdateItem PurchaseTable',
      'secretsmanager:DescribeSecret StripeKey',
      'secretsmanager:GetSecretValue StripeKey',
    ],
  ],
  [
    'GenerateTicket',
    checkout,
    [
      'dynamodb:UpdateItem PurchaseTable',
      'dynamodb:UpdateItem SeatTable',
      's3:PutObject TicketBucket/tickets/*',
      'secretsmanager:GetSecretValue TicketSecret',
    ],
  ],
  ['SendConfirmation', checkout, ['sns:Publish TicketConfirmations']],
  [
    'RefundPayment',
    checkout,
    [
      'dynamodb:UpdateItem PurchaseTable',
      'secretsmanager:DescribeSecret StripeKey',
      'secretsmanager:GetSecretValue StripeKey',
    ],
  ],
  [
    'ReleaseSeat',
    checkout,
    ['dynamodb:DeleteItem SeatTable', 'dynamodb:PutItem PurchaseTable', 'dynamodb:UpdateItem PurchaseTable'],
  ],
  [
    'Reconcile',
    checkout,
    ['dynamodb:Query PurchaseTable/index/unsettled', 'states:StartExecution RecoveryWorkflow'],
  ],
  [
    'Audit',
    checkout,
    [
      'dynamodb:DeleteItem SeatTable',
      'dynamodb:GetItem PurchaseTable',
      'dynamodb:GetItem SeatTable',
      'dynamodb:Query SeatTable',
      's3:DeleteObject TicketBucket/tickets/*',
      's3:ListBucket TicketBucket',
      'secretsmanager:DescribeSecret StripeKey',
      'secretsmanager:GetSecretValue StripeKey',
      'sqs:SendMessage EscalationsQueue',
    ],
  ],
  ['ListEvents', checkout, ['dynamodb:Query SeatTable']],
  ['GetSeatMap', checkout, ['dynamodb:GetItem SeatTable', 'dynamodb:Query SeatTable']],
  [
    'PutEvent',
    checkout,
    ['dynamodb:GetItem SeatTable', 'dynamodb:PutItem SeatTable', 'dynamodb:Query SeatTable'],
  ],
  ['GetPurchase', checkout, ['dynamodb:GetItem PurchaseTable']],
  ['GetTicket', checkout, ['dynamodb:GetItem PurchaseTable', 's3:GetObject TicketBucket/tickets/*']],
  ['GetTicketKeys', checkout, ['secretsmanager:GetSecretValue TicketSecret']],
  ['CheckTicket', checkout, ['dynamodb:GetItem PurchaseTable', 'secretsmanager:GetSecretValue TicketSecret']],
  [
    'DeliverEmail',
    notification,
    [
      'dynamodb:GetItem SeatTable',
      'dynamodb:UpdateItem PurchaseTable',
      'ses:SendEmail identity/example.com',
      'ses:SendEmail identity/tickets@example.com',
      ...queueActions('EmailChannelQueue'),
    ],
  ],
  [
    'DeliverSms',
    notification,
    [
      'Deny sns:Publish arn:*:sns:*:*:*',
      'dynamodb:UpdateItem PurchaseTable',
      'sns:Publish *',
      ...queueActions('SmsChannelQueue'),
    ],
  ],
  [
    'DeliverPush',
    notification,
    ['dynamodb:UpdateItem PurchaseTable', 'sns:Publish endpoint/*', ...queueActions('PushChannelQueue')],
  ],
  [
    'RecordSale',
    notification,
    [
      'dynamodb:UpdateItem PurchaseTable',
      's3:PutObject SalesBucket/sales/*',
      ...queueActions('AnalyticsChannelQueue'),
    ],
  ],
])('the role of %s may do exactly this', (name, template, expected) => {
  const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => `${action} ${name}Log`);

  expect(actionsOf(template, name)).toEqual([...expected, ...logging, ...TRACING].sort());
});

test('no role may do everything with a service', () => {
  for (const template of [checkout, notification]) {
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
      for (const { Action } of Properties.PolicyDocument.Statement) {
        expect([Action].flat().some((action: string) => action.endsWith('*'))).toBe(false);
      }
    }
  }
});

test('API Gateway may start the saga, and nothing else', () => {
  const [role] = Object.keys(checkout.findResources('AWS::IAM::Role')).filter((id) =>
    id.startsWith('ApiStartRole'),
  );

  expect(statementsOf(checkout, role!)).toEqual(['states:StartSyncExecution CheckoutSaga']);
});

function queueActions(queue: string): string[] {
  return [
    'ChangeMessageVisibility',
    'DeleteMessage',
    'GetQueueAttributes',
    'GetQueueUrl',
    'ReceiveMessage',
  ].map((action) => `sqs:${action} ${queue}`);
}

function actionsOf(template: Template, functionName: string): string[] {
  return statementsOf(template, functionOf(template, functionName).Properties.Role['Fn::GetAtt'][0]);
}

function statementsOf(template: Template, roleId: string): string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    Properties.Roles.some((role: { Ref: string }) => role.Ref === roleId),
  );
  return policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Effect, Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .map((resource) => `${Effect === 'Deny' ? 'Deny ' : ''}${action} ${shortName(resource)}`),
        ),
    )
    .sort();
}

/** `SeatTable` for whatever way the template refers to it; the end of an ARN that it spells out. */
function shortName(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const text = JSON.stringify(resource);
  const known =
    /(SeatTable|PurchaseTable|TicketBucket|SalesBucket|StripeKey|TicketSecret|TicketConfirmations|CheckoutSaga|RecoveryWorkflow|\w+Log|\w+ChannelQueue|EscalationsQueue)(?=[0-9A-F]{8})/.exec(
      text,
    )?.[1];
  const tail = /"[^"]*?((?:identity|endpoint|\/index)?\/[^"/]+(?:\/\*)?)"\]\]\}$/.exec(text)?.[1] ?? '';
  return `${known ?? ''}${tail}`;
}
