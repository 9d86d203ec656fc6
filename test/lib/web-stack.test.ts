import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { App, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import cdkJson from '../../cdk.json';
import { STAGES, type StorefrontConfig } from '../../lib/config';
import { EventProStage } from '../../lib/eventpro-stage';
import { securityHeaders } from '../../lib/web/security-headers';

/** The stacks of prod with this storefront, and the folder of their assembly. */
function webStack(storefront: StorefrontConfig) {
  const app = new App({ context: cdkJson.context });
  const prod = STAGES.find(({ name }) => name === 'prod')!;
  const stage = new EventProStage(app, 'EventPro-prod', { ...prod, storefront });
  const template = (id: string) => Template.fromStack(stage.node.findChild(id) as Stack);
  return { web: template('Web'), checkout: template('Checkout'), folder: app.synth().directory };
}

const DOMAIN = {
  name: 'tickets.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0b1c',
};
const { web, checkout, folder } = webStack({});
const withKey = webStack({ domain: DOMAIN, stripePublishableKey: 'pk_test_1' });

test('only the stages that say so have a storefront', () => {
  const withStorefront = STAGES.filter(({ storefront }) => storefront).map(({ name }) => name);

  expect(withStorefront).toEqual(['prod']);
});

describe('the pages', () => {
  test('are deployed without what belongs to the local run, the console and the tool chain', () => {
    const pages = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.startsWith('asset.'))
      .map(({ name }) => readdirSync(join(folder, name)))
      .find((files) => files.includes('index.html'))!;

    const inRepository = readdirSync(join(__dirname, '../../web'));
    const left = inRepository.filter((file) => !pages.includes(file)).sort();
    expect(left.filter((file) => file !== 'console')).toEqual([
      'config.json',
      'demo-event.json',
      'local-run',
      'tsconfig.json',
    ]);
  });

  test('import nothing that is not deployed', () => {
    const page = readFileSync(join(__dirname, '../../web/index.html'), 'utf8');

    expect(page).not.toContain('local-run');
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

  test('are asked for by HTTPS, HTTP/2 or 3, and each request is logged', () => {
    web.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        HttpVersion: 'http2and3',
        Logging: { Prefix: 'cloudfront/' },
        DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https' },
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

  test('let Stripe in only where there is a key', () => {
    expect(securityHeaders({ stripe: false })['content-security-policy']).not.toContain('stripe');
    expect(securityHeaders({ stripe: true })['content-security-policy']).toContain(
      "script-src 'self' https://js.stripe.com",
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

  test('has a firewall that counts buyers, not the addresses of CloudFront', () => {
    checkout.hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: Match.arrayWith([
        Match.objectLike({
          Name: 'RatePerAddress',
          Statement: { RateBasedStatement: { ScopeDownStatement: { NotStatement: Match.anyValue() } } },
        }),
        Match.objectLike({
          Name: 'RatePerViewer',
          Statement: {
            RateBasedStatement: {
              AggregateKeyType: 'FORWARDED_IP',
              ForwardedIPConfig: { HeaderName: 'x-viewer-address' },
            },
          },
        }),
      ]),
    });
  });
});
