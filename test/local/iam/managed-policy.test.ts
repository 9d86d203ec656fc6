import { managedPolicy } from '../../../local/iam/managed-policy';

const ARN = 'arn:aws:execute-api:us-east-1:000000000000:api/v1';
const allow = (...Resource: string[]) =>
  ({ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }) as const;

test.each([
  [true, 'POST/admissions', 'POST/admissions'],
  [false, 'POST/admissions', 'POST/admissions/x'],
  [false, 'POST/admissions', 'GET/admissions'],
  [true, 'GET/events/*/revocations', 'GET/events/gala/revocations'],
  [true, 'GET/events/*/revocations', 'GET/events/a/b/revocations'],
  [false, 'GET/events/*/revocations', 'GET/events/gala/seats'],
  [true, 'GET/events/?', 'GET/events/a'],
  [false, 'GET/events/?', 'GET/events/ab'],
  [false, 'GET/events/a.c', 'GET/events/abc'],
])('it is %p that %s lets call %s', (allowed, pattern, called) => {
  const policy = managedPolicy({ Statement: [allow(`${ARN}/${pattern}`)] });

  expect(policy.allows('execute-api:Invoke', `${ARN}/${called}`)).toBe(allowed);
});

test('an action is another, whatever its letters', () => {
  const policy = managedPolicy({ Statement: allow('*') });

  expect(policy.allows('EXECUTE-API:invoke', ARN)).toBe(true);
  expect(policy.allows('execute-api:ManageConnections', ARN)).toBe(false);
});

test('what one statement denies no other allows', () => {
  const policy = managedPolicy({ Statement: [allow('*'), { ...allow(`${ARN}/PUT/*`), Effect: 'Deny' }] });

  expect(policy.allows('execute-api:Invoke', `${ARN}/PUT/events/x`)).toBe(false);
  expect(policy.allows('execute-api:Invoke', `${ARN}/GET/events`)).toBe(true);
});

test.each(['Condition', 'NotAction', 'NotResource', 'Principal'])(
  'a statement with %s is refused by name',
  (element) => {
    expect(() => managedPolicy({ Statement: [{ ...allow('*'), [element]: {} }] })).toThrow(
      `The element ${element} of a statement`,
    );
  },
);
