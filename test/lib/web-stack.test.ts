import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { App, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { buildSync } from 'esbuild';
import { STAGES, type StageConfig, type StorefrontConfig, storefrontUrlOf } from '../../lib/config';
import { EventProStage } from '../../lib/eventpro-stage';
import { publishedPages } from '../../lib/web/pages';
import { securityHeaders } from '../../lib/web/security-headers';
import { functionOf, QUIET_CONTEXT } from '../../harness/synthesized-stage';

function stageOfProd(changes: Partial<StageConfig>): { app: App; template: (stack: string) => Template } {
  const app = new App({ context: QUIET_CONTEXT });
  const prod = STAGES.find(({ name }) => name === 'prod')!;
  const stage = new EventProStage(app, 'EventPro-prod', { ...prod, ...changes });
  return { app, template: (id) => Template.fromStack(stage.node.findChild(id) as Stack) };
}

/** The stacks of prod with this storefront, and the folder of their assembly. */
function webStack(storefront: StorefrontConfig) {
  const { app, template } = stageOfProd({ storefront });
  return {
    web: template('Web'),
    checkout: template('Checkout'),
    notification: template('Notification'),
    order: template('Order'),
    folder: app.synth().directory,
  };
}

const DOMAIN = {
  name: 'tickets.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0b1c',
};
const withoutAddress = webStack({});
const { web, checkout, folder } = withoutAddress;
const withKey = webStack({ domain: DOMAIN, stripePublishableKey: 'pk_test_1' });

test('only the stages that say so have a storefront', () => {
  const withStorefront = STAGES.filter(({ storefront }) => storefront).map(({ name }) => name);

  expect(withStorefront).toEqual(['prod', 'staging']);
});

describe('the pages', () => {
  const repository = join(__dirname, '../../web');
  const pages = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('asset.'))
    .map(({ name }) => readdirSync(join(folder, name)))
    .find((files) => files.includes('index.html'))!;

  test('are deployed without what belongs to the local run, the console, the desk and the tool chain', () => {
    const left = readdirSync(repository).filter((file) => !pages.includes(file));

    expect(left.sort()).toEqual([
      ...['bar.css', 'config.json', 'console', 'demo-event.json', 'desk', 'tsconfig.json'],
    ]);
  });

  test('are deployed without what else lies in the folder, whatever it is called', () => {
    const copy = mkdtempSync(join(tmpdir(), 'web-'));
    cpSync(repository, copy, { recursive: true });
    for (const left of [
      '.DS_Store',
      'api.js~',
      '.api.js.swp',
      '.#api.js',
      '#api.js#',
      'api copy.js',
      'notes.html',
    ]) {
      writeFileSync(join(copy, left), '');
    }

    expect(publishedPages(copy).files).toEqual(publishedPages().files);
    expect(pages.filter((file) => file !== 'config.json').sort()).toEqual(publishedPages().files);
    rmSync(copy, { recursive: true });
  });

  test('load and import nothing that is not deployed, but for the panel, which a local run alone asks for', () => {
    const scripts = pages.filter((file) => file.endsWith('.js'));
    const { inputs } = buildSync({
      ...{ absWorkingDir: repository, entryPoints: scripts, outdir: 'nowhere' },
      ...{ bundle: true, format: 'esm', metafile: true, write: false },
    }).metafile;
    const imported = scripts.flatMap((from) => inputs[from]!.imports.map(({ path }) => ({ from, path })));
    const html = readFileSync(join(repository, 'index.html'), 'utf8');
    const loaded = [...html.matchAll(/ (?:src|href)="([^"#/]+)"/g)].map(([, path]) => path!);

    expect(imported.length).toBeGreaterThan(20);
    expect(imported.filter(({ path }) => !pages.includes(path))).toEqual([]);
    expect(loaded).toContain('storefront.js');
    expect(loaded.filter((path) => !pages.includes(path))).toEqual([]);
  });

  test('are in a bucket that only this distribution reads', () => {
    web.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        DefaultRootObject: 'index.html',
        Origins: Match.arrayWith([Match.objectLike({ OriginAccessControlId: Match.anyValue() })]),
      },
    });
    const policies = Object.values(web.findResources('AWS::S3::BucketPolicy'));
    const allowed = policies.flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow'),
    );
    expect(allowed).toContainEqual(
      expect.objectContaining({
        Action: 's3:GetObject',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Condition: { StringEquals: { 'AWS:SourceArn': expect.anything() } },
      }),
    );
    for (const { Properties } of Object.values(web.findResources('AWS::S3::Bucket'))) {
      expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    }
  });

  test('are asked for by HTTPS, HTTP/2 or 3', () => {
    web.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        HttpVersion: 'http2and3',
        // The old log always has the path.
        Logging: Match.absent(),
        DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https' },
      },
    });
  });

  test('each request is logged without what could have the id of a purchase, where CloudFront can do so', () => {
    const [[, delivery]] = Object.entries(web.findResources('AWS::Logs::Delivery')) as [
      [string, { Condition: string; Properties: { RecordFields: string[] } }],
    ];
    const { RecordFields } = delivery.Properties;

    expect(RecordFields).toEqual(expect.arrayContaining(['date', 'time', 'c-ip', 'cs-method', 'sc-status']));
    // Path, query, referrer, cookies and whatever else a client may write into a header.
    expect(RecordFields.filter((field) => /uri|\(|forwarded/.test(field))).toEqual([]);
    web.hasResourceProperties('AWS::Logs::DeliverySource', { LogType: 'ACCESS_LOGS' });
    expect(web.toJSON().Conditions[delivery.Condition]).toEqual({
      'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'],
    });
    for (const type of ['DeliverySource', 'DeliveryDestination']) {
      for (const { Condition } of Object.values(web.findResources(`AWS::Logs::${type}`))) {
        expect(Condition).toBe(delivery.Condition);
      }
    }
  });

  test('the bucket of the log takes it from this source alone', () => {
    web.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'delivery.logs.amazonaws.com' },
            Action: 's3:PutObject',
            Condition: {
              StringEquals: {
                's3:x-amz-acl': 'bucket-owner-full-control',
                'aws:SourceAccount': { Ref: 'AWS::AccountId' },
              },
              ArnLike: { 'aws:SourceArn': Match.anyValue() },
            },
          }),
        ]),
      },
    });
  });

  test('with a domain, speak TLS 1.2 or newer', () => {
    withKey.web.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: [DOMAIN.name],
        ViewerCertificate: {
          AcmCertificateArn: DOMAIN.certificateArn,
          MinimumProtocolVersion: 'TLSv1.2_2021',
        },
      },
    });
  });
});

