import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CHANNEL_NAMES } from '../../lambda/purchase/channels';
import { STAGES } from '../../lib/config';
import { DataStack } from '../../lib/data-stack';
import { ROLE_TAG } from '../../lib/workflow/role';
import { functionOf, stateMachineOf } from '../../harness/synthesized-stage';
import { synthesizedStage } from '../support/synthesized-stage';

interface Stat {
  readonly Metric: { readonly Dimensions: readonly { Name: string; Value: string }[] };
}

const dev = synthesizedStage('dev');
const prod = synthesizedStage('prod');

describe('the tables', () => {
  test('seats expire by TTL, in the attribute the holds write', () => {
    dev.data.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  test('purchases expire by the attribute that refused ones have, and have indexes that carry keys alone: what is due, the unsettled of older versions, by reference, by the buyer and by the event', () => {
    dev.data.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: [{ AttributeName: 'purchaseId', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      GlobalSecondaryIndexes: [
        Match.objectLike({
          IndexName: 'unsettled',
          KeySchema: [
            { AttributeName: 'unsettledShard', KeyType: 'HASH' },
            { AttributeName: 'createdAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        }),
        Match.objectLike({
          IndexName: 'references',
          KeySchema: [{ AttributeName: 'reference', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        }),
        Match.objectLike({
          IndexName: 'due',
          KeySchema: [
            { AttributeName: 'dueShard', KeyType: 'HASH' },
            { AttributeName: 'dueAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        }),
        Match.objectLike({
          IndexName: 'buyers',
          KeySchema: [
            { AttributeName: 'emailHash', KeyType: 'HASH' },
            { AttributeName: 'createdAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        }),
        Match.objectLike({
          IndexName: 'events',
          KeySchema: [
            { AttributeName: 'eventShard', KeyType: 'HASH' },
            { AttributeName: 'createdAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        }),
      ],
    });
  });

  test('prod keeps its data when the stack goes, dev does not', () => {
    for (const table of Object.values(prod.data.findResources('AWS::DynamoDB::GlobalTable'))) {
      expect(table.DeletionPolicy).toBe('Retain');
      expect(table.Properties.Replicas[0]).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
    for (const table of Object.values(dev.data.findResources('AWS::DynamoDB::GlobalTable'))) {
      expect(table.DeletionPolicy).toBe('Delete');
    }
  });
});

describe('the buckets', () => {
  test('are private, encrypted, versioned and TLS only', () => {
    const buckets = Object.values(prod.data.findResources('AWS::S3::Bucket'));

    expect(buckets).toHaveLength(4);
    for (const { Properties } of buckets) {
      expect(Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(Properties.BucketEncryption).toBeDefined();
      // The bucket that takes the access logs of the others is the one without.
      const keepsData = 'LoggingConfiguration' in Properties;
      expect(Properties.VersioningConfiguration).toEqual(keepsData ? { Status: 'Enabled' } : undefined);
    }
    for (const { Properties } of Object.values(prod.data.findResources('AWS::S3::BucketPolicy'))) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });
});

describe('the sales catalog', () => {
  test('its work group writes encrypted results to its own bucket, and cancels a query that reads a gigabyte', () => {
    prod.data.hasResourceProperties('AWS::Athena::WorkGroup', {
      Name: 'eventpro-prod',
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 1_000_000_000,
        ResultConfiguration: {
          OutputLocation: {
            'Fn::Join': ['', ['s3://', { Ref: Match.stringLikeRegexp('^SalesCatalogResults') }, '/']],
          },
          EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
        },
      },
    });
  });

  test('has the saved queries, on the table that projects its partitions', () => {
    prod.data.resourceCountIs('AWS::Athena::NamedQuery', 2);
    prod.data.hasResourceProperties('AWS::Glue::Table', {
      TableInput: { Parameters: { 'projection.enabled': 'true', 'projection.day.type': 'date' } },
    });
  });

  test('gets a line a sale, encrypted on the way, in the folder of the day that the table reads', () => {
    for (const { data, event } of [dev, prod]) {
      const [{ Properties }] = Object.values(event.findResources('AWS::KinesisFirehose::DeliveryStream')) as [
        { Properties: { ExtendedS3DestinationConfiguration: { Prefix: string; ErrorOutputPrefix: string } } },
      ];
      const { Prefix, ErrorOutputPrefix } = Properties.ExtendedS3DestinationConfiguration;
      const [table] = Object.values(data.findResources('AWS::Glue::Table'));
      const template = JSON.stringify(table!.Properties.TableInput.Parameters['storage.location.template']);

      expect(template).toContain(`/${Prefix.replace('!{timestamp:yyyy-MM-dd}', '${day}')}`);
      expect(ErrorOutputPrefix).not.toMatch(/^sales\//);
      expect(Properties).toMatchObject({
        DeliveryStreamType: 'DirectPut',
        DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
        ExtendedS3DestinationConfiguration: {
          ProcessingConfiguration: { Processors: [{ Type: 'AppendDelimiterToRecord' }] },
          CloudWatchLoggingOptions: { Enabled: true },
        },
      });
      event.hasResourceProperties('AWS::Events::Rule', {
        EventPattern: { 'detail-type': ['PurchaseConfirmed'] },
        Targets: [Match.objectLike({ Arn: Match.anyValue(), InputPath: '$.detail' })],
      });
    }
  });
});

describe('the secret of the tickets', () => {
  // Whoever changes this rotates the key: CloudFormation then generates the secret anew.
  test('is generated: 64 letters and digits', () => {
    for (const { data } of [dev, prod]) {
      data.hasResourceProperties('AWS::SecretsManager::Secret', {
        GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
      });
    }
  });

  test('stays in prod when its stack goes: tickets sold before are verified with it', () => {
    prod.data.hasResource('AWS::SecretsManager::Secret', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
    dev.data.hasResource('AWS::SecretsManager::Secret', { DeletionPolicy: 'Delete' });
  });
});

describe('the functions', () => {
  test.each([
    ['checkout', 37],
    // Its steps, and what tells the buyers.
    ['order', 7],
    // With RecordMailEvent.
    ['notification', CHANNEL_NAMES.length + 1],
  ] as const)(
    'of the %s stack run on Node.js 24, arm64, traced, with a log group of their own',
    (stack, count) => {
      const functions = Object.values(prod[stack].findResources('AWS::Lambda::Function'));

      expect(functions).toHaveLength(count);
      for (const { Properties } of functions) {
        expect(Properties).toMatchObject({
          Runtime: 'nodejs24.x',
          Architectures: ['arm64'],
          Handler: 'index.handler',
          TracingConfig: { Mode: 'Active' },
          LoggingConfig: { LogGroup: expect.anything() },
        });
      }
    },
  );
});

describe('versions', () => {
  test('the saga calls versions, so that an execution ends with the code it began with', () => {
    for (const [name, state] of Object.entries(stateMachineOf(prod.checkout).States)) {
      if (!String(state.Resource).endsWith(':lambda:invoke')) continue;
      const { FunctionName } = state.Parameters as { FunctionName: string };
      expect(FunctionName).toMatch(new RegExp(`^<${name}CurrentVersion`));
    }
  });

  test('a state machine may call every version of its steps, as its executions may have begun with any', () => {
    for (const [machine, steps] of Object.entries({
      CheckoutSagaRole: [
        'ReserveSeat',
        'ProcessPayment',
        'GenerateTicket',
        'SendConfirmation',
        'RefundPayment',
        'ReleaseSeat',
      ],
      CancelPurchaseRole: ['ClaimCancellation', 'RefundPayment', 'ReleaseSeat', 'SendCancellation'],
      RecoveryWorkflowRole: ['RefundPayment', 'ReleaseSeat', 'SendConfirmation', 'SendCancellation'],
    })) {
      const policies = prod.checkout.findResources('AWS::IAM::Policy');
      const [, policy] = Object.entries(policies).find(([id]) => id.startsWith(machine))!;
      const statements = JSON.stringify(policy.Properties.PolicyDocument.Statement);
      for (const step of steps) {
        expect(statements).toMatch(new RegExp(`\\{"Fn::GetAtt":\\["${step}[0-9A-F]{8}","Arn"\\]\\},":\\*"`));
      }
    }
  });

  test('the API starts the alias of the saga, which IAM knows as a condition', () => {
    const [alias] = Object.keys(prod.checkout.findResources('AWS::StepFunctions::StateMachineAlias'));
    const [integration] = Object.values(
      prod.checkout.findResources('AWS::ApiGateway::Method', { Properties: { HttpMethod: 'POST' } }),
    );
    const template = integration!.Properties.Integration.RequestTemplates['application/json'];

    expect(JSON.stringify(template)).toContain(`\\"stateMachineArn\\": \\"",{"Ref":"${alias}"}`);
    prod.checkout.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Action: 'states:StartSyncExecution',
            Condition: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': ['live'] } },
          }),
        ],
      },
    });
  });

  test('a revision of the saga becomes a version, which stays when the next one comes', () => {
    const [version] = Object.values(prod.checkout.findResources('AWS::StepFunctions::StateMachineVersion'));

    expect(version!.Properties.StateMachineRevisionId['Fn::GetAtt'][1]).toBe('StateMachineRevisionId');
    expect(version).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('in prod a new version gets a tenth of the executions, and its alarms take it back; in dev all at once', () => {
    prod.checkout.hasResourceProperties('AWS::StepFunctions::StateMachineAlias', {
      DeploymentPreference: {
        Type: 'CANARY',
        Percentage: 10,
        Interval: 5,
        Alarms: [Match.anyValue(), Match.anyValue()],
      },
    });
    dev.checkout.hasResourceProperties('AWS::StepFunctions::StateMachineAlias', {
      DeploymentPreference: { Type: 'ALL_AT_ONCE', Alarms: Match.absent() },
    });
  });

  test('in prod every function of the API has a canary with an alarm on each of its routes', () => {
    const groups = Object.values(prod.checkout.findResources('AWS::CodeDeploy::DeploymentGroup'));
    const alarms = prod.checkout.findResources('AWS::CloudWatch::Alarm');
    const functionRoutes = routesOf(prod.checkout).filter(
      (route) =>
        !/^(POST \/purchases( |\/.*\/(authentication|abandonment|cancellation))|GET \/openapi|HEAD|ANY)/.test(
          route,
        ),
    );

    const ownAlarms = groups.flatMap(
      ({ Properties }) => Properties.AlarmConfiguration.Alarms.slice(1) as { Name: { Ref: string } }[],
    );
    const watched = ownAlarms.map(({ Name }) => {
      const { Metrics } = alarms[Name.Ref]!.Properties as { Metrics: { Id: string; MetricStat?: Stat }[] };
      const dimensions = Metrics.find(({ Id }) => Id === 'requests')!.MetricStat!.Metric.Dimensions;
      const value = (name: string) => dimensions.find((each) => each.Name === name)!.Value;
      return `${value('Method')} ${value('Resource')}`;
    });

    expect(watched.sort()).toEqual(functionRoutes.map((route) => route.replace(/ \w+$/, '')).sort());
    expect(Object.keys(dev.checkout.findResources('AWS::CodeDeploy::DeploymentGroup'))).toEqual([]);
  });

  test('an old version stays when a new one comes', () => {
    for (const version of Object.values(prod.checkout.findResources('AWS::Lambda::Version'))) {
      expect(version.DeletionPolicy).toBe('Retain');
    }
  });
});

test('the checkout is an Express workflow, which API Gateway can wait for', () => {
  prod.checkout.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineType: 'EXPRESS',
    Tags: Match.arrayWith([{ Key: ROLE_TAG, Value: 'checkout' }]),
  });
});

describe('the logs of the state machines', () => {
  test('have the prefix that keeps them out of the policy of the account', () => {
    for (const { Properties } of Object.values(
      prod.checkout.findResources('AWS::StepFunctions::StateMachine'),
    )) {
      const [{ CloudWatchLogsLogGroup }] = Properties.LoggingConfiguration.Destinations;
      const [logGroup] = CloudWatchLogsLogGroup.LogGroupArn['Fn::GetAtt'];
      const { LogGroupName } = prod.checkout.findResources('AWS::Logs::LogGroup')[logGroup]!.Properties;
      expect(LogGroupName).toMatch(/^\/aws\/vendedlogs\/states\/EventPro-prod\/Checkout\/./);
    }
  });
});

describe('the schedules', () => {
  test('run the reconciler and the audit once, whatever becomes of it: the schedule and Lambda both', () => {
    const once = { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 };
    const aliases = prod.checkout.findResources('AWS::Lambda::Alias', { Properties: { Name: 'live' } });
    const targets = Object.values(prod.checkout.findResources('AWS::Scheduler::Schedule')).map(
      ({ Properties }) => Properties.Target,
    );
    const asynchronous = Object.values(prod.checkout.findResources('AWS::Lambda::EventInvokeConfig'));

    expect(targets).toHaveLength(2);
    expect(targets.map(({ RetryPolicy }) => RetryPolicy)).toEqual([once, once]);
    expect(asynchronous.map(({ Properties }) => Properties)).toEqual(
      targets.map(({ Arn }) => ({
        ...once,
        FunctionName: aliases[Arn.Ref]!.Properties.FunctionName,
        // The end of the alias's ARN, which is its name.
        Qualifier: { 'Fn::Select': [7, { 'Fn::Split': [':', Arn] }] },
      })),
    );
  });
});

describe('the channels', () => {
  test.each(CHANNEL_NAMES)(
    '%s has a filtered raw subscription, a queue, its function and a dead-letter queue',
    (channel) => {
      const subscriptions = Object.values(dev.notification.findResources('AWS::SNS::Subscription'));
      const subscription = subscriptions.find(
        ({ Properties }) => Properties.FilterPolicy?.channels[0] === channel,
      )!;
      const [queueId] = subscription.Properties.Endpoint['Fn::GetAtt'];
      const queue = dev.notification.findResources('AWS::SQS::Queue')[queueId]!;
      const sources = Object.values(dev.notification.findResources('AWS::Lambda::EventSourceMapping'));

      expect(subscription.Properties).toMatchObject({
        Protocol: 'sqs',
        RawMessageDelivery: true,
        FilterPolicy: { channels: [channel] },
        RedrivePolicy: { deadLetterTargetArn: expect.anything() },
      });
      expect(queue.Properties.RedrivePolicy).toMatchObject({ maxReceiveCount: 5 });
      expect(queue.Properties.VisibilityTimeout).toBe(180);
      expect(sources).toContainEqual(
        expect.objectContaining({
          Properties: expect.objectContaining({
            EventSourceArn: { 'Fn::GetAtt': [queueId, 'Arn'] },
            FunctionResponseTypes: ['ReportBatchItemFailures'],
          }),
        }),
      );
    },
  );
});

describe('what SES says of our e-mails', () => {
  const only = (type: string, prefix: string) => {
    const [found, ...others] = Object.entries(dev.notification.findResources(type)).filter(([id]) =>
      id.startsWith(prefix),
    );
    expect(others).toEqual([]);
    return { id: found![0], ...(found![1] as { Properties: Record<string, unknown> }) };
  };
  const set = only('AWS::SES::ConfigurationSet', 'MailFeedback');
  const topic = only('AWS::SNS::Topic', 'MailFeedback');
  const queue = only('AWS::SQS::Queue', 'MailFeedbackQueue');

  test('goes from the configuration set by which they are sent to a queue, but for what goes well', () => {
    const destination = only('AWS::SES::ConfigurationSetEventDestination', 'MailFeedback').Properties;
    const { Environment } = functionOf(dev.notification, 'DeliverEmail').Properties;

    expect(set.Properties).toEqual({ ReputationOptions: { ReputationMetricsEnabled: true } });
    expect(Environment.Variables.SES_CONFIGURATION_SET).toEqual({ Ref: set.id });
    expect(destination).toEqual({
      ConfigurationSetName: { Ref: set.id },
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['bounce', 'complaint', 'reject', 'deliveryDelay'],
        SnsDestination: { TopicARN: { Ref: topic.id } },
      },
    });
    dev.notification.hasResourceProperties('AWS::SNS::Subscription', {
      TopicArn: { Ref: topic.id },
      Endpoint: { 'Fn::GetAtt': [queue.id, 'Arn'] },
      RawMessageDelivery: true,
    });
  });

  test('is encrypted on its way, because it has addresses: by a key that SES of this account may use', () => {
    const key = only('AWS::KMS::Key', 'MailFeedback');

    expect(topic.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [key.id, 'Arn'] });
    expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
    expect((key.Properties.KeyPolicy as { Statement: unknown[] }).Statement).toContainEqual(
      expect.objectContaining({
        Principal: { Service: 'ses.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    );
  });

  test('comes from that configuration set alone', () => {
    const policies = Object.values(dev.notification.findResources('AWS::SNS::TopicPolicy'));
    const statements = policies
      .filter(({ Properties }) => Properties.Topics[0].Ref === topic.id)
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Record<string, unknown>[]);
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');

    expect(allowed).toEqual([
      expect.objectContaining({ Action: 'sns:Publish', Principal: { Service: 'ses.amazonaws.com' } }),
    ]);
    expect(JSON.stringify(allowed[0]!.Condition)).toContain(`configuration-set/"`);
    expect(JSON.stringify(allowed[0]!.Condition)).toContain(`{"Ref":"${set.id}"}`);
  });
});

describe('the API', () => {
  test('has exactly the routes of the contract', () => {
    // Every path also has an ANY, which refuses.
    expect(routesOf(dev.checkout).filter((route) => !route.startsWith('ANY '))).toEqual([
      'GET /events NONE',
      'GET /events/{eventId}/cancellation AWS_IAM',
      'GET /events/{eventId}/extras NONE',
      'GET /events/{eventId}/layout AWS_IAM',
      'GET /events/{eventId}/purchases AWS_IAM',
      'GET /events/{eventId}/revocations AWS_IAM',
      'GET /events/{eventId}/seats NONE',
      'GET /openapi.json NONE',
      'GET /orders/{orderId} NONE',
      'GET /orders/{orderId}/authentication NONE',
      'GET /purchases/{purchaseId} NONE',
      'GET /purchases/{purchaseId}/authentication NONE',
      'GET /purchases/{purchaseId}/ticket NONE',
      'GET /ticket-keys NONE',
      'GET /unsubscriptions/{token} NONE',
      // CloudFront lets HEAD through wherever it lets GET through.
      'HEAD /events NONE',
      'HEAD /events/{eventId}/cancellation AWS_IAM',
      'HEAD /events/{eventId}/extras NONE',
      'HEAD /events/{eventId}/layout AWS_IAM',
      'HEAD /events/{eventId}/purchases AWS_IAM',
      'HEAD /events/{eventId}/revocations AWS_IAM',
      'HEAD /events/{eventId}/seats NONE',
      'HEAD /openapi.json NONE',
      'HEAD /orders/{orderId} NONE',
      'HEAD /orders/{orderId}/authentication NONE',
      'HEAD /purchases/{purchaseId} NONE',
      'HEAD /purchases/{purchaseId}/authentication NONE',
      'HEAD /purchases/{purchaseId}/ticket NONE',
      'HEAD /ticket-keys NONE',
      'HEAD /unsubscriptions/{token} NONE',
      'POST /admissions AWS_IAM',
      'POST /erasures AWS_IAM',
      'POST /events/{eventId}/cancellation AWS_IAM',
      'POST /orders NONE',
      'POST /orders/{orderId}/authentication NONE',
      'POST /purchases NONE',
      'POST /purchases/{purchaseId}/abandonment NONE',
      'POST /purchases/{purchaseId}/authentication NONE',
      'POST /purchases/{purchaseId}/cancellation AWS_IAM',
      'POST /purchases/{purchaseId}/messages AWS_IAM',
      'POST /stripe-events NONE',
      'POST /ticket-checks AWS_IAM',
      'POST /unsubscriptions/{token} NONE',
      'PUT /events/{eventId} AWS_IAM',
      'PUT /events/{eventId}/extras AWS_IAM',
    ]);
  });

  test('starts the saga itself, refuses other media types, and checks header and body first', () => {
    dev.checkout.hasResourceProperties('AWS::ApiGateway::Method', {
      HttpMethod: 'POST',
      RequestParameters: { 'method.request.header.Idempotency-Key': true },
      RequestModels: { 'application/json': Match.anyValue() },
      RequestValidatorId: Match.anyValue(),
      Integration: Match.objectLike({
        Type: 'AWS',
        PassthroughBehavior: 'NEVER',
        Uri: { 'Fn::Join': ['', Match.arrayWith([':states:action/StartSyncExecution'])] },
      }),
    });
    dev.checkout.hasResourceProperties('AWS::ApiGateway::RequestValidator', {
      ValidateRequestBody: true,
      ValidateRequestParameters: true,
    });
    dev.checkout.hasResourceProperties('AWS::ApiGateway::Model', {
      Schema: {
        additionalProperties: false,
        properties: {
          seats: { minItems: 1, maxItems: 8, uniqueItems: true },
          buyer: { additionalProperties: false, properties: { name: { maxLength: 100 } } },
        },
      },
    });
  });

  test('is throttled', () => {
    prod.checkout.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [
        Match.objectLike({ ResourcePath: '/*', ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 }),
        Match.objectLike({ ResourcePath: '/~1purchases', HttpMethod: 'POST', ThrottlingRateLimit: 500 }),
      ],
      TracingEnabled: true,
    });
  });
});

describe('the access log', () => {
  test('tells who signed a request, and what to find it again by, but no address', () => {
    const [stage] = Object.values(prod.checkout.findResources('AWS::ApiGateway::Stage'));
    const format = JSON.parse(stage!.Properties.AccessLogSetting.Format) as Record<string, string>;

    expect(format).toMatchObject({
      caller: '$context.identity.userArn',
      requestId: '$context.requestId',
      extendedRequestId: '$context.extendedRequestId',
      xrayTraceId: '$context.xrayTraceId',
    });
    expect(Object.values(format)).not.toContain('$context.identity.sourceIp');
  });
});

function routesOf(template: typeof dev.checkout): string[] {
  const resources = template.findResources('AWS::ApiGateway::Resource');
  const pathOf = (id: string | undefined): string => {
    const resource = id === undefined ? undefined : resources[id];
    return resource ? `${pathOf(resource.Properties.ParentId.Ref)}/${resource.Properties.PathPart}` : '';
  };
  return Object.values(template.findResources('AWS::ApiGateway::Method'))
    .map(
      ({ Properties }) =>
        `${Properties.HttpMethod} ${pathOf(Properties.ResourceId.Ref)} ${Properties.AuthorizationType}`,
    )
    .sort();
}

describe('what a sale must not take', () => {
  test.each(['Reconcile', 'Audit'])('%s has an execution of its own in prod, and none in dev', (name) => {
    expect(functionOf(prod.checkout, name).Properties.ReservedConcurrentExecutions).toBe(1);
    expect(functionOf(dev.checkout, name).Properties.ReservedConcurrentExecutions).toBeUndefined();
  });

  test('warm throughput is given to the tables where a stage says so', () => {
    const warmThroughput = {
      seats: { readUnitsPerSecond: 20_000, writeUnitsPerSecond: 8_000 },
      purchases: { readUnitsPerSecond: 15_000, writeUnitsPerSecond: 6_000 },
    };
    const stack = new DataStack(new App(), 'Data', { config: { ...STAGES[0]!, warmThroughput } });
    const tables = Object.values(Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable'));

    expect(tables.map(({ Properties }) => Properties.WarmThroughput)).toEqual([
      { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 8_000 },
      { ReadUnitsPerSecond: 15_000, WriteUnitsPerSecond: 6_000 },
    ]);
    dev.data.allResourcesProperties('AWS::DynamoDB::GlobalTable', { WarmThroughput: Match.absent() });
  });
});
