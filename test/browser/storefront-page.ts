import { type BrowserContextOptions, type Browser, type Page } from 'playwright-core';

/** What a browser notes by itself about an answer that is no success, or about a connection that the test has cut. */
const NOTED_BY_THE_BROWSER = /^Failed to load resource/;

/** The storefront as a buyer meets it. */
export class StorefrontPage {
  private hasClock = false;

  private constructor(
    readonly page: Page,
    private readonly url: string,
    /** Errors of the pages' own, in every tab of this browser. */
    readonly errors: string[] = [],
  ) {
    page.setDefaultTimeout(60_000);
    page.on('pageerror', ({ message }) => this.errors.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !NOTED_BY_THE_BROWSER.test(message.text())) {
        this.errors.push(message.text());
      }
    });
  }

  /** Opens the shop in a browser context of its own, as another buyer's browser would be. */
  static async open(browser: Browser, url: string, options?: BrowserContextOptions): Promise<StorefrontPage> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const shop = new StorefrontPage(await context.newPage(), url);
    await shop.goTo('/');
    return shop;
  }

  /** Another tab of the same browser. */
  async openTab(path = '/'): Promise<StorefrontPage> {
    const tab = await this.emptyTab();
    await tab.goTo(path);
    return tab;
  }

  /** Closes the tab; the answer is an empty one of the same browser. */
  async closeTab(): Promise<StorefrontPage> {
    const tab = await this.emptyTab();
    await this.page.close();
    return tab;
  }

  private async emptyTab(): Promise<StorefrontPage> {
    return new StorefrontPage(await this.page.context().newPage(), this.url, this.errors);
  }

  async goTo(path: string): Promise<void> {
    await this.page.goto(`${this.url}${path}`);
    await this.page.locator('[data-seat]').first().waitFor();
  }

  /** By the link of its e-mail. */
  async openPurchase(purchaseId: string): Promise<void> {
    // From one page of the shop to another only the fragment would change.
    await this.page.goto('about:blank');
    await this.page.goto(`${this.url}/#/purchases/${purchaseId}`);
    await this.page.locator('#purchase-result-title').waitFor();
  }

  seat(seatId: string) {
    return this.page.locator(`[data-seat="${seatId}"]`);
  }

  async choose(...seatIds: string[]): Promise<void> {
    for (const seatId of seatIds) await this.seat(seatId).click();
  }

  async fillIn(): Promise<void> {
    await this.page.getByLabel('Name').fill('Ann Lee');
    await this.page.getByLabel('E-mail', { exact: true }).first().fill('ann@example.com');
  }

  chooseCard(name: string): Promise<void> {
    return this.page.getByRole('radio', { name }).check();
  }

  /** The window of the buyer's bank, as the local run stands in for it. */
  get bank() {
    return this.page.getByRole('dialog', { name: 'Local stand-in for your bank' });
  }

  async answerBank(answer: 'Approve' | 'Refuse' | 'Close'): Promise<void> {
    await this.bank.getByRole('button', { name: answer }).click();
    await this.bank.waitFor({ state: 'detached' });
  }

  /** How long the seats are held. */
  get timer() {
    return this.page.getByRole('timer', { includeHidden: true });
  }

  get buyButton() {
    return this.page.locator('#buy');
  }

  get result() {
    return this.page.locator('#result');
  }

  /** What its own page shows of a purchase. */
  get purchase() {
    return this.page.locator('#purchase');
  }

  get extras() {
    return this.page.locator('#extras');
  }

  /** How many of an extra are wanted. */
  extra(name: string) {
    return this.extras.getByRole('spinbutton', { name });
  }

  get orderButton() {
    return this.page.locator('#extras-buy');
  }

  /** Waits for the heading of the result. */
  async resultIs(title: string): Promise<void> {
    await this.page.getByRole('heading', { name: title }).waitFor();
  }

  /** What a screen reader has been told last. */
  async announced(text: string): Promise<void> {
    await this.page.locator('#announcer', { hasText: text }).waitFor({ state: 'attached' });
  }

  /** The idempotency key of the purchase this tab remembers. */
  key(): Promise<string> {
    return this.page.evaluate<string>(`JSON.parse(sessionStorage.getItem('eventpro.purchase')).key`);
  }

  /** That of the order of extras. */
  orderKey(): Promise<string> {
    return this.page.evaluate<string>(`JSON.parse(sessionStorage.getItem('eventpro.order')).key`);
  }

  /** As who comes back from another tab. */
  async lookAgain(): Promise<void> {
    await this.page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
  }

  /** What a tab that is closed now leaves behind of its purchase. */
  left(): Promise<string[]> {
    return this.page.evaluate<string[]>('Object.keys(localStorage)');
  }

  /** Gives the page a clock that the test moves. */
  async installClock(time?: number): Promise<void> {
    this.hasClock = true;
    await this.page.clock.install({ time });
  }

  /**
   * Leaves the shop and everything that this browser knows of it, for the next buyer.
   *
   * @returns whether it could: other tabs and another clock stay with a browser
   */
  async forget(): Promise<boolean> {
    const { page } = this;
    const context = page.context();
    if (this.hasClock || page.isClosed() || context.pages().length > 1) return false;
    await context.setOffline(false);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    // A page of the same origin, so that the browser need not start another process for the next one.
    await page.goto(`${this.url}/favicon.svg`);
    await page.evaluate('localStorage.clear(), sessionStorage.clear()');
    await context.clearCookies();
    this.errors.length = 0;
    return true;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
