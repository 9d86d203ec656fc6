import { type Statement, type WebRequest } from '../../../local/waf/statement';
import { WebAcl, type Rule } from '../../../local/waf/web-acl';

const MINUTE = 60_000;
const NONE = [{ Priority: 0, Type: 'NONE' }];
const BLOCK = { Block: {} };

const path = (
  SearchString: string,
  PositionalConstraint = 'EXACTLY',
  TextTransformations = NONE,
): Statement => ({
  ByteMatchStatement: {
    FieldToMatch: { UriPath: {} },
    SearchString,
    PositionalConstraint,
    TextTransformations,
  },
});
const method = (SearchString: string): Statement => ({
  ByteMatchStatement: {
    ...{ FieldToMatch: { Method: {} }, SearchString },
    ...{ PositionalConstraint: 'EXACTLY', TextTransformations: NONE },
  },
});
const regex = (RegexString: string): Statement => ({
  RegexMatchStatement: { FieldToMatch: { UriPath: {} }, RegexString, TextTransformations: NONE },
});
const rule = (Statement: Rule['Statement'], Name = 'Rule', Priority = 0): Rule => ({
  ...{ Name, Priority, Action: BLOCK, Statement },
});
const acl = (...Rules: Rule[]) => new WebAcl({ DefaultAction: { Allow: {} }, Rules });
const ask = (given: Partial<WebRequest> = {}): WebRequest => ({
  ...{ method: 'GET', uriPath: '/v1/events', headers: {}, sourceIp: '127.0.0.2' },
  ...given,
});
const rate = (given: object = {}) =>
  rule({ RateBasedStatement: { Limit: 10, AggregateKeyType: 'IP', ...given } }, 'Rate');

/** Sends so many at this moment. @returns how many were let through */
function passed(firewall: WebAcl, times: number, now: number, given: Partial<WebRequest> = {}): number {
  const answers = Array.from({ length: times }, () => firewall.blockedBy(ask(given), now));
  return answers.filter((blocked) => blocked === undefined).length;
}

test.each<[string, Statement, boolean]>([
  ['EXACTLY', path('/v1/events'), true],
  ['EXACTLY, a part', path('/events'), false],
  ['STARTS_WITH', path('/v1', 'STARTS_WITH'), true],
  ['ENDS_WITH', path('/events', 'ENDS_WITH'), true],
  ['ENDS_WITH, the start', path('/v1', 'ENDS_WITH'), false],
  ['CONTAINS', path('1/e', 'CONTAINS'), true],
  [
    'LOWERCASE looks at the request',
    path('/V1/EVENTS', 'EXACTLY', [{ Priority: 0, Type: 'LOWERCASE' }]),
    false,
  ],
  ['a regular expression', regex('^/v1/[^/]+$'), true],
  ['another', regex('^/[^/]+$'), false],
  ['NOT', { NotStatement: { Statement: method('GET') } }, false],
  ['AND', { AndStatement: { Statements: [method('GET'), path('/x')] } }, false],
  ['OR', { OrStatement: { Statements: [method('PUT'), path('/v1/events')] } }, true],
  [
    'a header that is not there',
    {
      ByteMatchStatement: {
        ...{ FieldToMatch: { SingleHeader: { Name: 'X-Key' } }, SearchString: 'k' },
        ...{ PositionalConstraint: 'EXACTLY', TextTransformations: NONE },
      },
    },
    false,
  ],
])('a statement matches: %s', (_, statement, matches) => {
  expect(acl(rule(statement)).blockedBy(ask(), 0)).toBe(matches ? 'Rule' : undefined);
});

test.each<[string, Rule, string]>([
  ['a geographic match', rule({ GeoMatchStatement: {} } as Statement), 'GeoMatchStatement'],
  [
    'the body',
    rule({
      RegexMatchStatement: {
        FieldToMatch: { Body: {} } as object,
        RegexString: 'x',
        TextTransformations: NONE,
      },
    }),
    'Body',
  ],
  ['a transformation', rule(path('/', 'EXACTLY', [{ Priority: 0, Type: 'CMD_LINE' }])), 'CMD_LINE'],
  ['a word', rule(path('v1', 'CONTAINS_WORD')), 'CONTAINS_WORD'],
  ['another key', rate({ AggregateKeyType: 'CUSTOM_KEYS' }), 'CUSTOM_KEYS'],
  ['custom keys', rate({ CustomKeys: [] }), 'CustomKeys'],
  ['another action', { ...rate(), Action: { Captcha: {} } }, 'Rate'],
  ['an answer of its own', { ...rate(), Action: { Block: { CustomResponse: {} } } }, 'Rate'],
])('refuses by name what is not played here: %s', (_, one, named) => {
  expect(() => acl(one)).toThrow(expect.objectContaining({ name: 'UnsupportedLocally' }));
  expect(() => acl(one)).toThrow(new RegExp(named));
});

