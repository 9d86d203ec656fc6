import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { TEST_EVENT_PREFIX } from '../../lambda/domain-event/domain-events';
import { type EventAsPut } from '../../lambda/event/event-layout';
import { readDeliveries } from '../../lambda/notification/delivery';
import { referenceOf } from '../../lambda/shared/reference';
import { type Clients, connect } from './clients';
import { Footprint } from './footprint';
import { CheckFailed, expectEqual, Progress } from './progress';
import { Storefront } from './storefront';
import { type Target } from './target';

/** By the API, as buyers do; by starting the workflow, as an operator can; or both. */
export type Through = 'api' | 'sfn' | 'both';

export interface SmokeOptions {
  readonly through: Through;
  readonly write: (line: string) => void;
  readonly interrupted: AbortSignal;
}

const LAYOUT: EventAsPut = {
  name: 'Smoke test',
  venue: 'Nowhere',
  startsAt: '2100-01-01T20:00:00Z',
  currency: 'EUR',
  tiers: [{ tier: 'only', price: 1_500 }],
  sections: [{ section: 'Hall', rows: [{ row: 'A', tier: 'only', seats: 5 }] }],
};

/** SES accepts mail to its simulator, delivers it to no mailbox, and does not count it towards the reputation. */
const BUYER = { name: 'Smoke Test', email: 'success@simulator.amazonses.com' };

/** Milliseconds for the channels to tell the buyer; a first delivery starts cold functions. */
const DELIVERY_PATIENCE = 60_000;

/**
 * Buys tickets for an event of its own, of which no consumer of domain events is told, looks at what came of it, and removes all of it.
 *
 * @returns what failed, by name
 * @throws NoTarget when the stage has no test key, Error when the clean-up fails
 */
export async function smokeTest(target: Target, options: SmokeOptions): Promise<readonly string[]> {
  const { through, write, interrupted } = options;
  const clients = await connect(target);
  const eventId = `${TEST_EVENT_PREFIX}${randomUUID()}`;
  const footprint = new Footprint(target, clients, {
    eventId,
    sections: LAYOUT.sections.map(({ section }) => section),
  });
  const progress = new Progress(write, interrupted);
  write(`The event ${eventId} at ${target.apiUrl}`);
  try {
    const storefront = new Storefront(target, clients.signer);
    const run = new SmokeRun(progress, { eventId, footprint, storefront, clients, target });
    await run.event();
    if (through !== 'sfn') await run.purchasesByApi();
    if (through !== 'api') await run.purchaseByWorkflow();
    await run.deliveries();
  } finally {
    write('Cleaning up');
    await footprint.remove();
  }
  write(`${progress.passed} passed, ${progress.failed.length} failed`);
  return progress.failed;
}

class SmokeRun {
  private readonly sold: string[] = [];

  constructor(
    private readonly progress: Progress,
    private readonly on: {
      readonly eventId: string;
      readonly footprint: Footprint;
      readonly storefront: Storefront;
      readonly clients: Clients;
      readonly target: Target;
    },
  ) {}

  async event(): Promise<void> {
    const { eventId, storefront } = this.on;
    await this.progress.check('an unsigned event is refused', async () => {
      expectEqual('status', (await storefront.putEventUnsigned(eventId, LAYOUT)).status, 403);
    });
    await this.progress.check('a signed event is put', async () => {
      const { status, body } = await storefront.putEvent(eventId, LAYOUT);
      expectEqual('status', status, 201);
      expectEqual('body', body, { eventId, seats: 5 });
    });
    await this.progress.check('its five seats are free', async () => {
      expectEqual('seats', await this.seatStatuses(), Array<string>(5).fill('AVAILABLE'));
    });
  }

  async purchasesByApi(): Promise<void> {
    const { storefront } = this.on;
    const purchaseId = this.newPurchase();
    const order = this.order(['A-1', 'A-2']);
    const confirmed = { ...this.confirmed(purchaseId), ...this.bought(['A-1', 'A-2']) };

    await this.progress.check('pm_card_visa buys two seats', async () => {
      const { status, body } = await storefront.buy(purchaseId, order);
      expectEqual('status', status, 201);
      expectEqual('body', body, confirmed);
      this.sold.push(purchaseId);
    });
    await this.progress.check('the purchase reads the same', async () => {
      expectEqual('body', (await storefront.get(`/purchases/${purchaseId}`)).body, confirmed);
    });
    await this.progress.check('the ticket is a PDF', () => this.ticket(purchaseId));
    await this.progress.check('the same key gets the same answer, and pays once', async () => {
      const { status, body } = await storefront.buy(purchaseId, order);
      expectEqual('status', status, 201);
      expectEqual('body', body, confirmed);
      expectEqual('money received', await this.received(purchaseId), confirmed.amount);
    });
    await this.refusal('a seat that is taken is refused', this.order(['A-2', 'A-3']), {
      status: 409,
      code: 'SEAT_UNAVAILABLE',
    });
    await this.refusal('pm_card_chargeDeclined is declined', this.order(['A-4'], 'pm_card_chargeDeclined'), {
      status: 402,
      code: 'PAYMENT_DECLINED',
    });
    await this.givenUp();
    await this.progress.check('two seats are sold, and the others are free again', async () => {
      expectEqual('seats', await this.seatStatuses(), [
        'SOLD',
        'SOLD',
        'AVAILABLE',
        'AVAILABLE',
        'AVAILABLE',
      ]);
    });
  }

