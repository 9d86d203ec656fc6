import { type Template } from 'aws-cdk-lib/assertions';
import { STAGES } from '../../lib/config';
import { WebAcl, type WebAclProperties } from '../../local/waf/web-acl';
import { type WebRequest } from '../../local/waf/statement';
import { synthesizedStage } from '../support/synthesized-stage';

const SECRET = 'known-to-cloudfront-and-the-firewall';

/** Whom a stadium, an office or Stripe must never be blocked on: who calls proves who it is. All else is the public's. */
const PUBLIC_ROUTES = [
  ...['POST /purchases', 'GET /purchases/{purchaseId}', 'GET /purchases/{purchaseId}/ticket'],
  ...['authentication', 'abandonment'].map((end) => `POST /purchases/{purchaseId}/${end}`),
  ...['GET /purchases/{purchaseId}/authentication', 'GET /unsubscriptions/{token}'],
  ...['GET /events', 'GET /events/{eventId}/seats', 'GET /ticket-keys', 'GET /openapi.json'],
  ...['GET /events/{eventId}/extras', 'POST /orders', 'GET /orders/{orderId}'],
  ...['GET', 'POST'].map((method) => `${method} /orders/{orderId}/authentication`),
].flatMap((route) => (route.startsWith('GET') ? [route, route.replace('GET', 'HEAD')] : [route]));

const firewalled = STAGES.filter(({ webAcl }) => webAcl).map(({ name, webAcl }) => ({
  ...{ name, limits: webAcl! },
  checkout: synthesizedStage(name).checkout,
}));

test('prod has a firewall, and so has its rehearsal', () => {
  expect(firewalled.map(({ name }) => name)).toEqual(['prod', 'staging']);
  for (const { checkout } of firewalled) checkout.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1);
});

describe.each(firewalled)('the firewall of $name', ({ checkout, limits }) => {
  const { perAddress, purchasesPerAddress } = limits;
  const routes = routesOf(checkout);
  const open = routes.filter((route) => PUBLIC_ROUTES.includes(route) || /^(OPTIONS|ANY) /.test(route));
  const proven = routes.filter((route) => !open.includes(route));
  // Whoever orders is counted as whoever buys.
  const reads = open.filter((route) => route !== 'POST /purchases' && route !== 'POST /orders');

  test('is stricter with purchases, and lets an office of buyers through', () => {
    expect(purchasesPerAddress.requests).toBeLessThan(perAddress.requests / 10);
    expect(purchasesPerAddress.requests).toBeGreaterThanOrEqual(20);
  });

  test.each([
    ['as the API has it', '/v1/purchases'],
    ['with a slash at its end, which API Gateway overlooks', '/v1/purchases/'],
    ['percent-encoded', '/v1/%70urchases'],
    ['twice percent-encoded', '/v1/%2570urchases'],
    ['with two slashes', '/v1//purchases'],
    ['in capitals', '/v1/PURCHASES'],
    ['with the end of a signed one encoded', '/v1/purchases%2Fticket-checks'],
    ['under a signed one', '/v1/ticket-checks/purchases'],
    ['of extras', '/v1/orders'],
    ['of extras, as a follow-up of none', '/v1/orders//authentication'],
  ])('counts a try to buy however the path is spelt: %s', (_, uriPath) => {
    const acl = webAclOf(checkout);

    const blocked = firstBlocked(acl, { method: 'POST', uriPath }, purchasesPerAddress.requests + 1);

    expect(blocked).toEqual({ after: purchasesPerAddress.requests, by: 'PurchasesPerAddress' });
  });

  test('counts each address for itself', () => {
    const acl = webAclOf(checkout);
    firstBlocked(acl, { method: 'POST', uriPath: '/v1/purchases' }, 100);

    const other = request({ method: 'POST', uriPath: '/v1/purchases', sourceIp: '192.0.2.2' });

    expect(acl.blockedBy(other, 0)).toBeUndefined();
  });

  test('whoever is blocked from buying can still look, and fetch the ticket', () => {
    const acl = webAclOf(checkout);
    firstBlocked(acl, { method: 'POST', uriPath: '/v1/purchases' }, 1_000);

    expect(reads.map((route) => acl.blockedBy(call(route), 0))).toEqual(reads.map(() => undefined));
  });

  test.each(reads)('counts %s by the limit for all', (route) => {
    const blocked = firstBlocked(webAclOf(checkout), call(route), perAddress.requests + 1);

    expect(blocked).toEqual({ after: perAddress.requests, by: 'RequestsPerAddress' });
  });

  test.each(proven)('never blocks %s, whose caller proves who it is', (route) => {
    const acl = webAclOf(checkout);

    expect(firstBlocked(acl, call(route), 10_000)).toBeUndefined();
    expect(
      firstBlocked(acl, { ...call(route), headers: fromCloudFront('192.0.2.9') }, 10_000),
    ).toBeUndefined();
  });

  test.each(proven)("leaves %s out of AWS's common rules, which refuse a body over 8 KB", (route) => {
    expect(commonRulesLookAt(checkout, call(route))).toBe(false);
  });

  test.each(open)("looks at %s by AWS's common rules", (route) => {
    expect(commonRulesLookAt(checkout, call(route))).toBe(true);
  });

  test('counts who comes through CloudFront by the address that it tells', () => {
    const acl = webAclOf(checkout);
    const buy = { method: 'POST', uriPath: '/v1/purchases' };

    const blocked = firstBlocked(acl, { ...buy, headers: fromCloudFront('192.0.2.1') }, 100);

    expect(blocked).toEqual({ after: purchasesPerAddress.requests, by: 'PurchasesPerViewer' });
    expect(acl.blockedBy(request({ ...buy, headers: fromCloudFront('192.0.2.2') }), 0)).toBeUndefined();
  });

  test('believes the address of nobody without the secret', () => {
    const acl = webAclOf(checkout);
    const forged = (number: number) =>
      request({
        ...{ method: 'POST', uriPath: '/v1/purchases' },
        headers: { ...fromCloudFront(`192.0.2.${number}`), 'x-origin-verify': 'guessed' },
      });

    const answers = Array.from({ length: purchasesPerAddress.requests + 1 }, (_, n) =>
      acl.blockedBy(forged(n), 0),
    );

    expect(answers.at(-1)).toBe('PurchasesPerAddress');
  });

  test('blocks who comes through CloudFront with what is no address', () => {
    const unreadable = { method: 'GET', uriPath: '/v1/events', headers: fromCloudFront('unknown') };

    expect(webAclOf(checkout).blockedBy(request(unreadable), 0)).toBe('RequestsPerViewer');
  });
});

