import { AttemptStorage } from '../../web/attempt-storage.js';
import { type Answer } from '../../web/api.js';
import { type Attempt } from '../../web/attempt.js';
import { AttemptRunner } from '../../web/attempt-runner.js';
import { TabTurns } from '../../web/tab-turn.js';
import { memoryStorage } from './memory-storage';

export const REQUEST = {
  eventId: 'demo',
  seats: ['A-1'],
  buyer: { name: 'Ann Lee', email: 'ann@example.com' },
  paymentMethod: 'pm_card_authenticationRequired',
  expectedTotal: { amount: 12_000, currency: 'EUR' },
};

/** Time that passes when the test says so. Milliseconds. */
export class Time {
  now = 1_800_000_000_000;
  private readonly sleepers = new Set<{ until: number; wake: () => void }>();

  wait(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.sleepers.add({ until: this.now + milliseconds, wake }));
  }

  async pass(seconds: number): Promise<void> {
    const end = this.now + seconds * 1000;
    for (;;) {
      await settle();
      const [next] = [...this.sleepers].sort((a, b) => a.until - b.until);
      if (!next || next.until > end) break;
      this.sleepers.delete(next);
      this.now = Math.max(this.now, next.until);
      next.wake();
    }
    this.now = end;
    await settle();
  }
}

/** What can follow from what has happened, without time passing. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
}

/**
 * EventPro for one purchase whose card asks for its buyer, as its API answers. The bank is asked for five minutes; a minute
 * later the seats are free.
 */
export class Shop {
  status = 'none';
  bank: 'asked' | 'approved' | 'refused' = 'asked';
  failure?: { code: string; detail: string };
  /** What was called, in order. */
  readonly calls: string[] = [];
  /** Answers instead of the shop, once each: a call's name, and what comes of it. */
  readonly instead: [string, Answer | 'lost before' | 'lost after'][] = [];
  private openedAt = 0;
  private key = '';

  constructor(private readonly time: Time) {}

  readonly api = {
    send: (key: string) =>
      this.call('purchase', () => {
        if (this.status === 'none') Object.assign(this, { key, openedAt: this.time.now });
        this.status = 'AWAITING_AUTHENTICATION';
        return this.answer(202);
      }),
    find: () =>
      this.call('look', () => {
        const code = 'PURCHASE_NOT_FOUND';
        return this.status === 'none' ? { status: 404, body: { code } } : this.answer(200);
      }),
    authentication: () =>
      this.call('secret', () =>
        this.isAwaited() ? { status: 200, body: { clientSecret: 'pi_1_secret_1' } } : NOTHING,
      ),
    finishAuthentication: () =>
      this.call('finish', () => {
        if (this.status === 'CONFIRMED') return this.answer(201);
        if (this.status === 'FAILED') return { status: 410, body: this.failure };
        if (!this.isAwaited()) return { status: 410, body: { code: 'AUTHENTICATION_EXPIRED' } };
        if (this.bank === 'asked') return this.answer(202);
        if (this.bank === 'refused') this.fail('AUTHENTICATION_FAILED');
        else this.status = 'CONFIRMED';
        return this.bank === 'refused' ? { status: 402, body: this.failure } : this.answer(201);
      }),
    abandon: () =>
      this.call('abandon', () => {
        if (this.status === 'CONFIRMED') return { status: 409, body: { code: 'ALREADY_CONFIRMED' } };
        this.fail('ABANDONED');
        return this.answer(200);
      }),
  };

  count(name: string): number {
    return this.calls.filter((call) => call === name).length;
  }

  private isAwaited(): boolean {
    return this.status === 'AWAITING_AUTHENTICATION' && this.time.now < this.openedAt + 300_000;
  }

  private fail(code: string): void {
    Object.assign(this, { status: 'FAILED', failure: { code, detail: 'Nothing was charged.' } });
  }

  private async call(name: string, act: () => Answer): Promise<Answer> {
    this.calls.push(name);
    if (this.status === 'AWAITING_AUTHENTICATION' && this.time.now >= this.openedAt + 360_000) {
      this.fail('AUTHENTICATION_EXPIRED');
    }
    const index = this.instead.findIndex(([call]) => call === name);
    const [, instead] = (index >= 0 && this.instead.splice(index, 1)[0]) || [];
    if (instead === 'lost before') throw new TypeError('Failed to fetch');
    if (typeof instead === 'object') return instead;
    const answer = act();
    if (instead === 'lost after') throw new TypeError('Failed to fetch');
    return { ...answer, serverTime: this.time.now };
  }

