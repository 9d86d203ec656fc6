import { type Template } from 'aws-cdk-lib/assertions';
import { FUNCTIONS } from '../../lib/functions';
import { type RouteName, routeOf, ROUTES } from '../../lib/api/routes';
import { functionOf } from '../../harness/synthesized-stage';
import { synthesizedStage } from '../support/synthesized-stage';

const prod = synthesizedStage('prod');
const { checkout, event, notification, order } = prod;
const web = prod.web!;

/** Tracing has no narrower resource; it is on every function. */
const TRACING = ['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'];

/** Log delivery, and X-Ray with its sampling, have no narrower resource; they are on every state machine. */
const EXECUTION_LOGS = [
  ...['CreateLogDelivery', 'DeleteLogDelivery', 'DescribeLogGroups', 'DescribeResourcePolicies'],
  ...['GetLogDelivery', 'ListLogDeliveries', 'PutResourcePolicy', 'UpdateLogDelivery'],
].map((action) => `logs:${action} *`);
const SAMPLING = ['xray:GetSamplingRules *', 'xray:GetSamplingTargets *'];

/** What follows the payments of orders: on their items, on the stock of events, and on which table it is. */
const FOLLOW_ORDERS = [
  ...['dynamodb:GetItem OrderTable', 'dynamodb:GetItem OrderTable', 'dynamodb:UpdateItem OrderTable'],
  ...['dynamodb:DeleteItem OrderTable', 'dynamodb:UpdateItem OrderTable'],
];