/** `GET /events/{eventId}`, as the templates of API Gateway have it. */
function routesOf(checkout: Template): string[] {
  const resources = checkout.findResources('AWS::ApiGateway::Resource');
  const pathOf = (id: string | undefined): string =>
    id && resources[id]
      ? `${pathOf(resources[id].Properties.ParentId.Ref)}/${resources[id].Properties.PathPart}`
      : '';
  return Object.values(checkout.findResources('AWS::ApiGateway::Method')).map(
    ({ Properties }) => `${Properties.HttpMethod} ${pathOf(Properties.ResourceId.Ref)}`,
  );
}

function webAclOf(checkout: Template, rules?: (all: RuleJson[]) => RuleJson[]): WebAcl {
  const { Properties } = Object.values(checkout.findResources('AWS::WAFv2::WebACL'))[0]!;
  const text = JSON.stringify({ ...Properties, Rules: rules ? rules(Properties.Rules) : Properties.Rules });
  // The dynamic reference to the secret, which CloudFormation fills in.
  const filledIn = text.replaceAll(
    /\{"Fn::Join":\["",\["\{\{resolve:secretsmanager:.*?\]\]\}/g,
    `"${SECRET}"`,
  );
  return new WebAcl(JSON.parse(filledIn) as WebAclProperties);
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- CloudFormation's own shape, as `Template` types it
type RuleJson = any;

/** Whether the group of rules is asked, played by a rule with the same scope that blocks all. */
function commonRulesLookAt(checkout: Template, asked: WebRequest): boolean {
  const acl = webAclOf(checkout, (rules) => {
    const { Statement, ...rule } = rules.find(({ Name }) => Name === 'AWSManagedRulesCommonRuleSet')!;
    const { ScopeDownStatement } = Statement.ManagedRuleGroupStatement;
    return [{ ...rule, Action: { Block: {} }, Statement: ScopeDownStatement }];
  });
  return acl.blockedBy(asked, 0) !== undefined;
}

function call(route: string): WebRequest {
  const [method = '', path = ''] = route.split(' ');
  return request({ method, uriPath: `/v1${path.replaceAll(/\{\w+\}/g, '0b1c2d3e-4f50')}` });
}

function request(given: Partial<WebRequest>): WebRequest {
  return { method: 'GET', uriPath: '/v1', headers: {}, sourceIp: '192.0.2.1', ...given };
}

function fromCloudFront(viewer: string): WebRequest['headers'] {
  return { 'x-origin-verify': SECRET, 'x-viewer-address': viewer };
}

/** Sends the request so many times in one moment. */
function firstBlocked(
  acl: WebAcl,
  asked: Partial<WebRequest>,
  times: number,
): { after: number; by: string } | undefined {
  for (let after = 0; after < times; after++) {
    const by = acl.blockedBy(request(asked), 0);
    if (by) return { after, by };
  }
  return undefined;
}
