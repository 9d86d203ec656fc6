import { compileFilterPolicy } from '../../local/sns/filter-policy';

const attributes = {
  event: { DataType: 'String', StringValue: 'ticket.sold' },
  amount: { DataType: 'Number', StringValue: '49.90' },
  channels: { DataType: 'String.Array', StringValue: '["email","push",7,true,null]' },
  secret: { DataType: 'Binary', BinaryValue: 'AP8=' },
};

test.each([
  [{}, true],
  [{ event: ['ticket.sold'] }, true],
  [{ event: ['ticket.lost', 'ticket.sold'] }, true],
  [{ event: ['Ticket.Sold'] }, false],
  [{ event: ['ticket.sold'], amount: [1] }, false],
  [{ missing: ['x'] }, false],
  [{ toString: [{ exists: true }] }, false],
  [{ channels: ['push'] }, true],
  [{ channels: ['sms'] }, false],
  [{ channels: [7] }, true],
  [{ channels: ['7'] }, false],
  [{ channels: [null] }, true],
  [{ channels: [false] }, false],
  [{ amount: [49.9] }, true],
  [{ amount: ['49.90'] }, false],
  [{ amount: [{ numeric: ['=', 49.9] }] }, true],
  [{ amount: [{ numeric: ['>', 49.9] }] }, false],
  [{ amount: [{ numeric: ['>=', 0, '<', 50] }] }, true],
  [{ amount: [{ numeric: ['>', 0, '<=', 49] }] }, false],
  [{ event: [{ numeric: ['>', 0] }] }, false],
  [{ event: [{ prefix: 'ticket.' }] }, true],
  [{ event: [{ prefix: 'refund.' }, { suffix: '.sold' }] }, true],
  [{ event: [{ 'equals-ignore-case': 'TICKET.SOLD' }] }, true],
  [{ event: [{ 'anything-but': 'ticket.lost' }] }, true],
  [{ event: [{ 'anything-but': ['ticket.sold', 'ticket.lost'] }] }, false],
  [{ event: [{ 'anything-but': { prefix: 'ticket.' } }] }, false],
  [{ missing: [{ 'anything-but': 'x' }] }, false],
  // One element that is not excluded is enough.
  [{ channels: [{ 'anything-but': ['email'] }] }, true],
  [{ event: [{ exists: true }], missing: [{ exists: false }] }, true],
  [{ event: [{ exists: false }] }, false],
])('by attributes, %j passes: %s', (policy, passes) => {
  const filter = compileFilterPolicy(policy);

  expect(filter('message', attributes)).toBe(passes);
});

test.each([
  [{ status: ['CONFIRMED'] }, true],
  [{ buyer: { country: ['AT'] } }, true],
  [{ buyer: { country: ['DE'] } }, false],
  [{ seats: { tier: ['gold'] } }, true],
  [{ seats: { tier: ['bronze'] } }, false],
  [{ paid: [true], total: [{ numeric: ['>', 10] }] }, true],
  [{ buyer: { name: [{ exists: false }] } }, true],
])('by the body, %j passes: %s', (policy, passes) => {
  const body = {
    status: 'CONFIRMED',
    paid: true,
    total: 20,
    buyer: { country: 'AT' },
    seats: [{ tier: 'gold' }, { tier: 'silver' }],
  };
  const filter = compileFilterPolicy(policy, 'MessageBody');

  expect(filter(JSON.stringify(body), {})).toBe(passes);
});

test('a body that is not a JSON object passes no filter by the body', () => {
  const filter = compileFilterPolicy({ status: [{ exists: false }] }, 'MessageBody');

  expect(filter('plain text', {})).toBe(false);
});

test.each([
  ['$or', { $or: [{ a: ['x'] }, { b: ['y'] }] }],
  ['wildcard', { a: [{ wildcard: 'x*' }] }],
  ['cidr', { a: [{ cidr: '10.0.0.0/8' }] }],
  ['anything-but {"wildcard":"x*"}', { a: [{ 'anything-but': { wildcard: 'x*' } }] }],
])('the operator %s is refused by name', (operator, policy) => {
  expect(() => compileFilterPolicy(policy)).toThrow(
    `The SNS filter policy operator ${operator} is not supported`,
  );
});

test.each([
  'text',
  { a: 'x' },
  { a: { b: ['x'] } },
  { a: [{}] },
  { a: [{ prefix: 1 }] },
  { a: [{ numeric: ['~', 1] }] },
  { a: [{ numeric: [] }] },
  { a: [{ exists: 'yes' }] },
])('the malformed policy %j is an invalid parameter', (policy) => {
  expect(() => compileFilterPolicy(policy)).toThrow('Invalid parameter: FilterPolicy');
});