describe('the security headers', () => {
  test.each([
    [web, { stripe: false }],
    [withKey.web, { stripe: true }],
  ])('are those of the local run, and HSTS', (template, options) => {
    const headers = securityHeaders(options);

    template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: {
          ContentSecurityPolicy: { ContentSecurityPolicy: headers['content-security-policy'] },
          ContentTypeOptions: { Override: true },
          FrameOptions: { FrameOption: 'DENY' },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000 },
        },
        CustomHeadersConfig: { Items: Match.arrayWith([Match.objectLike({ Header: 'permissions-policy' })]) },
      },
    });
  });

  test('let Stripe in only where there is a key: its script, its calls, its frames and that of a bank’s question', () => {
    const policy = securityHeaders({ stripe: true })['content-security-policy'];

    expect(securityHeaders({ stripe: false })['content-security-policy']).not.toContain('stripe');
    expect(policy?.split('; ')).toEqual(
      expect.arrayContaining([
        "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
        "connect-src 'self' https://api.stripe.com",
        'frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com',
      ]),
    );
  });
});

describe('/api', () => {
  const behaviors = () =>
    Object.values(web.findResources('AWS::CloudFront::Distribution'))[0]!.Properties.DistributionConfig
      .CacheBehaviors as { PathPattern: string; AllowedMethods: string[]; CachePolicyId: unknown }[];

  test('keeps the seats for two seconds, and everything else not at all', () => {
    const [events, rest] = behaviors();

    expect(events).toMatchObject({ PathPattern: '/api/events*', AllowedMethods: ['GET', 'HEAD'] });
    expect(rest).toMatchObject({
      PathPattern: '/api/*',
      // AWS's own CachingDisabled.
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
    });
    expect(rest!.AllowedMethods).toContain('POST');
    web.hasResourceProperties('AWS::CloudFront::CachePolicy', {
      CachePolicyConfig: { MinTTL: 2, DefaultTTL: 2, MaxTTL: 2 },
    });
  });

  test.each<[string, string[], object]>([
    ['no other origin', [], { HeaderBehavior: 'none' }],
    ['one, which every answer names', ['https://a.example.com'], { HeaderBehavior: 'none' }],
    [
      'several, of which each must get its own',
      ['https://a.example.com', 'https://b.example.com'],
      { HeaderBehavior: 'whitelist', Headers: ['Origin'] },
    ],
  ])('keeps the seats by origin, where there is %s', (_, allowedOrigins, headers) => {
    const stage = stageOfProd({ allowedOrigins });

    stage.template('Web').hasResourceProperties('AWS::CloudFront::CachePolicy', {
      CachePolicyConfig: { ParametersInCacheKeyAndForwardedToOrigin: { HeadersConfig: headers } },
    });
  });

  test.each([
    ['/api/events/demo/seats', '/events/demo/seats'],
    ['/api/purchases', '/purchases'],
    ['/api/api/events', '/api/events'],
    ['/apiary', '/apiary'],
    ['/api', '/'],
  ])('%s is %s to the API, which learns who asks', (uri, stripped) => {
    const { FunctionCode } = Object.values(web.findResources('AWS::CloudFront::Function'))[0]!.Properties;
    const request = { uri, headers: { 'x-viewer-address': { value: 'forged' } } };

    const answer = runInNewContext(`${FunctionCode}; handler(event)`, {
      event: { request, viewer: { ip: '192.0.2.1' } },
    });

    expect(answer).toEqual({ uri: stripped, headers: { 'x-viewer-address': { value: '192.0.2.1' } } });
  });

  test('keeps no error', () => {
    const { CustomErrorResponses } = Object.values(web.findResources('AWS::CloudFront::Distribution'))[0]!
      .Properties.DistributionConfig;

    // What CloudFront keeps for ten seconds unless told otherwise.
    expect(CustomErrorResponses).toEqual(
      [404, 405, 414, 500, 501, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })),
    );
  });

  test('has a firewall that counts buyers who come by CloudFront, which a secret proves, and all others by their address', () => {
    const [secret, ...otherSecrets] = Object.keys(
      checkout.findResources('AWS::SecretsManager::Secret', {
        Properties: { GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } },
      }),
    );
    const { Properties } = Object.values(checkout.findResources('AWS::WAFv2::WebACL'))[0]!;
    const rateOf = (name: string) =>
      Properties.Rules.find(({ Name }: { Name: string }) => Name === name).Statement.RateBasedStatement;
    const throughCloudFront = {
      ByteMatchStatement: {
        FieldToMatch: { SingleHeader: { Name: 'x-origin-verify' } },
        PositionalConstraint: 'EXACTLY',
        SearchString: {
          'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secret }, ':SecretString:::}}']],
        },
        TextTransformations: [{ Priority: 0, Type: 'NONE' }],
      },
    };

    expect(otherSecrets).toEqual([]);
    for (const what of ['Purchases', 'Requests']) {
      expect(rateOf(`${what}PerAddress`)).toMatchObject({
        AggregateKeyType: 'IP',
        ScopeDownStatement: {
          AndStatement: {
            Statements: expect.arrayContaining([{ NotStatement: { Statement: throughCloudFront } }]),
          },
        },
      });
      expect(rateOf(`${what}PerViewer`)).toMatchObject({
        AggregateKeyType: 'FORWARDED_IP',
        ForwardedIPConfig: { HeaderName: 'x-viewer-address', FallbackBehavior: 'MATCH' },
        ScopeDownStatement: {
          AndStatement: { Statements: expect.arrayContaining([throughCloudFront]) },
        },
      });
    }
  });

  test('is asked with the secret that the firewall looks for, which no template holds', () => {
    const [[secret]] = Object.entries(
      checkout.findOutputs('*', { Value: { Ref: Match.stringLikeRegexp('OriginSecret') } }),
    ) as [[string, { Export: { Name: string } }]];
    const { Export } = checkout.findOutputs(secret)[secret]!;

    web.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Origins: Match.arrayWith([
          Match.objectLike({
            OriginPath: Match.anyValue(),
            OriginCustomHeaders: [
              {
                HeaderName: 'x-origin-verify',
                HeaderValue: {
                  'Fn::Join': [
                    '',
                    ['{{resolve:secretsmanager:', { 'Fn::ImportValue': Export.Name }, ':SecretString:::}}'],
                  ],
                },
              },
            ],
          }),
        ]),
      },
    });
  });

  test.each([
    ['of the domain, where there is one', withKey.checkout, `https://${DOMAIN.name}/api`],
    [
      'of API Gateway, where CloudFront has no other name than its own',
      checkout,
      {
        'Fn::Join': [
          '',
          [
            'https://',
            { Ref: expect.stringMatching(/^Api/) },
            '.execute-api.',
            { Ref: 'AWS::Region' },
            '.',
            { Ref: 'AWS::URLSuffix' },
            '/v1',
          ],
        ],
      },
    ],
  ])('has the host in the links of messages: %s', (_, template, url) => {
    const { Variables } = functionOf(template, 'SendConfirmation').Properties.Environment;

    expect(Variables.API_URL).toEqual(url);
  });

  test.each([
    ['of the domain, where there is one', withKey, `https://${DOMAIN.name}`],
    ['none, where the config knows no address', withoutAddress, undefined],
  ])('has the host in the links to its pages: %s', (_, stacks, url) => {
    for (const name of ['DeliverEmail', 'DeliverSms', 'DeliverPush', 'TellOrder'] as const) {
      const template = name === 'TellOrder' ? stacks.order : stacks.notification;
      const { Variables } = functionOf(template, name).Properties.Environment;
      expect(Variables.STOREFRONT_URL).toBe(url);
    }
  });

  test('is known by CloudFront’s own name once the config has it, and a domain comes first', () => {
    const prod = STAGES.find(({ name }) => name === 'prod')!;
    const distributionDomainName = 'd111111abcdef8.cloudfront.net';

    expect(storefrontUrlOf({ ...prod, storefront: { distributionDomainName } })).toBe(
      'https://d111111abcdef8.cloudfront.net',
    );
    expect(storefrontUrlOf({ ...prod, storefront: { domain: DOMAIN, distributionDomainName } })).toBe(
      `https://${DOMAIN.name}`,
    );
    expect(storefrontUrlOf({ ...prod, storefront: undefined })).toBeUndefined();
  });

  test('proves itself to the API by the same secret, firewall or not: one method asks for it, and no template holds it', () => {
    const unwalled = stageOfProd({ webAcl: undefined }).template('Checkout');

    unwalled.resourceCountIs('AWS::WAFv2::WebACL', 0);
    for (const template of [checkout, unwalled]) {
      const [secret] = Object.keys(
        template.findResources('AWS::SecretsManager::Secret', {
          Properties: { GenerateSecretString: { PasswordLength: 64 } },
        }),
      );
      const asking = Object.values(template.findResources('AWS::ApiGateway::Method'))
        .map(({ Properties }) => JSON.stringify(Properties.Integration.RequestTemplates ?? {}))
        .filter((templates) => templates.includes('x-origin-verify'));
      expect(asking).toHaveLength(1);
      expect(asking[0]).toContain(`{{resolve:secretsmanager:",{"Ref":"${secret}"},":SecretString:::}}`);
    }
  });

  test('without a storefront has no secret, and a firewall that goes by the address alone', () => {
    const alone = stageOfProd({ storefront: undefined }).template('Checkout');

    alone.resourcePropertiesCountIs(
      'AWS::SecretsManager::Secret',
      Match.objectLike({ GenerateSecretString: { PasswordLength: 64 } }),
      0,
    );
    const { Properties } = Object.values(alone.findResources('AWS::WAFv2::WebACL'))[0]!;
    expect(Properties.Rules.map(({ Name }: { Name: string }) => Name)).toEqual([
      ...['PurchasesPerAddress', 'RequestsPerAddress'],
      ...['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet'],
    ]);
    expect(JSON.stringify(Properties)).not.toContain('x-origin-verify');
  });
});
