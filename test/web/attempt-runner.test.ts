import { AttemptStorage } from '../../web/attempt-storage.js';
import { type Answer } from '../../web/api.js';
import { type Attempt } from '../../web/attempt.js';
import { AttemptRunner } from '../../web/attempt-runner.js';
import { outcomeOf } from '../../web/outcome.js';
import { memoryStorage } from './memory-storage';

const REQUEST = {
  eventId: 'demo',
  seats: ['A-1'],
  buyer: { name: 'Ann Lee', email: 'ann@example.com' },
  paymentMethod: 'pm_card_visa',
  expectedTotal: { amount: 12_000, currency: 'EUR' },
};
const WANTED = { of: 'purchase', request: REQUEST, seats: [] } as const;
const DECLINED: Answer = { status: 402, body: { code: 'PAYMENT_DECLINED' } };
const TIMED_OUT: Answer = { status: 504, body: { code: 'OUTCOME_UNKNOWN' } };
const NOT_FOUND: Answer = { status: 404, body: { code: 'PURCHASE_NOT_FOUND' } };

/** A page whose server answers by the script; time passes only while it waits. */
function page({
  storage = memoryStorage(),
  isHidden = () => false,
  isOffline = () => false,
  purchase = async (_key: string): Promise<Answer> => confirmed('key-1'),
  find = async (key: string): Promise<Answer> => confirmed(key, 200),
}) {
  let now = 0;
  let keys = 0;
  const sent: { key: string; request: unknown; storedBefore: boolean }[] = [];
  const phases: (string | undefined)[] = [];
  const runner = new AttemptRunner<Attempt>({
    api: {
      send: (key: string, request: unknown) => {
        sent.push({
          key,
          request,
          storedBefore: [...storage.items.values()].some((item) => item.includes(key)),
        });
        return purchase(key);
      },
      find,
      ...{ authentication: unasked, finishAuthentication: unasked, abandon: unasked },
    },
    storage: new AttemptStorage<Attempt>(
      'purchase',
      () => storage,
      () => memoryStorage(),
    ),
    askBank: unasked,
    turns: { take: unasked },
    onChange: (attempt) => phases.push(attempt?.phase),
    isHidden,
    isOffline,
    newKey: () => `key-${++keys}`,
    now: () => now,
    wait: async (milliseconds) => {
      now += milliseconds;
      await new Promise(setImmediate);
    },
  });
  return { runner, sent, phases, storage };
}

/** No bank asks for the buyer here: see `authentication.test.ts`. */
function unasked(): never {
  throw new Error('No bank asks for the buyer.');
}

function confirmed(key: string, status = 201): Answer {
  return { status, body: { purchaseId: key, status: 'CONFIRMED' } };
}

test('the key is in the storage before the request leaves the page', async () => {
  const { runner, sent } = page({});

  await runner.buy(WANTED);

  expect(sent).toEqual([{ key: 'key-1', request: REQUEST, storedBefore: true }]);
  expect(runner.attempt?.phase).toBe('confirmed');
});

test('another attempt after a definite answer has a key of its own', async () => {
  const { runner, sent, storage } = page({ purchase: async () => DECLINED });

  await runner.buy(WANTED);
  const storedAfterRefusal = storage.items.size;
  await runner.buy({ ...WANTED, request: { ...REQUEST, paymentMethod: 'pm_card_other' } });

  expect(storedAfterRefusal).toBe(0);
  expect(sent.map(({ key }) => key)).toEqual(['key-1', 'key-2']);
});

test('while a purchase runs nothing else is sent, nor is it forgotten', async () => {
  const answers: ((answer: Answer) => void)[] = [];
  const { runner, sent } = page({
    purchase: () => new Promise((resolve) => answers.push(resolve)),
    find: async () => NOT_FOUND,
  });

  const attempts = [runner.buy(WANTED), runner.buy(WANTED)];
  runner.dismiss();
  for (const answer of answers) answer(confirmed('key-1'));
  await Promise.all(attempts);

  expect(sent).toHaveLength(1);
  expect(runner.attempt?.phase).toBe('confirmed');
});

test.each([
  ['the gateway hung up', async () => TIMED_OUT],
  ['the connection broke', () => Promise.reject(new TypeError('Failed to fetch'))],
])('when %s, the purchase is asked for until it is settled', async (_, purchase) => {
  const statuses = ['PENDING', 'PAID', 'PAID', 'CONFIRMED'];
  const { runner, sent, phases } = page({
    purchase,
    find: async (key) => ({ status: 200, body: { purchaseId: key, status: statuses.shift() } }),
  });

  await runner.buy(WANTED);

  expect([statuses, sent.length]).toEqual([[], 1]);
  expect([phases[0], phases.at(-1)]).toEqual(['sending', 'confirmed']);
});