/** Every action of every role, on what. Whoever gives a function more must say so here. */
const FUNCTION_ROLES: [string, Template, string[]][] = [
  [
    'ReserveSeat',
    checkout,
    [
      ...['dynamodb:GetItem SeatTable', 'dynamodb:PutItem SeatTable', 'dynamodb:PutItem PurchaseTable'],
      ...['dynamodb:UpdateItem PurchaseTable', 'secretsmanager:GetSecretValue AddressSecret'],
    ],
  ],
  [
    'ProcessPayment',
    checkout,
    [
      ...['dynamodb:GetItem SeatTable', 'dynamodb:UpdateItem PurchaseTable'],
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
  ['SendConfirmation', checkout, ['dynamodb:UpdateItem PurchaseTable', 'sns:Publish TicketConfirmations']],
  [
    'RefundPayment',
    checkout,
    ['dynamodb:UpdateItem PurchaseTable', 'secretsmanager:GetSecretValue StripeKey'],
  ],
  [
    'ReleaseSeat',
    checkout,
    [
      ...['dynamodb:DeleteItem SeatTable', 'dynamodb:PutItem PurchaseTable'],
      'dynamodb:UpdateItem PurchaseTable',
    ],
  ],
  [
    'Reconcile',
    checkout,
    [
      'dynamodb:Query OrderTable/index/due',
      'dynamodb:Query PurchaseTable/index/due',
      'dynamodb:Query PurchaseTable/index/unsettled',
      ...['dynamodb:Query SeatTable', 'dynamodb:UpdateItem SeatTable'],
      ...['lambda:InvokeFunction AnnounceChangeLive', 'lambda:InvokeFunction CancelEventLive'],
      'states:StartExecution EventPro-prod-OrderWorkflow',
      'states:StartExecution RecoveryWorkflow',
    ],
  ],
  [
    'Audit',
    checkout,
    [
      ...FOLLOW_ORDERS,
      'dynamodb:BatchGetItem OrderTable',
      'dynamodb:BatchGetItem PurchaseTable',
      'dynamodb:DeleteItem SeatTable',
      'dynamodb:GetItem PurchaseTable',
      'dynamodb:GetItem SeatTable',
      ...['dynamodb:PutItem PurchaseTable', 'dynamodb:PutItem SeatTable', 'dynamodb:Query OrderTable'],
      'dynamodb:Query PurchaseTable/index/references',
      'dynamodb:Query SeatTable',
      ...['dynamodb:Scan OrderTable', 'dynamodb:Scan PurchaseTable'],
      ...['dynamodb:UpdateItem PurchaseTable', 'dynamodb:UpdateItem SeatTable'],
      's3:DeleteObject TicketBucket/tickets/*',
      's3:DeleteObjectVersion TicketBucket/tickets/*',
      ...['s3:ListBucket TicketBucket', 's3:ListBucketVersions TicketBucket'],
      ...['secretsmanager:GetSecretValue AddressSecret', 'secretsmanager:GetSecretValue StripeKey'],
      'sns:Publish Disputes',
      'sqs:SendMessage EscalationsQueue',
      'states:StartExecution CancelPurchase',
    ],
  ],
  [
    'ClaimCancellation',
    checkout,
    [
      ...[
        'dynamodb:GetItem PurchaseTable',
        'dynamodb:PutItem SeatTable',
        'dynamodb:Query PurchaseTable/index/references',
        'dynamodb:UpdateItem PurchaseTable',
      ],
      'secretsmanager:GetSecretValue StripeKey',
    ],
  ],
  [
    'SendCancellation',
    checkout,
    [
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:GetItem SeatTable'],
      ...['dynamodb:UpdateItem PurchaseTable', 'sns:Publish TicketConfirmations'],
    ],
  ],
  [
    'CancelEvent',
    checkout,
    [
      ...['dynamodb:BatchGetItem OrderTable', 'dynamodb:BatchGetItem PurchaseTable'],
      ...['dynamodb:DeleteItem SeatTable', 'dynamodb:GetItem PurchaseTable', 'dynamodb:GetItem SeatTable'],
      ...['dynamodb:PutItem OrderTable', 'dynamodb:PutItem SeatTable', 'dynamodb:Query OrderTable'],
      ...['dynamodb:Query SeatTable', 'dynamodb:UpdateItem OrderTable', 'dynamodb:UpdateItem SeatTable'],
      ...['lambda:CheckpointDurableExecution CancelEvent:*', 'lambda:GetDurableExecutionState CancelEvent:*'],
      ...['sns:Publish Disputes', 'sqs:SendMessage EscalationsQueue', 'states:StartExecution CancelPurchase'],
      'states:StartExecution EventPro-prod-OrderWorkflow',
    ],
  ],
  [
    'AnnounceChange',
    checkout,
    [
      ...['dynamodb:BatchGetItem PurchaseTable', 'dynamodb:DeleteItem SeatTable'],
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:GetItem SeatTable', 'dynamodb:Query SeatTable'],
      ...['dynamodb:UpdateItem PurchaseTable', 'dynamodb:UpdateItem SeatTable'],
      'lambda:CheckpointDurableExecution AnnounceChange:*',
      'lambda:GetDurableExecutionState AnnounceChange:*',
      ...['s3:PutObject TicketBucket/tickets/*', 'secretsmanager:GetSecretValue TicketSecret'],
      'sns:Publish TicketConfirmations',
    ],
  ],
  [
    'SendEventMessages',
    event,
    [
      ...['dynamodb:BatchGetItem PurchaseTable', 'dynamodb:GetItem PurchaseTable'],
      ...[
        'dynamodb:GetItem SeatTable',
        'dynamodb:Query PurchaseTable/index/buyers',
        'dynamodb:Query SeatTable',
      ],
      'lambda:CheckpointDurableExecution SendEventMessages:*',
      'lambda:GetDurableExecutionState SendEventMessages:*',
      'sns:Publish TicketConfirmations',
    ],
  ],
  [
    'ScheduleEventMessages',
    event,
    [
      ...['dynamodb:GetItem SeatTable', 'dynamodb:Query SeatTable', 'iam:PassRole EventMessagesRole'],
      'scheduler:CreateSchedule EventMessagesSchedules/*',
      'scheduler:DeleteSchedule EventMessagesSchedules/*',
      'sqs:SendMessage EventMessagesSchedulingDeadLetterQueue',
    ],
  ],
  [
    'UpdateApp',
    event,
    [
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:Query PurchaseTable/index/references'],
      ...['dynamodb:UpdateItem PurchaseTable', 'sns:Publish AppTopic', 'sns:Publish endpoint/*'],
      ...queueActions('AppEventsQueue'),
    ],
  ],
  [
    'PostEventCancellation',
    checkout,
    [
      ...['dynamodb:BatchGetItem OrderTable', 'dynamodb:BatchGetItem PurchaseTable'],
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:GetItem SeatTable', 'dynamodb:PutItem SeatTable'],
      ...['dynamodb:Query OrderTable', 'dynamodb:Query SeatTable', 'dynamodb:UpdateItem SeatTable'],
      'lambda:InvokeFunction CancelEventLive',
    ],
  ],
  [
    'GetEventCancellation',
    checkout,
    [
      ...['dynamodb:BatchGetItem OrderTable', 'dynamodb:BatchGetItem PurchaseTable'],
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:GetItem SeatTable'],
      ...['dynamodb:Query OrderTable', 'dynamodb:Query SeatTable'],
    ],
  ],
  ['ListEvents', checkout, ['dynamodb:Query SeatTable']],
  ['GetSeatMap', checkout, ['dynamodb:GetItem SeatTable', 'dynamodb:Query SeatTable']],
  ['GetLayout', checkout, ['dynamodb:GetItem SeatTable']],
  [
    'PutEvent',
    checkout,
    [
      ...['dynamodb:GetItem SeatTable', 'dynamodb:PutItem SeatTable', 'dynamodb:Query SeatTable'],
      'lambda:InvokeFunction AnnounceChangeLive',
    ],
  ],
  [
    'PutExtras',
    checkout,
    ['dynamodb:GetItem SeatTable', 'dynamodb:Query OrderTable', 'dynamodb:UpdateItem OrderTable'],
  ],
  ['ListExtras', checkout, ['dynamodb:GetItem SeatTable', 'dynamodb:Query OrderTable']],
  [
    'PostOrder',
    checkout,
    [
      ...['dynamodb:PutItem OrderTable', 'dynamodb:UpdateItem OrderTable'],
      'secretsmanager:GetSecretValue AddressSecret',
      'states:StartExecution EventPro-prod-OrderWorkflow',
    ],
  ],
  ['GetOrder', checkout, ['dynamodb:GetItem OrderTable']],
  [
    'GetOrderAuthentication',
    checkout,
    ['dynamodb:GetItem OrderTable', 'secretsmanager:GetSecretValue StripeKey'],
  ],
  [
    'PostOrderAuthentication',
    checkout,
    [
      ...['dynamodb:GetItem OrderTable', 'secretsmanager:GetSecretValue StripeKey'],
      'states:SendTaskSuccess EventPro-prod-OrderWorkflow',
    ],
  ],
  [
    'ValidateOrder',
    order,
    [
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:GetItem SeatTable'],
      ...['dynamodb:Query OrderTable', 'dynamodb:UpdateItem OrderTable'],
    ],
  ],
  [
    'CheckInventory',
    order,
    [
      ...['dynamodb:GetItem OrderTable', 'dynamodb:UpdateItem OrderTable'],
      ...['dynamodb:PutItem OrderTable', 'dynamodb:UpdateItem OrderTable', 'dynamodb:UpdateItem OrderTable'],
    ],
  ],
  [
    'ProcessOrderPayment',
    order,
    [
      ...['dynamodb:GetItem OrderTable', 'dynamodb:UpdateItem OrderTable', 'dynamodb:UpdateItem OrderTable'],
      ...['dynamodb:GetItem SeatTable', 'secretsmanager:GetSecretValue StripeKey'],
    ],
  ],
  [
    'AwaitAuthentication',
    order,
    ['dynamodb:GetItem OrderTable', 'dynamodb:UpdateItem OrderTable', 'dynamodb:UpdateItem OrderTable'],
  ],
  [
    'RefundOrder',
    order,
    [
      ...['dynamodb:UpdateItem OrderTable', 'dynamodb:UpdateItem PurchaseTable'],
      'secretsmanager:GetSecretValue StripeKey',
    ],
  ],
  [
    'RestoreInventory',
    order,
    [
      ...[
        'dynamodb:UpdateItem OrderTable',
        'dynamodb:UpdateItem OrderTable',
        'dynamodb:UpdateItem OrderTable',
      ],
      'dynamodb:DeleteItem OrderTable',
    ],
  ],
  [
    'TellOrder',
    order,
    [
      ...['dynamodb:GetItem OrderTable', 'dynamodb:GetItem SeatTable', 'dynamodb:UpdateItem OrderTable'],
      'ses:SendEmail MailFeedbackSettings',
      'ses:SendEmail identity/example.com',
      'ses:SendEmail identity/tickets@example.com',
      ...queueActions('MailQueue'),
    ],
  ],
  ['GetPurchase', checkout, ['dynamodb:GetItem PurchaseTable']],
  [
    'GetAuthentication',
    checkout,
    ['dynamodb:GetItem PurchaseTable', 'secretsmanager:GetSecretValue StripeKey'],
  ],
  [
    'ReceiveStripeEvent',
    checkout,
    [
      ...FOLLOW_ORDERS,
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:UpdateItem PurchaseTable'],
      ...['secretsmanager:GetSecretValue StripeKey', 'secretsmanager:GetSecretValue StripeSigningSecret'],
      ...['sns:Publish Disputes', 'states:StartExecution CancelPurchase'],
    ],
  ],
  ['ResumePurchase', checkout, ['dynamodb:GetItem SeatTable', 'dynamodb:UpdateItem PurchaseTable']],
  ['GetTicket', checkout, ['dynamodb:GetItem PurchaseTable', 's3:GetObject TicketBucket/tickets/*']],
  [
    'Unsubscribe',
    checkout,
    ['dynamodb:PutItem PurchaseTable', 'secretsmanager:GetSecretValue AddressSecret'],
  ],
  ['GetTicketKeys', checkout, ['secretsmanager:GetSecretValue TicketSecret']],
  ['CheckTicket', checkout, ['dynamodb:GetItem PurchaseTable', 'secretsmanager:GetSecretValue TicketSecret']],
  [
    'AdmitTicket',
    checkout,
    [
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:UpdateItem PurchaseTable'],
      'secretsmanager:GetSecretValue TicketSecret',
    ],
  ],
  [
    'FindPurchases',
    checkout,
    [
      ...[
        'dynamodb:BatchGetItem PurchaseTable',
        'dynamodb:GetItem PurchaseTable',
        'dynamodb:GetItem SeatTable',
      ],
      ...['buyers', 'events', 'references'].map((index) => `dynamodb:Query PurchaseTable/index/${index}`),
      ...['secretsmanager:GetSecretValue AddressSecret', 'secretsmanager:GetSecretValue StripeKey'],
    ],
  ],
  [
    'SendTickets',
    checkout,
    [
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:Query PurchaseTable/index/references'],
      'dynamodb:UpdateItem PurchaseTable',
      ...['secretsmanager:GetSecretValue AddressSecret', 'sns:Publish TicketConfirmations'],
    ],
  ],
  [
    'EraseBuyer',
    checkout,
    [
      ...['OrderTable', 'PurchaseTable'].flatMap((table) => [
        ...[
          `dynamodb:GetItem ${table}`,
          `dynamodb:UpdateItem ${table}`,
          `dynamodb:Query ${table}/index/buyers`,
        ],
      ]),
      ...['dynamodb:GetItem SeatTable', 'secretsmanager:GetSecretValue AddressSecret'],
      ...['s3:DeleteObjectVersion TicketBucket/tickets/*', 's3:ListBucketVersions TicketBucket'],
    ],
  ],
  ['ListRevocations', checkout, ['dynamodb:GetItem SeatTable', 'dynamodb:Query SeatTable']],
  [
    'DeliverEmail',
    notification,
    [
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:GetItem SeatTable'],
      ...['dynamodb:UpdateItem PurchaseTable', 'secretsmanager:GetSecretValue AddressSecret'],
      'ses:SendEmail MailFeedbackSettings',
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
    'RecordMailEvent',
    notification,
    [
      ...['dynamodb:GetItem PurchaseTable', 'dynamodb:PutItem PurchaseTable'],
      'dynamodb:Query PurchaseTable/index/references',
      'dynamodb:UpdateItem PurchaseTable',
      ...queueActions('MailFeedbackQueue'),
    ],
  ],
];

/** The roles of everything else, by the beginning of their logical ids. */
const OTHER_ROLES: [string, Template, string[]][] = [
  [
    'CheckoutSagaRole',
    checkout,
    [
      ...invocationsOf(
        'ReserveSeat',
        'ResumePurchase',
        'ProcessPayment',
        'GenerateTicket',
        'SendConfirmation',
      ),
      ...invocationsOf('RefundPayment', 'ReleaseSeat'),
      'sqs:SendMessage EscalationsQueue',
      ...[...EXECUTION_LOGS, ...SAMPLING, ...TRACING],
    ],
  ],
  [
    'CancelPurchaseRole',
    checkout,
    [
      ...invocationsOf('ClaimCancellation', 'RefundPayment', 'ReleaseSeat', 'SendCancellation'),
      'sqs:SendMessage EscalationsQueue',
      ...[...EXECUTION_LOGS, ...SAMPLING, ...TRACING],
    ],
  ],
  [
    'RecoveryWorkflowRole',
    checkout,
    [
      ...invocationsOf('RefundPayment', 'ReleaseSeat', 'SendConfirmation', 'SendCancellation'),
      'sqs:SendMessage EscalationsQueue',
      ...[...EXECUTION_LOGS, ...SAMPLING, ...TRACING],
    ],
  ],
  [
    'OrderWorkflowRole',
    order,
    [
      ...invocationsOf(
        ...(['ValidateOrder', 'CheckInventory', 'ProcessOrderPayment', 'AwaitAuthentication'] as const),
        ...(['RefundOrder', 'RestoreInventory'] as const),
      ),
      ...['dynamodb:UpdateItem OrderTable', 'sns:Publish OrderNotifications'],
      'sqs:SendMessage EscalationsQueue',
      ...[...EXECUTION_LOGS, ...SAMPLING, ...TRACING],
    ],
  ],
  ['SchedulerRoleForTarget74db36', checkout, ['lambda:InvokeFunction ReconcileLive']],
  ['SchedulerRoleForTarget15150b', checkout, ['lambda:InvokeFunction AuditLive']],
  ...[
    ['PurchasesRole', 'PurchaseTable', 'PurchasesDeadLetterQueue'] as const,
    ['EventsRole', 'SeatTable', 'EventsDeadLetterQueue'] as const,
  ].map(([role, table, deadLetters]): [string, Template, string[]] => [
    role,
    event,
    [
      ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
        (action) => `dynamodb:${action} ${table}`,
      ),
      ...['events:PutEvents Bus', `sqs:SendMessage ${deadLetters}`],
    ],
  ]),
  [
    'SalesStreamRole',
    event,
    [
      ...['GetBucketLocation', 'ListBucket', 'ListBucketMultipartUploads'].map(
        (action) => `s3:${action} SalesBucket`,
      ),
      ...['sales', 'undelivered'].flatMap((folder) => [
        `s3:AbortMultipartUpload SalesBucket/${folder}/*`,
        `s3:GetObject SalesBucket/${folder}/*`,
        `s3:PutObject SalesBucket/${folder}/*`,
      ]),
      'logs:PutLogEvents SalesStreamLog',
    ],
  ],
  ['SalesStreamDeliverer', event, ['firehose:PutRecord SalesStream', 'firehose:PutRecordBatch SalesStream']],
  [
    'EventMessagesRole',
    event,
    ['lambda:InvokeFunction SendEventMessagesLive', 'sqs:SendMessage EventMessagesDeadLetterQueue'],
  ],
  [
    'ApiStartRole',
    checkout,
    ['states:StartSyncExecution CancelPurchase', 'states:StartSyncExecution CheckoutSaga'],
  ],
  ['ApiCloudWatchRole', checkout, ['managed AmazonAPIGatewayPushToCloudWatchLogs']],
  ['ApiDeploymentsRole', checkout, ['managed AWSCodeDeployRoleForLambdaLimited']],
  [
    'PagesRole',
    web,
    [
      ...['cloudfront:CreateInvalidation *', 'cloudfront:GetInvalidation *'],
      ...['logs:CreateLogStream PagesLog', 'logs:PutLogEvents PagesLog'],
      ...onBucket('cdk-hnb659fds-assets', 'GetBucket*', 'GetObject*', 'List*'),
      ...onBucket('PageBucket', 'Abort*', 'DeleteObject*', 'GetBucket*', 'GetObject*', 'List*', 'PutObject'),
      ...onBucket('PageBucket', 'PutObjectLegalHold', 'PutObjectRetention', 'PutObjectTagging'),
      ...onBucket('PageBucket', 'PutObjectVersionTagging'),
    ],
  ],
  // Of CDK itself; the policy of the one bucket that it empties lets it in.
  ['CustomS3AutoDeleteObjects', web, ['managed AWSLambdaBasicExecutionRole']],
];

test.each(FUNCTION_ROLES)('the role of %s may do exactly this', (name, template, expected) => {
  const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => `${action} ${name}Log`);

  expect(actionsOf(template, name)).toEqual([...expected, ...logging, ...TRACING].sort());
});

test('no role may do everything with a service', () => {
  for (const template of [checkout, event, notification, order]) {
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
      for (const { Action } of Properties.PolicyDocument.Statement) {
        expect([Action].flat().some((action: string) => action.endsWith('*'))).toBe(false);
      }
    }
  }
});

