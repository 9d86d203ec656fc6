import { AttemptStorage } from '../../web/attempt-storage.js';
import { type Attempt, begin, type OrderAttempt } from '../../web/attempt.js';
import { memoryStorage } from './memory-storage';

const REQUEST = {
  eventId: 'demo',
  seats: ['A-1'],
  buyer: { name: 'Ann Lee', email: 'ann@example.com' },
  paymentMethod: 'pm_card_visa',
  expectedTotal: { amount: 12_000, currency: 'EUR' },
};
const ATTEMPT: Attempt = begin('key-1', { of: 'purchase', request: REQUEST, seats: [] }, 1_000);

function storageOf(tab = memoryStorage(), browser = memoryStorage()) {
  return {
    storage: new AttemptStorage<Attempt>(
      'purchase',
      () => tab,
      () => browser,
    ),
    tab,
    browser,
  };
}

test('its own tab has all of it, another the purchase without who buys', () => {
  const { storage, browser } = storageOf();

  storage.save(ATTEMPT);

  expect(storage.load('demo')).toEqual(ATTEMPT);
  expect(storageOf(memoryStorage(), browser).storage.load('demo')).toEqual({
    ...{ of: 'purchase', key: 'key-1', phase: 'checking', sentAt: 1_000, answered: false, seats: [] },
    request: { eventId: 'demo', seats: ['A-1'], expectedTotal: REQUEST.expectedTotal },
  });
});

test('of several, another tab shows the newest of its event', () => {
  const { storage, browser } = storageOf();
  storage.save(ATTEMPT);
  storage.save({ ...ATTEMPT, key: 'key-2', sentAt: 3_000 });
  storage.save({ ...ATTEMPT, key: 'key-3', sentAt: 2_000 });
  storage.save({ ...ATTEMPT, key: 'key-4', sentAt: 4_000, request: { ...REQUEST, eventId: 'gala' } });

  expect(storageOf(memoryStorage(), browser).storage.load('demo')?.key).toBe('key-2');
});

test.each<[string, (storage: AttemptStorage<Attempt>) => void, number]>([
  ['confirmed', (storage) => storage.save({ ...ATTEMPT, phase: 'confirmed' }), 1],
  ['forgotten', (storage) => storage.forget(ATTEMPT), 0],
])('one that is %s is known to no other tab', (_, settle, kept) => {
  const { storage, tab, browser } = storageOf();
  storage.save(ATTEMPT);

  settle(storage);

  expect([tab.length, browser.length]).toEqual([kept, 0]);
});

test('what is not new is not written: every write wakes the other tabs', () => {
  const { storage, browser } = storageOf();
  const write = jest.spyOn(browser, 'setItem');

  storage.save(ATTEMPT);
  storage.save({ ...ATTEMPT, sale: { status: 'PENDING' } as Attempt['sale'] });

  expect(write).toHaveBeenCalledTimes(1);
});

test.each(['', 'null', '{', '"text"', '{"key":1}', '{"key":"key-1"}', '[]'])(
  'what somebody else has written there is none: %s',
  (text) => {
    const { storage, tab, browser } = storageOf();
    tab.setItem('eventpro.purchase', text);
    browser.setItem('eventpro.purchase.key-1', text);

    expect([storage.load('demo'), storage.listOpen()]).toEqual([undefined, []]);
  },
);

test('where the browser refuses to keep anything, nothing is found and nothing breaks', () => {
  const refuse = (): never => {
    throw new DOMException('Storage is blocked.', 'SecurityError');
  };
  const storage = new AttemptStorage<Attempt>('purchase', refuse, refuse);

  storage.save(ATTEMPT);
  storage.forget(ATTEMPT);

  expect([storage.load('demo'), storage.listOpen()]).toEqual([undefined, []]);
});

describe('an order of extras', () => {
  const extras = [{ extraId: 'programme', name: 'Programme', price: 500, available: 3 }];
  const request = {
    ...{ eventId: 'demo', items: [{ extraId: 'programme', quantity: 1 }], buyer: REQUEST.buyer },
    ...{ paymentMethod: 'pm_card_visa', purchaseId: 'key-1' },
  };
  const ORDER: OrderAttempt = begin('key-2', { of: 'order', request, extras }, 2_000);

  test('is kept beside the purchase, and another tab finds no more of it than what it needs', () => {
    const { storage, tab, browser } = storageOf();
    const storageOfOrders = (here: typeof tab) =>
      new AttemptStorage<OrderAttempt>(
        'order',
        () => here,
        () => browser,
      );
    storage.save(ATTEMPT);
    storageOfOrders(tab).save(ORDER);

    expect([storage.load('demo'), storageOfOrders(tab).load('demo')]).toEqual([ATTEMPT, ORDER]);
    expect(storageOfOrders(memoryStorage()).load('demo')).toEqual({
      ...{ of: 'order', key: 'key-2', phase: 'checking', sentAt: 2_000, answered: false, extras },
      request: { eventId: 'demo', items: request.items },
    });
  });
});

test('what a page before this one has kept is found', () => {
  const { storage, tab } = storageOf();
  const purchase = { purchaseId: 'key-1', status: 'CONFIRMED' };
  tab.setItem('eventpro.purchase', JSON.stringify({ ...ATTEMPT, of: undefined, purchase }));

  expect(storage.load('demo')).toMatchObject({ of: 'purchase', sale: purchase });
});

describe('the page of one purchase', () => {
  const OTHER = { ...ATTEMPT, key: 'key-2' };

  test('finds its own, in this tab with all of it, and in the browser', () => {
    const { storage, browser } = storageOf();
    storage.save(ATTEMPT);

    expect(storage.only('key-1').load()).toEqual(ATTEMPT);
    expect(storageOf(memoryStorage(), browser).storage.only('key-1').load()).toMatchObject({ key: 'key-1' });
    expect(storage.only('key-2').load()).toBeUndefined();
  });

  test.each<[string, (kept: ReturnType<AttemptStorage<Attempt>['only']>) => void, string[]]>([
    ['is open', (kept) => kept.save(OTHER), ['key-1', 'key-2']],
    ['is confirmed', (kept) => kept.save({ ...OTHER, phase: 'confirmed' }), ['key-1']],
    ['is forgotten', (kept) => kept.forget(OTHER), ['key-1']],
  ])('leaves what this tab has bought itself, while its own %s', (_, act, left) => {
    const { storage } = storageOf();
    storage.save(ATTEMPT);

    act(storage.only('key-2'));

    expect(storage.load('demo')).toEqual(ATTEMPT);
    expect(storage.listOpen().map(({ key }) => key)).toEqual(left);
  });

  test('of this tab’s own, what is settled is settled for the tab', () => {
    const { storage, tab, browser } = storageOf();
    storage.save(ATTEMPT);

    storage.only('key-1').save({ ...ATTEMPT, phase: 'confirmed' });
    const confirmed = storage.load('demo')?.phase;
    storage.only('key-1').forget(ATTEMPT);

    expect([confirmed, tab.length, browser.length]).toEqual(['confirmed', 0, 0]);
  });
});
