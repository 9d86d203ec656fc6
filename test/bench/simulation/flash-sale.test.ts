import { type FlashSale, simulateFlashSale } from '../../../bench/simulation/flash-sale';
import { ceilings, DEFAULT_QUOTAS, lowest, type Quotas } from '../../../bench/simulation/quotas';
import { TokenBucket } from '../../../bench/simulation/token-bucket';

/** A checkout of two seats: a transaction writes twice a seat, once to hold and once to sell. */
const USE = {
  seats: 2,
  steps: [
    { name: 'ReserveSeat', ms: 30, sectionUnits: 4, purchaseUnits: 3, stripeRequests: 0 },
    { name: 'ProcessPayment', ms: 1_100, sectionUnits: 0, purchaseUnits: 2, stripeRequests: 2 },
    { name: 'GenerateTicket', ms: 70, sectionUnits: 4, purchaseUnits: 2, stripeRequests: 0 },
  ],
  asking: [
    { name: 'ReserveSeat', ms: 30, sectionUnits: 4, purchaseUnits: 3, stripeRequests: 0 },
    { name: 'ProcessPayment', ms: 1_100, sectionUnits: 0, purchaseUnits: 4, stripeRequests: 2 },
  ],
  answered: [
    { name: 'ProcessPayment', ms: 700, sectionUnits: 0, purchaseUnits: 2, stripeRequests: 2 },
    { name: 'GenerateTicket', ms: 70, sectionUnits: 4, purchaseUnits: 2, stripeRequests: 0 },
  ],
};

const UNLIMITED = Object.fromEntries(
  Object.keys(DEFAULT_QUOTAS).map((name) => [name, 1e9]),
) as unknown as Quotas;

const SALE: FlashSale = {
  ...{ quotas: UNLIMITED, use: USE, seed: 1, seats: 4_000, sections: 1 },
  ...{ buyers: 2_000, arrivalSeconds: 20, buyerRetries: 0, limitSeconds: 600 },
};

test('a partition lets 125 checkouts of two seats through a second, and sections multiply it', () => {
  expect(ceilings(DEFAULT_QUOTAS, USE, 1)['Section partitions']).toBe(125);
  expect(ceilings(DEFAULT_QUOTAS, USE, 8)['Section partitions']).toBe(1_000);
});

test('what limits by time follows from how long a checkout takes', () => {
  const { 'Express concurrency': express } = ceilings({ ...DEFAULT_QUOTAS, expressConcurrency: 600 }, USE, 1);

  expect(express).toBe(500);
});

test('with the default quotas Stripe is the first to say no, at half of its requests', () => {
  expect(lowest(ceilings(DEFAULT_QUOTAS, USE, 8))).toEqual({ name: 'Stripe rate', perSecond: 50 });
});

test('without a limit every buyer has seats as soon as the steps allow', () => {
  const { seatsSold, seconds, gaveUp, soldOut } = simulateFlashSale(SALE);

  expect({ seatsSold, gaveUp, soldOut }).toEqual({ seatsSold: 4_000, gaveUp: 0, soldOut: 0 });
  expect(seconds).toBeCloseTo(21.2, 0);
});

test('no more seats are sold than there are', () => {
  const { seatsSold, soldOut } = simulateFlashSale({ ...SALE, seats: 1_000 });

  expect(seatsSold).toBe(1_000);
  expect(soldOut).toBe(1_500);
});

test.each([
  ['below what a partition takes, it is not noticed', 100, 0],
  ['above, buyers are turned away', 200, 1],
])('%s', (_, perSecond, atLeast) => {
  const buyers = perSecond * 20;
  const quotas = { ...UNLIMITED, partitionWriteUnits: 1_000 };
  const outcome = simulateFlashSale({ ...SALE, quotas, seats: 10_000, buyers });

  expect(outcome.gaveUp > 0).toBe(atLeast > 0);
  expect(outcome.perSecond).toBeLessThanOrEqual(130);
});

test('four sections sell four times as fast as a partition allows', () => {
  const quotas = { ...UNLIMITED, partitionWriteUnits: 250 };
  const even = { ...SALE, quotas, seats: 20_000, buyers: 20 * 100 };

  const one = simulateFlashSale(even);
  const four = simulateFlashSale({ ...even, sections: 4 });

  expect(one.gaveUp).toBeGreaterThan(0);
  expect(four.perSecond).toBeGreaterThan(3 * one.perSecond);
  expect(four.perSecond).toBeLessThanOrEqual(125 * 1.05);
});