test.each(OTHER_ROLES)('the role %s may do exactly this', (name, template, expected) => {
  expect(statementsOf(template, roleOf(template, name))).toEqual([...expected].sort());
});

test.each<[string, Template, string, string, readonly string[]]>([
  [
    'ReserveSeat may update no purchase: only which installation it is, and how many seats are unpaid',
    ...([checkout, 'ReserveSeat', 'dynamodb:UpdateItem', ['INSTALLATION', 'UNPAID#*']] as const),
  ],
  [
    'Unsubscribe may write no purchase: only who has unsubscribed',
    ...([checkout, 'Unsubscribe', 'dynamodb:PutItem', ['UNSUBSCRIBED#*']] as const),
  ],
  [
    'RecordMailEvent may make no purchase: only note who has unsubscribed',
    ...([notification, 'RecordMailEvent', 'dynamodb:PutItem', ['UNSUBSCRIBED#*']] as const),
  ],
  [
    'DeliverEmail may look up only who has unsubscribed',
    ...([notification, 'DeliverEmail', 'dynamodb:GetItem', ['UNSUBSCRIBED#*']] as const),
  ],
])('%s', (_, template, name, action, keys) => {
  const role = functionRoleOf(template, name);
  const statements = Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().includes(action))
    // Of layouts, anybody may know.
    .filter(({ Resource }) => !JSON.stringify(Resource).includes('SeatTable'));

  expect(statements).toEqual([
    expect.objectContaining({
      Action: action,
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } },
    }),
  ]);
});