  private answer(status: number): Answer {
    const authenticateBy = new Date(this.openedAt + 300_000).toISOString();
    const { status: state, failure } = this;
    const body = { purchaseId: this.key, status: state, authenticateBy, failure };
    return { status, body };
  }
}

const NOTHING: Answer = { status: 409, body: { code: 'NOTHING_TO_AUTHENTICATE' } };

/** A browser with its tabs, which have storage and locks in common. */
export class Browser {
  readonly storage = memoryStorage();
  private readonly tabs = new Set<Tab>();
  /** Who has which lock. */
  private readonly held = new Map<string, { tab: Tab; robbed: () => void }>();

  constructor(
    readonly shop: Shop,
    readonly time: Time,
    /** Milliseconds that the buyer's clock is ahead. */
    readonly ahead = 0,
  ) {}

  open(session = memoryStorage()): Tab {
    const tab = new Tab(this, session);
    this.tabs.add(tab);
    return tab;
  }

  close(tab: Tab): void {
    this.tabs.delete(tab);
    tab.isClosed = true;
    for (const [name, { tab: holder }] of this.held) if (holder === tab) this.held.delete(name);
  }

  /** As a browser tells all tabs but the one that wrote. */
  stored(by: Tab): void {
    for (const tab of this.tabs) if (tab !== by) setImmediate(() => tab.runner.lookNow());
  }

  /** Web Locks, as far as the pages use them. */
  locksOf(tab: Tab) {
    const request = async (
      name: string,
      { steal, ifAvailable }: { steal?: boolean; ifAvailable?: boolean },
      callback: (lock: object | null) => unknown,
    ) => {
      const holder = this.held.get(name);
      if (holder && !steal) {
        if (!ifAvailable) throw new Error('No page waits for a lock.');
        return callback(null);
      }
      holder?.robbed();
      let robbed!: () => void;
      const stolen = new Promise((_, reject) => {
        robbed = () => reject(new DOMException('It was stolen.', 'AbortError'));
      });
      const mine = { tab, robbed };
      this.held.set(name, mine);
      try {
        return await Promise.race([callback({ name, mode: 'exclusive' }), stolen]);
      } finally {
        if (this.held.get(name) === mine) this.held.delete(name);
      }
    };
    return { request } as ConstructorParameters<typeof TabTurns>[0];
  }
}

export class Tab {
  isClosed = false;
  /** Each bank's window that was opened: how it is answered. */
  readonly windows: { answer: () => void; isOpen: boolean }[] = [];
  /** The bank's windows cannot be opened. */
  isBlocked = false;
  /** What the page showed, without repetition. */
  readonly shown: string[] = [];
  readonly runner: AttemptRunner<Attempt>;

  constructor(
    browser: Browser,
    readonly session: ReturnType<typeof memoryStorage>,
  ) {
    const { shop, time, storage } = browser;
    const told = {
      ...storage,
      get length() {
        return storage.length;
      },
      setItem: (name: string, value: string) => (storage.setItem(name, value), browser.stored(this)),
      removeItem: (name: string) => (storage.removeItem(name), browser.stored(this)),
    };
    let keys = 0;
    this.runner = new AttemptRunner<Attempt>({
      api: shop.api,
      storage: new AttemptStorage<Attempt>(
        'purchase',
        () => session,
        () => told,
      ),
      askBank: (_, closed) => this.openWindow(closed),
      turns: new TabTurns(browser.locksOf(this)),
      onChange: (attempt) => this.show(attempt),
      isHidden: () => false,
      newKey: () => `key-${++keys}`,
      now: () => time.now + browser.ahead,
      // In a tab that is closed nothing happens any more.
      wait: (milliseconds) => time.wait(milliseconds).then(() => this.alive()),
    });
  }

  buy(): void {
    void this.runner.buy({ of: 'purchase', request: REQUEST, seats: [] });
  }

  get window() {
    return this.windows.at(-1);
  }

  get isWindowOpen(): boolean {
    return this.window?.isOpen ?? false;
  }

  private alive(): Promise<void> {
    return this.isClosed ? new Promise(() => undefined) : Promise.resolve();
  }

  private async openWindow(closed: AbortSignal): Promise<void> {
    if (this.isBlocked) throw new Error('Something keeps the window away.');
    await new Promise<void>((resolve) => {
      const opened = {
        isOpen: true,
        answer: () => {
          opened.isOpen = false;
          resolve();
        },
      };
      this.windows.push(opened);
      closed.addEventListener('abort', opened.answer);
    });
  }

  private show(attempt: Attempt | undefined): void {
    const words = [attempt?.phase, attempt?.phase === 'authenticating' && attempt.where];
    const shown = words.filter(Boolean).join(' ');
    if (shown !== this.shown.at(-1)) this.shown.push(shown);
  }
}
