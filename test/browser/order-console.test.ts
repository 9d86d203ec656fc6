import { randomUUID } from 'node:crypto';
import { eventually } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';
import { accessibilityProblems } from './accessibility';
import { describeInBrowser } from './describe-in-browser';
import { expectShown } from './expect-shown';
import { useStorefront } from './use-storefront';

const BUYER = { name: 'Ann Lee', email: 'ann@example.com' };

describeInBrowser('orders in the console', () => {
  const eventpro = useLocalRun();
  const open = useStorefront(eventpro);
  beforeAll(async () => {
    await eventpro.signed('PUT', '/api/events/demo/extras', {
      extras: [{ extraId: 'programme', name: 'Programme', price: 500, stock: 3 }],
    });
  });

  /** An order, once it is in this status. */
  async function order(paymentMethod: string, status: string, purchaseId?: string): Promise<string> {
    const key = randomUUID();
    await eventpro.request('POST', '/api/orders', {
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({
        ...{ eventId: 'demo', buyer: BUYER, paymentMethod, purchaseId },
        items: [{ extraId: 'programme', quantity: 1 }],
      }),
    });
    const path = `/api/orders/${key}`;
    await eventually(
      async () =>
        (await eventpro.request<{ status: string }>('GET', path)).body.status === status || undefined,
      `an order that is ${status}`,
      60_000,
    );
    return key;
  }

  test('are told by their role, drawn with their branches, and found beside their purchase', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    await order('pm_card_visa', 'CONFIRMED', purchaseId);
    const { page } = await open({ colorScheme: 'dark' });

    await page.goto(`${eventpro.url}/console/#/executions`);
    await page.getByRole('button', { name: 'Orders 1' }).click();
    await page.getByText(/^Order [0-9A-Z]{10} · confirmed$/).click();

    await page.locator('[data-sheet="Extras"]').getByText('Sold').waitFor();
    for (const name of [
      /^FulfillOrder Parallel, succeeded/,
      /^UpdateInventory dynamodb:updateItem, succeeded/,
      /^SendNotification sns:publish, succeeded/,
      /^NotifyFailure sns:publish, not visited/,
    ])
      await expectShown(page.getByRole('button', { name })).toHaveCount(1);
    await page.getByRole('button', { name: /^SendNotification/ }).click();
    await page.locator('.inspector').getByText('branch 2').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('link', { name: 'the purchase' }).click();
    await page.locator('[data-sheet="Orders"]').getByText('CONFIRMED', { exact: true }).waitFor();
    // An order names its purchase, and must not be taken for it.
    await page.locator('[data-sheet="Purchase record"]').getByText('sent', { exact: true }).waitFor();
    await page.getByRole('link', { name: '1 × Programme, €5.00' }).click();
    await page.locator('[data-sheet="Order record"]').waitFor();
  });

  test('that wait show their token, are answered, and are redriven when they have failed', async () => {
    await order('pm_card_authenticationRequired', 'AWAITING_AUTHENTICATION');
    const { page } = await open({ viewport: { width: 390, height: 844 } });

    await page.goto(`${eventpro.url}/console/#/executions`);
    await page.getByText('the bank asks for the buyer').click();
    await page.getByRole('heading', { name: 'AwaitAuthentication waits for its token' }).waitFor();
    await page.getByRole('button', { name: /^AwaitAuthentication Task, waits for an answer/ }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await expectShown.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.getByLabel('Output, JSON').fill('{');
    await page.getByRole('button', { name: 'Send success' }).click();
    await page.getByText('The output must be JSON.').waitFor();
    await page.getByLabel('Error', { exact: true }).fill('Refused');
    await page.getByRole('button', { name: 'Send failure' }).click();

    await page.getByRole('button', { name: /^OrderFailed Fail, failed/ }).waitFor({ timeout: 60_000 });
    await expectShown(page.getByText('waits for its token')).toHaveCount(0);
    await page.getByRole('button', { name: 'Redrive' }).click();
    await page.getByText('ExecutionRedriven').waitFor();
  });
});