describe('the policy of', () => {
  /** Every signed route, and whose. A route that is added says so here. */
  const CALLS = {
    Organiser: [
      ...['GET /events/*/cancellation', 'GET /events/*/layout', 'GET /events/*/purchases'],
      ...['HEAD /events/*/cancellation', 'HEAD /events/*/layout', 'HEAD /events/*/purchases'],
      ...['POST /erasures', 'POST /events/*/cancellation', 'POST /purchases/*/cancellation'],
      ...['POST /purchases/*/messages', 'PUT /events/*', 'PUT /events/*/extras'],
    ],
    Gate: [
      ...['GET /events/*/revocations', 'HEAD /events/*/revocations'],
      ...['POST /admissions', 'POST /ticket-checks'],
    ],
  };

  test.each(Object.entries(CALLS))(
    '%s lets its holder call exactly this, at the one stage',
    (role, routes) => {
      expect(invocationsIn(policyOf(role)).sort()).toEqual(routes);
    },
  );

  test.each(Object.keys(CALLS))(
    '%s lets nobody call a route of the others, nor one that is public',
    (role) => {
      const allowed = invocationsIn(policyOf(role)).map(
        (route) => new RegExp(`^${route.replaceAll('*', '.*')}$`),
      );
      const callable = (Object.keys(ROUTES) as RouteName[]).filter((name) =>
        allowed.some((pattern) => pattern.test(name.replaceAll(/\{\w+\}/g, 'x'))),
      );

      const signed = callable.map((name) => routeOf(name).signed ?? []);
      expect(callable.length).toBeGreaterThan(1);
      expect(signed).toEqual(callable.map(() => expect.arrayContaining([role.toLowerCase()])));
    },
  );

  test('nobody else: there is no other policy to attach, and each is an output', () => {
    const outputs = Object.keys(checkout.findOutputs('*')).filter((name) => name.endsWith('PolicyArn'));

    expect(Object.keys(checkout.findResources('AWS::IAM::ManagedPolicy'))).toHaveLength(2);
    expect(outputs.sort()).toEqual(
      Object.keys(CALLS)
        .map((role) => `${role}PolicyArn`)
        .sort(),
    );
  });

  function policyOf(role: string) {
    const policies = Object.entries(checkout.findResources('AWS::IAM::ManagedPolicy'));
    return policies.find(([id]) => id.startsWith(`Roles${role}Policy`))![1].Properties.PolicyDocument;
  }

  function invocationsIn({ Statement }: { Statement: object[] }): string[] {
    expect(Statement).toEqual([expect.objectContaining({ Effect: 'Allow', Action: 'execute-api:Invoke' })]);
    return Statement.flatMap((statement) => (statement as { Resource: object[] }).Resource).map((arn) => {
      const [, method, path] =
        /"Api[0-9A-F]{8}"\},"\/",\{"Ref":"ApiDeploymentStage\w+"\},"\/(\w+)(\/[^"]+)"/.exec(
          JSON.stringify(arn),
        )!;
      return `${method} ${path}`;
    });
  }
});