test('when half of the buyers want one section, more sections help little', () => {
  const quotas = { ...UNLIMITED, partitionWriteUnits: 250 };
  const sale = { ...SALE, quotas, seats: 40_000, sections: 8, buyers: 20 * 200 };

  const even = simulateFlashSale(sale);
  const hot = simulateFlashSale({ ...sale, hotShare: 0.5 });

  expect(even.hits['Section partitions']).toBeLessThan(hot.hits['Section partitions'] / 4);
});

test('the API’s throttle lets its burst and its rate through', () => {
  const quotas = { ...UNLIMITED, apiRate: 50, apiBurst: 100 };
  const { seatsSold } = simulateFlashSale({ ...SALE, quotas });

  expect(seatsSold / 2).toBeGreaterThan(0.97 * (100 + 20 * 50));
  expect(seatsSold / 2).toBeLessThanOrEqual(100 + 20 * 50);
});

describe('buyers whose bank asks', () => {
  const ASKED: FlashSale = { ...SALE, askedShare: 1 };

  test('cost a quota what both of their executions use', () => {
    const stripe = (share: number) => ceilings(DEFAULT_QUOTAS, USE, 8, share)['Stripe rate'];

    expect([stripe(0), stripe(0.5), stripe(1)]).toEqual([50, 100 / 3, 25]);
  });

  test('hold their seats meanwhile, and have them when they have answered', () => {
    const asked = simulateFlashSale(ASKED);
    const unasked = simulateFlashSale(SALE);

    expect([asked.seatsSold, asked.seatsBack]).toEqual([4_000, 0]);
    expect(asked.seatsAwaiting).toBeGreaterThan(2_000);
    expect(unasked.seatsAwaiting).toBe(0);
    expect(asked.seconds).toBeGreaterThan(unasked.seconds + 60);
  });

  test('who never answer give back every seat', () => {
    const { seatsSold, seatsBack } = simulateFlashSale({ ...ASKED, leftShare: 1 });

    expect([seatsSold, seatsBack]).toEqual([0, 4_000]);
  });

  test('leave no execution running while the bank asks', () => {
    const quotas = { ...UNLIMITED, expressConcurrency: 300 };
    const { hits, gaveUp } = simulateFlashSale({ ...ASKED, quotas });

    expect([hits['Express concurrency'], gaveUp]).toEqual([0, 0]);
  });
});

describe('a waiting room', () => {
  const CROWD: FlashSale = { ...SALE, quotas: DEFAULT_QUOTAS, sections: 8, buyerRetries: 5 };
  const crowded = { ...CROWD, seats: 10_000, buyers: 20_000, arrivalSeconds: 30, limitSeconds: 3_600 };

  test('that lets in what the lowest quota takes sells every seat, and refuses nobody', () => {
    const crowd = simulateFlashSale(crowded);
    const queue = simulateFlashSale({ ...crowded, admittedPerSecond: 45 });

    expect(crowd.gaveUp).toBeGreaterThan(10_000);
    expect(crowd.seatsSold).toBeLessThan(10_000);
    expect([queue.gaveUp, queue.seatsSold]).toEqual([0, 10_000]);
    expect(queue.perSecond).toBeLessThanOrEqual(45 * 1.05);
  });

  test('that lets in more than that helps nobody', () => {
    const { gaveUp } = simulateFlashSale({ ...crowded, admittedPerSecond: 500 });

    expect(gaveUp).toBeGreaterThan(5_000);
  });
});

test('the same seed gives the same sale, another one another', () => {
  const crowded = { ...SALE, quotas: DEFAULT_QUOTAS, buyerRetries: 3 };

  expect(simulateFlashSale(crowded)).toEqual(simulateFlashSale(crowded));
  expect(simulateFlashSale({ ...crowded, seed: 2 })).not.toEqual(simulateFlashSale(crowded));
});

test('a token bucket gives its burst at once and its rate after', () => {
  const bucket = new TokenBucket(10, 5);

  expect(bucket.take(5, 0)).toBe(true);
  expect(bucket.take(1, 50)).toBe(false);
  expect(bucket.take(1, 100)).toBe(true);
  expect(bucket.take(6, 60_000)).toBe(false);
  expect(bucket.take(5, 60_000)).toBe(true);
});