test.each<[string, Rule]>([
  ['a limit below ten', rate({ Limit: 9 })],
  ['a window of its own length', rate({ EvaluationWindowSec: 90 })],
  ['a forwarded address without a header', rate({ AggregateKeyType: 'FORWARDED_IP' })],
  ['an AND of one', rule({ AndStatement: { Statements: [method('GET')] } })],
  ['a regular expression of 513 characters', rule(regex('a'.repeat(513)))],
])('refuses what AWS WAF refuses: %s', (_, one) => {
  expect(() => acl(one)).toThrow(/^WAF\w+Exception: /);
});

test('lets through as many as the limit says, for each address', () => {
  const firewall = acl(rate());

  expect(passed(firewall, 12, 0)).toBe(10);
  expect(passed(firewall, 12, 0, { sourceIp: '127.0.0.3' })).toBe(10);
});

test('the window slides, and who goes on stays blocked', () => {
  const firewall = acl(rate({ EvaluationWindowSec: 60 }));
  passed(firewall, 10, 0);

  expect(passed(firewall, 10, MINUTE - 1)).toBe(0);
  expect(passed(firewall, 1, MINUTE + 1)).toBe(0);
  expect(passed(firewall, 1, 2 * MINUTE + 1)).toBe(1);
});

test('the window is five minutes unless the rule says otherwise', () => {
  const firewall = acl(rate());
  passed(firewall, 10, 0);

  expect(passed(firewall, 1, 5 * MINUTE - 1)).toBe(0);
  expect(passed(firewall, 10, 10 * MINUTE)).toBe(10);
});

test('counts what the scope says, and nothing else', () => {
  const firewall = acl(rate({ ScopeDownStatement: method('POST') }));

  expect(passed(firewall, 100, 0)).toBe(100);
  expect(passed(firewall, 100, 0, { method: 'POST' })).toBe(10);
});

test.each([
  ['by the first of several addresses', '192.0.2.1, 192.0.2.2', 10],
  ['an IPv6 address', '2001:db8::1', 10],
  ['not at all without the header', undefined, 100],
])('counts a forwarded address: %s', (_, header, through) => {
  const ForwardedIPConfig = { HeaderName: 'X-Viewer', FallbackBehavior: 'MATCH' };
  const firewall = acl(rate({ AggregateKeyType: 'FORWARDED_IP', ForwardedIPConfig }));

  expect(passed(firewall, 100, 0, { headers: header ? { 'x-viewer': header } : {} })).toBe(through);
});

test.each([
  ['MATCH', 0],
  ['NO_MATCH', 100],
])('what is no address is for the fallback: %s', (FallbackBehavior, through) => {
  const ForwardedIPConfig = { HeaderName: 'x-viewer', FallbackBehavior };
  const firewall = acl(rate({ AggregateKeyType: 'FORWARDED_IP', ForwardedIPConfig }));

  expect(passed(firewall, 100, 0, { headers: { 'x-viewer': 'unknown' } })).toBe(through);
});

test('rules are asked by priority, and one that blocks ends it', () => {
  const firewall = acl({ ...rate(), Priority: 1 }, rule(method('POST'), 'First', 0));

  expect(firewall.blockedBy(ask({ method: 'POST' }), 0)).toBe('First');
  expect(passed(firewall, 20, 0)).toBe(10);
});

test('groups of managed rules block nothing', () => {
  const Statement = { ManagedRuleGroupStatement: { Name: 'AWSManagedRulesCommonRuleSet' } };

  expect(acl({ Name: 'Common', Priority: 0, Statement }).blockedBy(ask(), 0)).toBeUndefined();
});

test('forgets what it counted', () => {
  const firewall = acl(rate());
  passed(firewall, 20, 0);

  firewall.reset();

  expect(passed(firewall, 20, 0)).toBe(10);
});
