import { countedAddress, UNREADABLE_ADDRESS } from '../../../lambda/purchase/counted-address';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
])('an IPv4 address counts as it is: %s', (address, counted) => {
  expect(countedAddress(address)).toBe(counted);
});

test.each(['::ffff:192.0.2.1', '::FFFF:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:ffff:192.0.2.1'])(
  'an IPv4 address inside IPv6 is the IPv4 address: %s',
  (address) => {
    expect(countedAddress(address)).toBe('192.0.2.1');
  },
);

test.each([
  '2001:db8:0:1::1',
  '2001:db8:0:1:ffff:ffff:ffff:ffff',
  '2001:0DB8:0000:0001:0000:0000:0000:0001',
  '2001:db8::1:0:0:192.0.2.1',
  '2001:db8:0:1::',
])('addresses of one /64 are one, however they are written: %s', (address) => {
  expect(countedAddress(address)).toBe('2001:db8:0:1::/64');
});

test.each([
  ['2001:db8:0:2::1', '2001:db8:0:2::/64'],
  ['2001:db9:0:1::1', '2001:db9:0:1::/64'],
  ['::1', '0:0:0:0::/64'],
  ['1::', '1:0:0:0::/64'],
  ['::1:2:3:4:5', '0:0:0:1::/64'],
  // Not the mapped ones: those have zeros before.
  ['1::ffff:192.0.2.1', '1:0:0:0::/64'],
])('another /64 is another: %s', (address, counted) => {
  expect(countedAddress(address)).toBe(counted);
});

test.each([
  ...['', ' ', 'unknown', '192.0.2', '192.0.2.256', '192.0.2.1.', '192.0.2.01', '192.0.2.1, 192.0.2.2'],
  ...[
    '192.0.2.1:443',
    '[2001:db8::1]',
    '2001:db8::1%eth0',
    '::ffff:192.0.2.1%1',
    '2001:db8:::1',
    '1:2:3',
    '0x7f.1',
  ],
  ...['3221225985', '2001:db8::1/64', '☃', 'a'.repeat(10_000)],
])('what is no address counts under one name, and is no error: %s', (address) => {
  expect(countedAddress(address)).toBe(UNREADABLE_ADDRESS);
});
