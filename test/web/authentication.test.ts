import { Browser, Shop, type Tab, Time } from './buyers-browser';

let time: Time;
let shop: Shop;
let browser: Browser;
let tab: Tab;
beforeEach(() => {
  time = new Time();
  shop = new Shop(time);
  browser = new Browser(shop, time);
  tab = browser.open();
});

/** Buys, and waits until the bank's window is open. */
async function askedByBank(): Promise<void> {
  tab.buy();
  await time.pass(1);
  expect(tab.isWindowOpen).toBe(true);
}

function answer(bank: Shop['bank'], where = tab): void {
  shop.bank = bank;
  where.window!.answer();
}

test('the buyer approves, and the purchase goes on', async () => {
  await askedByBank();

  answer('approved');
  await time.pass(1);

  expect(tab.shown).toEqual(['sending', 'authenticating bank', 'finishing', 'confirmed']);
  expect(shop.calls).toEqual(['purchase', 'secret', 'finish']);
});

test('the buyer refuses, and the same seats may be bought under another key', async () => {
  await askedByBank();

  answer('refused');
  await time.pass(1);

  expect(tab.shown.at(-1)).toBe('failed');
  expect(tab.runner.attempt).toMatchObject({ problem: { code: 'AUTHENTICATION_FAILED' } });
  expect([tab.session.length, browser.storage.length]).toEqual([0, 0]);
  tab.buy();
  expect(tab.runner.attempt).toMatchObject({ key: 'key-2', phase: 'sending' });
});

describe('a bank’s window that is closed without an answer', () => {
  beforeEach(async () => {
    await askedByBank();
    answer('asked');
    await time.pass(0);
  });

  test('leaves the purchase waiting, and the server is asked ever more rarely', async () => {
    const counts = [];
    for (const seconds of [0, 1, 1, 4, 8, 15, 30, 30]) {
      await time.pass(seconds);
      counts.push(shop.count('finish'));
    }

    expect(tab.shown.at(-1)).toBe('authenticating waiting');
    expect(counts).toEqual([1, 1, 2, 3, 4, 5, 6, 7]);
    expect(tab.windows).toHaveLength(1);
  });

  test('leaves the purchase waiting for its time, and not for longer', async () => {
    await time.pass(297);
    const before = tab.shown.at(-1);
    await time.pass(3);

    expect(before).toBe('authenticating waiting');
    expect(tab.runner.attempt).toMatchObject({ problem: { code: 'AUTHENTICATION_EXPIRED' } });
  });

  test('is asked about as rarely without a connection, also when its time is over', async () => {
    for (let answers = 0; answers < 1_000; answers++) shop.instead.push(['finish', 'lost before']);
    await time.pass(420);

    expect(shop.count('finish')).toBeLessThan(25);
  });

  test('is not needed when the buyer approves in the bank’s own app', async () => {
    shop.bank = 'approved';
    await time.pass(2);

    expect(tab.shown.at(-1)).toBe('confirmed');
  });

  test('is opened again when the buyer says so', async () => {
    tab.runner.goToBank();
    await time.pass(0);
    const again = tab.isWindowOpen;
    answer('approved');
    await time.pass(0);

    expect([again, tab.windows.length, tab.shown.at(-1)]).toEqual([true, 2, 'confirmed']);
  });

  test('is opened again by a press while the server is being asked', async () => {
    shop.instead.push(['finish', { status: 409, body: { code: 'PURCHASE_IN_PROGRESS' } }]);
    await time.pass(2);
    tab.runner.goToBank();
    await time.pass(2);

    expect(tab.isWindowOpen).toBe(true);
  });

  test('gives the purchase up when the buyer says so', async () => {
    void tab.runner.giveUp();
    await time.pass(60);

    expect(tab.shown.slice(-2)).toEqual(['giving-up', 'failed']);
    expect(tab.runner.attempt?.problem?.code).toBe('ABANDONED');
    expect(browser.storage.length).toBe(0);
  });

  test('does not give up what another run has just sold', async () => {
    shop.status = 'CONFIRMED';
    void tab.runner.giveUp();
    await time.pass(5);

    expect(tab.shown.at(-1)).toBe('confirmed');
  });

  test('may be given up once more when the answer is lost', async () => {
    shop.instead.push(['abandon', 'lost before']);
    void tab.runner.giveUp();
    await time.pass(5);
    const before = tab.shown.at(-1);
    void tab.runner.giveUp();
    await time.pass(5);

    expect([before, tab.shown.at(-1)]).toEqual(['authenticating waiting', 'failed']);
    expect(tab.windows).toHaveLength(1);
  });
});

test('a bank’s window that nobody answers is taken away when its time is over', async () => {
  await askedByBank();

  await time.pass(298);
  const before = tab.isWindowOpen;
  await time.pass(3);
  const after = { open: tab.isWindowOpen, shown: tab.shown.at(-1), problem: tab.runner.attempt?.problem };
  await time.pass(65);

  expect(before).toBe(true);
  expect(after).toEqual({ open: false, shown: 'checking', problem: { code: 'AUTHENTICATION_EXPIRED' } });
  expect(tab.shown.at(-1)).toBe('failed');
  expect(shop.count('finish')).toBe(0);
});

test('a bank’s window that cannot be opened is offered again', async () => {
  tab.isBlocked = true;
  tab.buy();
  await time.pass(1);
  const before = tab.shown.at(-1);

  tab.isBlocked = false;
  tab.runner.goToBank();
  await time.pass(0);

  expect([before, tab.isWindowOpen]).toEqual(['authenticating unshown', true]);
});

