import { type FoundPurchase } from '../../../lambda/buyer/buyer-answers';
import { purchasesCsv } from '../../../lambda/buyer/purchases-csv';

const SALE: FoundPurchase = {
  ...{ reference: '0123456789', status: 'CONFIRMED', eventId: 'gala', seats: ['A-1', 'A-2'] },
  ...{ amount: 24_000, currency: 'EUR', createdAt: '2027-03-01T10:00:00Z' },
  buyer: { name: 'Ada Lovelace', email: 'ada@example.com', phone: '+4915112345678' },
};

const rowsOf = (csv: string) => csv.split('\r\n');

test('a sale is a row: its amounts as decimals, the fee and what is left in the currency of the payout', () => {
  const csv = purchasesCsv(
    [SALE],
    new Map([['0123456789', { fee: 61_500, net: 2_400_000, currency: 'JPY' }]]),
  );

  expect(rowsOf(csv)).toEqual([
    'reference,status,seats,admitted,name,email,phone,bought_at,currency,amount,given_back,payout_currency,fee,net',
    `0123456789,CONFIRMED,A-1 A-2,0,Ada Lovelace,ada@example.com,"'+4915112345678",2027-03-01T10:00:00Z,EUR,240.00,0.00,JPY,61500,2400000`,
    '',
  ]);
});

test.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+1', `"'+1"`],
  ['-1+2', `"'-1+2"`],
  ['@SUM(A1)', `"'@SUM(A1)"`],
  ['\tx', `"'\tx"`],
  ['O’Brien, Ann', '"O’Brien, Ann"'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['a "b"', '"a ""b"""'],
])('the name %j is text in a sheet, and one cell', (name, cell) => {
  const csv = purchasesCsv([{ ...SALE, buyer: { name, email: 'ada@example.com' } }], new Map());

  expect(csv).toContain(`,0,${cell},ada@example.com,`);
});

test('a buyer who is erased, and a payment of which Stripe says nothing, leave their cells empty', () => {
  const { buyer: _, ...erased } = SALE;

  expect(rowsOf(purchasesCsv([erased], new Map()))[1]).toBe(
    '0123456789,CONFIRMED,A-1 A-2,0,,,,2027-03-01T10:00:00Z,EUR,240.00,0.00,,,',
  );
});