test('in the sandbox of SES each recipient is an identity to send to, for mail from our sender alone', () => {
  const statements = (stage: 'dev' | 'prod') =>
    Object.values(synthesizedStage(stage).notification.findResources('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => Action === 'ses:SendEmail');
  const [always] = statements('prod');

  expect(statements('prod')).toHaveLength(1);
  expect(always).not.toHaveProperty('Condition');
  expect(statements('dev')).toEqual([
    expect.objectContaining({ Resource: expect.arrayContaining([expect.anything()]) }),
    expect.objectContaining({
      Effect: 'Allow',
      Resource: { 'Fn::Join': ['', expect.arrayContaining([':identity/*'])] },
      Condition: { StringEquals: { 'ses:FromAddress': 'tickets@example.com' } },
    }),
  ]);
});

test('there is no other role', () => {
  const known = [
    ...FUNCTION_ROLES.map(([name, template]) => functionRoleOf(template, name)),
    ...OTHER_ROLES.map(([name, template]) => roleOf(template, name)),
  ];

  const roles = Object.values(prod).flatMap((template) =>
    Object.keys(template.findResources('AWS::IAM::Role')),
  );
  expect(roles.sort()).toEqual(known.sort());
});

function invocationsOf(...steps: string[]): string[] {
  // This version, and those of executions that began before.
  return steps.flatMap((step) =>
    [`${step}CurrentVersion`, `${step}:*`].map((version) => `lambda:InvokeFunction ${version}`),
  );
}

function onBucket(bucket: string, ...actions: string[]): string[] {
  return actions.flatMap((action) => [`s3:${action} ${bucket}`, `s3:${action} ${bucket}/*`]);
}

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
  return statementsOf(template, functionRoleOf(template, functionName));
}

function functionRoleOf(template: Template, functionName: string): string {
  return functionOf(template, functionName).Properties.Role['Fn::GetAtt'][0];
}

function roleOf(template: Template, name: string): string {
  const [role, ...others] = Object.keys(template.findResources('AWS::IAM::Role')).filter((id) =>
    id.startsWith(name),
  );
  expect(others).toEqual([]);
  return role!;
}

function statementsOf(template: Template, roleId: string): string[] {
  const role = template.findResources('AWS::IAM::Role')[roleId]!.Properties;
  expect(role.Policies).toBeUndefined();
  const managed = ((role.ManagedPolicyArns ?? []) as unknown[]).map(
    (arn) => `managed ${/:policy\/service-role\/(\w+)/.exec(JSON.stringify(arn))![1]}`,
  );
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    Properties.Roles.some((role: { Ref: string }) => role.Ref === roleId),
  );
  const granted = policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Effect, Action, Resource }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .map((resource) => `${Effect === 'Deny' ? 'Deny ' : ''}${action} ${shortName(resource)}`),
        ),
    );
  return [...managed, ...granted].sort();
}