  /** As far as one comes without a browser: no API of Stripe's answers the bank in the buyer's place. */
  private async givenUp(): Promise<void> {
    const { storefront, footprint } = this.on;
    const purchaseId = this.newPurchase();
    const order = this.order(['A-4'], 'pm_card_authenticationRequired');
    await this.progress.check(
      'pm_card_authenticationRequired waits for the buyer, its seat held',
      async () => {
        const { status, body } = await storefront.buy(purchaseId, order);
        expectEqual('answer', [status, body?.status], [202, 'AWAITING_AUTHENTICATION']);
        const record = await footprint.purchase(purchaseId);
        expectEqual('record', record?.status, 'AWAITING_AUTHENTICATION');
        const asked = await storefront.get(`/purchases/${purchaseId}/authentication`);
        expectEqual('authentication', [asked.status, typeof asked.body?.clientSecret], [200, 'string']);
        expectEqual('seats', await this.seatStatuses(), ['SOLD', 'SOLD', 'AVAILABLE', 'HELD', 'AVAILABLE']);
      },
    );
    await this.progress.check('and is given up, with nothing charged', async () => {
      const { status, body } = await storefront.abandon(purchaseId);
      expectEqual('answer', [status, body?.status], [200, 'FAILED']);
      expectEqual('money received', await this.received(purchaseId), 0);
    });
  }

  /** An Express execution cannot be described afterwards; what it answers is all there is. */
  async purchaseByWorkflow(): Promise<void> {
    const { clients, target } = this.on;
    const purchaseId = this.newPurchase();
    await this.progress.check('the workflow, started directly, sells a seat', async () => {
      const { status, output, error, cause } = await clients.stepFunctions.send(
        new StartSyncExecutionCommand({
          stateMachineArn: target.stateMachineArn,
          input: JSON.stringify({ purchaseId, requestId: randomUUID(), request: this.order(['A-5']) }),
        }),
      );
      if (status !== 'SUCCEEDED') throw new CheckFailed(`${status} ${error ?? ''} ${cause ?? ''}`);
      const confirmed = { ...this.confirmed(purchaseId), ...this.bought(['A-5']) };
      expectEqual('output', JSON.parse(output ?? 'null'), confirmed);
      this.sold.push(purchaseId);
    });
    await this.progress.check('and makes a ticket', () => this.ticket(purchaseId));
  }

  /** Also makes the clean-up wait until all writes have ended. */
  async deliveries(): Promise<void> {
    await this.progress.check('the buyer of each sale has been told by e-mail', async () => {
      for (const purchaseId of this.sold) {
        const deadline = Date.now() + DELIVERY_PATIENCE;
        for (;;) {
          if (await this.isTold(purchaseId)) break;
          if (Date.now() > deadline) throw new CheckFailed(`not delivered: ${referenceOf(purchaseId)}`);
          await delay(500);
        }
      }
    });
  }

  private async refusal(
    name: string,
    order: object,
    expected: { readonly status: number; readonly code: string },
  ): Promise<void> {
    await this.progress.check(name, async () => {
      const { status, body } = await this.on.storefront.buy(this.newPurchase(), order);
      expectEqual('answer', { status, code: body?.code }, expected);
    });
  }

  private async ticket(purchaseId: string): Promise<void> {
    const { status, headers } = await this.on.storefront.get(`/purchases/${purchaseId}/ticket`);
    expectEqual('status', status, 302);
    const file = await fetch(headers.get('location')!);
    expectEqual(
      'file',
      Buffer.from(await file.arrayBuffer())
        .subarray(0, 5)
        .toString(),
      '%PDF-',
    );
  }

  /** Of all the payment intents that name this purchase, in minor units. */
  private async received(purchaseId: string): Promise<number> {
    const { paymentIntents } = this.on.clients.stripe;
    const { data } = await paymentIntents.list({ limit: 100 });
    return data
      .filter(({ metadata }) => metadata.purchaseId === purchaseId)
      .reduce((total, { amount_received }) => total + amount_received, 0);
  }

  private async isTold(purchaseId: string): Promise<boolean> {
    const purchase = await this.on.footprint.purchase(purchaseId);
    return new Map(readDeliveries(purchase ?? {})).get('email')?.state === 'SENT';
  }

  private async seatStatuses(): Promise<unknown> {
    // A key of its own in CloudFront, which would answer with the map of two seconds ago.
    const { body } = await this.on.storefront.get(`/events/${this.on.eventId}/seats?after=${randomUUID()}`);
    return (body?.seats as { status: string }[] | undefined)?.map(({ status }) => status);
  }

  private newPurchase(): string {
    return this.on.footprint.expect(randomUUID());
  }

  private order(seats: readonly string[], paymentMethod = 'pm_card_visa') {
    return { eventId: this.on.eventId, seats, buyer: BUYER, paymentMethod };
  }

  private confirmed(purchaseId: string) {
    return { purchaseId, reference: referenceOf(purchaseId), status: 'CONFIRMED' };
  }

  private bought(seats: readonly string[]) {
    return { eventId: this.on.eventId, seats, amount: 1_500 * seats.length, currency: 'EUR' };
  }
}