test('a look that fails is not the last one', async () => {
  let looks = 0;
  const { runner } = page({
    purchase: async () => TIMED_OUT,
    find: async (key) => {
      if (++looks < 4) throw new TypeError('Failed to fetch');
      return confirmed(key, 200);
    },
  });

  await runner.buy(WANTED);

  expect([looks, runner.attempt?.phase]).toEqual([4, 'confirmed']);
});

test('after a reload the purchase is found by its key and not sent again', async () => {
  const storage = memoryStorage();
  const closed = page({
    storage,
    purchase: () => new Promise(() => undefined),
    find: () => new Promise(() => undefined),
  });
  void closed.runner.buy(WANTED);
  const reloaded = page({ storage });

  await reloaded.runner.resume('demo');

  expect(reloaded.sent).toEqual([]);
  expect(reloaded.runner.attempt).toMatchObject({ key: 'key-1', phase: 'confirmed', request: REQUEST });
});

test('what never arrived is sent again only when asked for, under the same key', async () => {
  const answers = [() => Promise.reject(new TypeError('Failed to fetch')), async () => confirmed('key-1')];
  const { runner, sent } = page({ purchase: () => answers.shift()!(), find: async () => NOT_FOUND });
  await runner.buy(WANTED);
  const before = runner.attempt?.phase;

  // The buyer presses "Buy" once more, which must not begin another purchase; then "Send again".
  await runner.buy(WANTED);
  await runner.sendAgain();

  expect(before).toBe('unsent');
  expect(sent.map(({ key }) => key)).toEqual(['key-1', 'key-1']);
  expect(runner.attempt?.phase).toBe('confirmed');
});

test('a confirmation survives a reload until the buyer is done with it', async () => {
  const storage = memoryStorage();
  await page({ storage }).runner.buy(WANTED);
  const reloaded = page({ storage });
  await reloaded.runner.resume('demo');

  reloaded.runner.dismiss();

  expect(reloaded.phases).toEqual(['confirmed', undefined]);
  expect(storage.items.size).toBe(0);
});

test('in a page that nobody sees, what is running is not looked at until somebody does', async () => {
  let isHidden = true;
  const statuses = ['PENDING', 'CONFIRMED'];
  const { runner } = page({
    isHidden: () => isHidden,
    purchase: async () => TIMED_OUT,
    find: async (key) => ({ status: 200, body: { purchaseId: key, status: statuses.shift() } }),
  });
  const bought = runner.buy(WANTED);
  for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
  const unseen = [...statuses];

  isHidden = false;
  runner.lookNow();
  await bought;

  // The one look is at once: the answer was no answer.
  expect([unseen, statuses, runner.attempt?.phase]).toEqual([['CONFIRMED'], [], 'confirmed']);
});

describe('without a connection', () => {
  /** A page that is offline until the test says otherwise. */
  function offlinePage(purchase: (key: string) => Promise<Answer>, find?: (key: string) => Promise<Answer>) {
    let offline = true;
    const cut = () => Promise.reject(new TypeError('Failed to fetch'));
    const made = page({
      isOffline: () => offline,
      purchase: (key) => (offline ? cut() : purchase(key)),
      find: (key) => (offline ? cut() : (find ?? (async () => NOT_FOUND))(key)),
    });
    const goOnline = () => {
      offline = false;
      made.runner.lookNow();
    };
    return { ...made, goOnline };
  }

  test('a request that never left is sent again by its key as soon as there is one', async () => {
    const { runner, sent, goOnline } = offlinePage(async () => confirmed('key-1'));
    const bought = runner.buy(WANTED);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const meanwhile = runner.attempt;

    goOnline();
    await bought;

    expect(meanwhile).toMatchObject({ phase: 'checking', offline: true });
    expect(outcomeOf(meanwhile!).title).toBe('You are offline');
    expect(sent.map(({ key }) => key)).toEqual(['key-1', 'key-1']);
    expect(runner.attempt).toMatchObject({ phase: 'confirmed', offline: false });
  });

  test('what wakes the page for another reason sends nothing', async () => {
    const { runner, sent, goOnline } = offlinePage(async () => DECLINED);
    const bought = runner.buy(WANTED);
    await new Promise((resolve) => setTimeout(resolve, 50));

    runner.lookNow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = sent.length;
    goOnline();
    await bought;

    expect([before, sent.length, runner.attempt?.phase]).toEqual([1, 2, 'failed']);
  });
});