const VERSIONED = Object.keys(FUNCTIONS).join('|');
const LOGICAL_ID = new RegExp(
  '(?:SeatTable|PurchaseTable|OrderTable|OrderNotifications|AppTopic|AppEventsQueue|MailQueue|TicketBucket|SalesBucket|PageBucket|StripeKey|StripeSigningSecret|Disputes|TicketSecret|AddressSecret|TicketConfirmations|CheckoutSaga|CancelPurchase|' +
    `RecoveryWorkflow|\\w+Log|\\w+ChannelQueue|MailFeedback(?:Queue|Settings)|EscalationsQueue|(?:Purchases|Events|EventMessages(?:Scheduling)?)DeadLetterQueue|EventMessages(?:Role|Schedules)|Bus|SalesStream|(?:${VERSIONED})(?:CurrentVersion|Live)?)(?=[0-9A-F]{8})|` +
    'cdk-hnb659fds-assets',
);

/** `SeatTable` for whatever way the template refers to it; the end of an ARN that it spells out. */
function shortName(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const text = JSON.stringify(resource);
  const known = LOGICAL_ID.exec(text)?.[0];
  const tail =
    /"(?::stateMachine:([\w-]+)|(:\*|[^"]*?((?:identity|endpoint|\/index)?\/[^"/]+(?:\/\*)?)))"\]\]\}$/.exec(
      text,
    );
  return `${known ?? ''}${tail?.[1] ?? tail?.[3] ?? tail?.[2] ?? ''}`;
}
