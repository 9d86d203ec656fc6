import { packageOf, packagesOf } from '../../bench/bundles';
import { misplacedIn } from '../../bench/cold-start/cold-start';

test.each([
  ['node_modules/stripe/esm/stripe.js', 'stripe'],
  ['node_modules/@aws-sdk/core/dist-es/index.js', '@aws-sdk/core'],
  ['node_modules/asn1js/node_modules/tslib/tslib.js', 'tslib'],
  ['lambda/seat/reserve-seat.ts', '(own code)'],
])('%s belongs to %s', (path, name) => {
  expect(packageOf(path)).toBe(name);
});

test('bytes are summed by package, largest first, without what was shaken off', () => {
  const shares = packagesOf({
    'lambda/a.ts': { bytesInOutput: 10 },
    'node_modules/zod/a.js': { bytesInOutput: 20 },
    'node_modules/zod/b.js': { bytesInOutput: 30 },
    'node_modules/unused/a.js': { bytesInOutput: 0 },
  });

  expect(shares).toEqual([
    { name: 'zod', bytes: 50 },
    { name: '(own code)', bytes: 10 },
  ]);
});

test('the PDF library belongs to GenerateTicket alone, Stripe to the payment', () => {
  const packages = [
    { name: '@cantoo/pdf-lib', bytes: 1 },
    { name: 'stripe', bytes: 1 },
    { name: 'zod', bytes: 1 },
  ];

  expect(misplacedIn({ name: 'ReserveSeat', packages })).toEqual(['@cantoo/pdf-lib', 'stripe']);
  expect(misplacedIn({ name: 'GenerateTicket', packages })).toEqual(['stripe']);
  expect(misplacedIn({ name: 'ProcessPayment', packages })).toEqual(['@cantoo/pdf-lib']);
});