describe('a tab that is closed', () => {
  /** Minutes later the buyer opens the shop again. */
  async function comeBackAfter(minutes: number): Promise<void> {
    browser.close(tab);
    await time.pass(minutes * 60);
    tab = browser.open();
    void tab.runner.resume('demo');
    await time.pass(1);
  }

  test('after the bank’s yes, and the buyer back after 2 minutes: confirmed, and the bank asks no more', async () => {
    await askedByBank();
    shop.bank = 'approved';
    await comeBackAfter(2);

    expect(tab.shown).toEqual(['checking', 'authenticating', 'finishing', 'confirmed']);
    expect(tab.windows).toEqual([]);
  });

  test.each([5.5, 6, 60 * 24])(
    'after the bank’s yes, and the buyer back after %d minutes: the time is over, nothing is asked of anybody',
    async (minutes) => {
      await askedByBank();
      shop.bank = 'approved';
      await comeBackAfter(minutes);
      await time.pass(60);

      expect(tab.runner.attempt).toMatchObject({
        phase: 'failed',
        problem: { code: 'AUTHENTICATION_EXPIRED' },
      });
      expect([tab.windows.length, shop.count('finish'), browser.storage.length]).toEqual([0, 0, 0]);
    },
  );

  test('before the bank’s answer: its window opens again', async () => {
    await askedByBank();
    await comeBackAfter(1);

    expect(tab.shown).toEqual([
      'checking',
      'authenticating',
      'finishing',
      'authenticating waiting',
      'authenticating bank',
    ]);
    expect(tab.isWindowOpen).toBe(true);
  });

  test('is found from a page of the same event alone', async () => {
    await askedByBank();
    browser.close(tab);
    tab = browser.open();

    void tab.runner.resume('gala');
    await time.pass(1);

    expect(tab.shown).toEqual([]);
  });

  test('leaves behind neither who buys nor the card', async () => {
    await askedByBank();

    const left = [...browser.storage.items.values()].join();
    expect(left).toContain('key-1');
    expect(left).not.toMatch(/Ann|example|pm_card/);
  });
});

test('a reload asks first, and the form has its buyer', async () => {
  await askedByBank();
  browser.close(tab);

  tab = browser.open(tab.session);
  void tab.runner.resume('demo');
  await time.pass(1);

  expect(tab.isWindowOpen).toBe(true);
  expect(shop.calls.slice(-3)).toEqual(['look', 'finish', 'secret']);
  expect(tab.runner.attempt?.request.buyer).toEqual({ name: 'Ann Lee', email: 'ann@example.com' });
});

describe('a second tab', () => {
  let second: Tab;
  beforeEach(async () => {
    await askedByBank();
    second = browser.open();
    void second.runner.resume('demo');
    await time.pass(1);
  });

  test('shows the same purchase, asks nobody, and has the answer too', async () => {
    const before = second.shown.at(-1);
    answer('approved');
    await time.pass(0);

    expect(before).toBe('authenticating elsewhere');
    expect(shop.count('finish')).toBe(1);
    expect([tab.shown.at(-1), second.shown.at(-1)]).toEqual(['confirmed', 'confirmed']);
    expect(second.windows).toEqual([]);
  });

  test('takes the bank’s window over when the buyer goes on there', async () => {
    second.runner.goToBank();
    await time.pass(0);
    const open = [tab.isWindowOpen, second.isWindowOpen];
    await time.pass(10);
    const first = tab.shown.at(-1);
    answer('approved', second);
    await time.pass(0);

    expect(open).toEqual([false, true]);
    expect(first).toBe('authenticating elsewhere');
    expect([tab.shown.at(-1), second.shown.at(-1)]).toEqual(['confirmed', 'confirmed']);
  });

  test('goes on by itself when the first is closed', async () => {
    browser.close(tab);
    shop.bank = 'approved';
    await time.pass(6);

    expect(second.shown.at(-1)).toBe('confirmed');
  });

  test('gives up for both', async () => {
    void second.runner.giveUp();
    await time.pass(0);

    expect([tab.isWindowOpen, tab.shown.at(-1), second.shown.at(-1)]).toEqual([false, 'failed', 'failed']);
  });
});

describe('a connection that is lost', () => {
  test.each(['lost before', 'lost after'] as const)(
    '(%s) while the server finishes: one sale',
    async (lost) => {
      await askedByBank();
      shop.instead.push(['finish', lost]);

      answer('approved');
      await time.pass(10);

      expect(tab.shown.at(-1)).toBe('confirmed');
      expect([shop.count('purchase'), tab.windows.length]).toEqual([1, 1]);
    },
  );

  test('when the purchase is sent: the bank is asked all the same', async () => {
    shop.instead.push(['purchase', 'lost after']);
    tab.buy();
    await time.pass(2);

    expect(tab.isWindowOpen).toBe(true);
  });

  test('when the bank’s window would be opened: it is offered again', async () => {
    shop.instead.push(['secret', 'lost before']);
    tab.buy();
    await time.pass(2);

    expect(tab.shown.at(-1)).toBe('authenticating unshown');
  });
});

test('answers that contradict each other are not asked for without a pause', async () => {
  const busy = { status: 409, body: { code: 'PURCHASE_IN_PROGRESS' } };
  await askedByBank();
  for (let answers = 0; answers < 100; answers++) shop.instead.push(['finish', busy]);

  answer('approved');
  await time.pass(60);

  expect(shop.count('finish')).toBeLessThan(8);
  expect(shop.count('look')).toBeLessThan(8);
});

test.each([-300_000, 300_000])('a buyer’s clock that is %d ms off has the whole time', async (ahead) => {
  browser = new Browser(shop, time, ahead);
  tab = browser.open();
  await askedByBank();

  await time.pass(297);
  const before = tab.isWindowOpen;
  await time.pass(4);

  expect([before, tab.isWindowOpen]).toEqual([true, false]);
});
