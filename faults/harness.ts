import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type LocalRun, type LocalRunOptions, startLocalRun } from '../bin/local-run';
import { type EventAsPut, findSeat, seatsOf, type SeatPlan } from '../lambda/event/event-layout';
import { ENVIRONMENT } from '../lambda/shared/environment';
import { roleOf } from '../lib/workflow/role';
import { type InboxMessage } from '../local/inbox/inbox';
import { INBOX } from '../local/inbox/plugin';
import { StripeError } from '../local/stripe/stripe-error';
import { NobodyIsAsked, NothingToDispute } from '../local/stripe/stripe-server';
import { EVENTBRIDGE } from '../local/eventbridge/plugin';
import { PIPES } from '../local/pipes/plugin';
import { SQS } from '../local/sqs/plugin';
import { STEP_FUNCTIONS } from '../local/step-functions/plugin';
import demoEvent from '../web/demo-event.json';
import { complaintOf } from '../harness/domain-event-schemas';
import { type Answer, EventProClient, type Order, type PurchaseBody } from '../harness/eventpro-client';
import { AlteredAssembly } from './altered-assembly';
import { EffectProxy } from './effect-proxy';
import { type CancellationRequest } from '../lambda/purchase/cancellation';
import { CHANNEL_NAMES } from '../lambda/purchase/channels';
import { type TicketCheck } from '../lambda/ticket/ticket-answers';
import { referenceOf } from '../lambda/shared/reference';
import { type Effect } from './effects/effects';
import { type ExecutionKill, type Fault } from './fault';
import {
  type Cancelling,
  type ObservedPurchase,
  type PurchaseItem,
  type Reply,
  type Return,
  type Scan,
  type Told,
  type ToldEvent,
} from './invariants/observation';
import { groupBy } from './invariants/group-by';
import { violationsOf } from './violations';
import { OrderDesk } from './order-desk';
import { putAtStart } from './put';
import { Stores } from './stores';
import { ASKING_CARDS } from './work/asking-cards';
import { type OrderPlan, type PurchaseOrder, type Shop } from './work/shop';

export interface HarnessOptions {
  /** The cloud assembly to run. */
  readonly assemblyDirectory: string;
  /** Changes a copy of the assembly before it is run. */
  readonly mutateAssembly?: (directory: string) => Promise<void>;
  /** Worker threads a function may use at once. @default 4 */
  readonly workersPerFunction?: number;
  /** Loads every bundle at the start: worth it for more than a few purchases. @default true */
  readonly warm?: boolean;
  /** Requests of buyers at once; more wait. @default 24 */
  readonly concurrency?: number;
  /** Stripe tells of every payment by itself. @default of those alone that `letStripeTell` names: a purchase has its own work and no other */
  readonly stripeTells?: true;
  readonly log?: LocalRunOptions['log'];
  /** Awaited before the harness's own kills, so that a test can hold an execution there. @default nothing */
  readonly beforeState?: LocalRunOptions['beforeState'];
}

export interface StrayHold {
  /** There is none of this id. */
  readonly purchaseId: string;
  readonly order: Required<Pick<PurchaseOrder, 'eventId' | 'seats'>>;
}

/** A local run with faults in it, and what is known of every purchase made in it. */
export interface Harness extends Shop {
  readonly run: LocalRun;
  readonly client: EventProClient;
  readonly proxy: EffectProxy;
  /** Adds faults to those of the purchase, which may be one that is still to come. */
  plan(purchaseId: string, faults: readonly Fault[]): void;
  /** Lets recovery run with the faults, then without them, until the bound; then audits. */
  settle(): Promise<void>;
  /**
   * Gives the channels the messages in their dead-letter queues back, as the runbook tells whoever gets the alarm.
   *
   * @returns how many there were
   */
  redrive(): Promise<number>;
  /** Waits until nothing runs and nothing is about to: no function, no execution, no message that could be taken. */
  idle(): Promise<void>;
  /** From now on the purchase meets other functions than everybody does: physical name → physical name. */
  substitute(purchaseId: string, functions: ReadonlyMap<string, string>): void;
  /** Repeats every request, looks at everything from outside, and says which invariants do not hold. */
  violations(): Promise<string[]>;
  /** What of its faults the purchase has met: effects, and states before which an execution was killed. */
  hitsOf(purchaseId: string): ReadonlySet<string>;
  /** The states the purchase's executions have entered so far, and how each execution ended. */
  pathOf(purchaseId: string): string;
  /** Makes an unsettled purchase due now, however young it is. */
  makeDue(purchaseId: string): Promise<void>;
  /** Deletes the purchase's record, as a person can by hand. @returns puts it back */
  lose(purchaseId: string): Promise<() => Promise<void>>;
  /** Makes a hold that no purchase stands behind, and says which seat can therefore not be bought. */
  strayHold(): Promise<StrayHold>;
  /** How the purchases have ended; of those never opened, `NONE`. Known after `violations`. */
  outcomes(): ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/** The event of the purchases that must not meet: 8 sections, so that their partitions spread. */
const EVENT_ID = 'fault-injection';
const EVENT: EventAsPut = {
  name: 'Fault injection',
  venue: 'Everywhere',
  // Always in the future: what is over is not sold, and the audit of holds leaves it out.
  startsAt: '2100-05-01T20:00:00+02:00',
  currency: 'EUR',
  tiers: [
    { tier: 'paid', price: 5_000 },
    { tier: 'free', price: 0 },
  ],
  sections: [
    ...Array.from({ length: 8 }, (_, section) => ({
      section: `Section ${section + 1}`,
      rows: Array.from({ length: 4 }, (__, row) => ({ row: `S${section}R${row}`, tier: 'paid', seats: 500 })),
    })),
    { section: 'Free', rows: [{ row: 'F', tier: 'free', seats: 500 }] },
  ],
};
const LAYOUTS: Readonly<Record<string, SeatPlan>> = { [EVENT_ID]: EVENT, demo: demoEvent };

/** Seconds the clock is moved at a time: so that a purchase gets the reconciler's first, second and third attempt. */
const WITH_FAULTS = [420];
/** Then an order that waits for its buyer is given up, and one that an execution has left is due: it may have it for 26 minutes. */
const ORDERS_WITH_FAULTS = [300, 1_000];
const HEALED = [400, 800, 3_000, 3_700];

/** What one run of the reconciler starts at most: `MAX_STARTED` in lambda/recovery/reconcile.ts, and in start-due-orders.ts. */
const STARTED_A_RUN = { recovery: 500, order: 200 } as const;

/** Minutes that the cancellation of an event takes at most: it pauses between its pages. */
const CANCELLATION_MINUTES = 60;

/** Milliseconds after which a pipe that has read nothing stands still. */
const PIPES_TAKE_MS = 20_000;

/** What it takes to tell a buyer by e-mail. */
interface Telling {
  /** Between these and the note of the delivery an e-mail can only be sent again: SES has no idempotency key. */
  readonly afterSending: ReadonlySet<Effect>;
  /** An attempt that ends after one of these may have been made. */
  readonly afterLeasing: ReadonlySet<Effect>;
  /** Of this message, and no other, in the words of every channel. */
  readonly words: RegExp;
}

const TELLINGS = {
  sale: telling(/\bconfirmed\b/, 'lease delivery', 'send e-mail', 'note delivery'),
  cancellation: telling(
    /\bis cancelled\b/,
    'lease cancellation e-mail',
    'send cancellation e-mail',
    'note cancellation e-mail',
  ),
} as const;

function telling(words: RegExp, lease: Effect, ...afterSending: readonly Effect[]): Telling {
  return {
    words,
    afterSending: new Set(afterSending),
    afterLeasing: new Set([lease, ...afterSending]),
  };
}

interface Purchase {
  readonly purchaseId: string;
  readonly order: Required<Pick<Order, 'eventId' | 'seats'>> & Omit<Order, 'key'>;
  readonly name: string;
  readonly faults: readonly Fault[];
  readonly answer: Reply;
  /** What the buyer who came back, or gave up, was told. */
  readonly returns: Return[];
  readonly scans: Scan[];
  refundedByHand: number;
}

export async function startHarness(options: HarnessOptions): Promise<Harness> {
  const { concurrency = 24, workersPerFunction = 4, warm, log, stripeTells = false } = options;
  const assembly = AlteredAssembly.copyOf(options.assemblyDirectory);
  const assemblyDirectory = assembly.directory;
  // Hundreds buy at once here, and all from one address.
  assembly.setEnvironment(ENVIRONMENT.unpaidSeats, '1000000');
  assembly.setEnvironment(ENVIRONMENT.unpaidExtras, '1000000');
  await options.mutateAssembly?.(assemblyDirectory);
  const work = new Work();
  const proxy = new EffectProxy(work);
  const run = await startLocalRun({
    ...{ assemblyDirectory, workersPerFunction, warm, log, port: 0, waitScale: 0 },
    redirect: (service, url) => proxy.before(service, url),
    aroundIntegration: proxy.aroundIntegration,
    aroundInvoke: work.aroundInvoke,
    beforeState: async (execution, state) => {
      await options.beforeState?.(execution, state);
      await work.beforeState(execution, state);
    },
  });
  run.stripe.events.setMode({ held: !stripeTells });
  const { stateMachines } = run.cloud.get(STEP_FUNCTIONS);
  work.waiting = () => stateMachines.flatMap(({ taskTokens }) => taskTokens.waiting());
  return FaultHarness.start(run, { proxy, work, concurrency, assembly });
}

type Execution = Parameters<NonNullable<LocalRunOptions['beforeState']>>[0];

/** The functions and executions under way, by purchase: whom the faults kill, and whom `settle` waits for. */
class Work {
  invocations = 0;
  /** Executions so far, by their role. */
  readonly started = new Map<string, number>();
  /** Tasks that wait for somebody's token. */
  waiting: () => readonly { readonly executionArn: string }[] = () => [];
  readonly executions = new Set<Execution>();
  private readonly kills = new Map<string, ExecutionKill[]>();
  /** Purchases whose function was killed: with a batch of messages, all that are in it. */
  readonly killed = new Set<string>();
  private readonly killedAt = new Map<string, string[]>();
  private readonly sandboxes = new Map<AbortController, readonly string[]>();
  private readonly paths = new Map<string, string[]>();
  /** Functions by physical name, of purchases that meet others in their place. */
  readonly substitutes = new Map<string, ReadonlyMap<string, string>>();

  kill(purchaseId: string, kill: ExecutionKill): void {
    this.kills.set(purchaseId, [...(this.kills.get(purchaseId) ?? []), kill]);
  }

  pathOf(purchaseId: string): string {
    return (this.paths.get(purchaseId) ?? []).join(' ');
  }

  /** The states before which an execution of the purchase was killed. */
  killedBefore(purchaseId: string): readonly string[] {
    return this.killedAt.get(purchaseId) ?? [];
  }

  killFunctions(purchaseId: string): void {
    for (const [controller, purchaseIds] of this.sandboxes) {
      if (!purchaseIds.includes(purchaseId)) continue;
      for (const other of purchaseIds) this.killed.add(other);
      controller.abort();
    }
  }

  /** Executions that do something: not those that wait for a buyer. */
  running(of?: string): number {
    const waiting = new Set(this.waiting().map(({ executionArn }) => executionArn));
    const isAtWork = (execution: Execution) =>
      !waiting.has(execution.executionArn) && (of === undefined || purchaseOf(execution) === of);
    return [...this.executions].filter(isAtWork).length;
  }

  isBusyWith(id: string): boolean {
    return this.running(id) > 0 || [...this.sandboxes.values()].some((ids) => ids.includes(id));
  }

  abortExecutions(purchaseId: string): void {
    for (const execution of this.executions) if (purchaseOf(execution) === purchaseId) execution.abort();
  }

  readonly beforeState: NonNullable<LocalRunOptions['beforeState']> = (execution, state) => {
    const purchaseId = purchaseOf(execution);
    const path = this.paths.get(purchaseId) ?? [];
    this.paths.set(purchaseId, path);
    if (!this.executions.has(execution)) {
      this.executions.add(execution);
      const role = roleOf(execution.record) ?? '';
      this.started.set(role, (this.started.get(role) ?? 0) + 1);
      path.push(`| ${role}:`);
      void execution.finished.then(({ status }) => {
        this.executions.delete(execution);
        path.push(status);
      });
    }
    const kills = this.kills.get(purchaseId) ?? [];
    const hit = kills.find(
      ({ killBefore, role = 'checkout', from }) =>
        killBefore === state && role === roleOf(execution.record) && (!from || isReturn(execution)),
    );
    if (!hit) return void path.push(state);
    kills.splice(kills.indexOf(hit), 1);
    this.killedAt.set(purchaseId, [...this.killedBefore(purchaseId), state]);
    execution.abort();
  };

  readonly aroundInvoke: NonNullable<LocalRunOptions['aroundInvoke']> =
    (invoke) =>
    async (name, payload, { signal } = {}) => {
      const controller = new AbortController();
      const purchaseIds = purchasesIn(payload);
      this.sandboxes.set(controller, purchaseIds);
      this.invocations++;
      try {
        const either = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal;
        const parts = this.partsOf(name, payload);
        const answers = await Promise.all(
          parts.map((part) => invoke(part.name, part.payload, { signal: either })),
        );
        return answers.length === 1 ? answers[0]! : answerOfBatch(answers);
      } finally {
        this.invocations--;
        this.sandboxes.delete(controller);
      }
    };

  /** A step is one part. A batch of messages is divided where their purchases meet different functions. */
  private partsOf(name: string, payload: unknown): { readonly name: string; readonly payload: unknown }[] {
    const met = (about: unknown): string =>
      this.substitutes.get(purchasesIn(about)[0] ?? '')?.get(plainName(name)) ?? name;
    const { Records: records = [] } = (payload ?? {}) as { readonly Records?: readonly object[] };
    if (records.length === 0) return [{ name: met(payload), payload }];
    const parts = groupBy(records, (record) => met({ Records: [record] }));
    return [...parts].map(([each, Records]) => ({ name: each, payload: { Records } }));
  }
}

type InvocationAnswer = Awaited<ReturnType<Parameters<NonNullable<LocalRunOptions['aroundInvoke']>>[0]>>;

/** Of the parts of a batch of messages: what each reports as failed; if one fails altogether, all do. */
function answerOfBatch(answers: readonly InvocationAnswer[]): InvocationAnswer {
  const failed = answers.find(({ functionError }) => functionError);
  if (failed) return failed;
  const batchItemFailures = answers.flatMap(
    ({ payload }) => (JSON.parse(payload) as { readonly batchItemFailures: object[] }).batchItemFailures,
  );
  return { statusCode: 200, payload: JSON.stringify({ batchItemFailures }) };
}

/** Of an ARN, with a version or an alias or without. */
function plainName(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:.*:function:/, '').replace(/:.*$/, '');
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const REFERENCE = /\b[0-9A-HJKMNP-TV-Z]{10}\b/g;

function purchaseOf({ record }: Execution): string {
  const { purchaseId, orderId } = record.input as { purchaseId?: string; orderId?: string };
  return purchaseId ?? orderId ?? '';
}

/** It takes a purchase up again, or gives it up. */
function isReturn({ record }: Execution): boolean {
  const input = record.input as object;
  return 'resume' in input || 'abandon' in input;
}

/** A step is about one purchase or one order, a gate's scan and a request as well, a batch of messages about several. */
function purchasesIn(payload: unknown): readonly string[] {
  const {
    orderId,
    purchaseId = orderId ?? codeIn(payload) ?? orderOfRequest(payload),
    Records = [],
  } = (payload ?? {}) as {
    purchaseId?: string;
    orderId?: string;
    Records?: readonly { body: string }[];
  };
  return purchaseId ? [purchaseId] : [...new Set(Records.flatMap(({ body }) => body.match(UUID) ?? []))];
}

/** The order that a request opens by its key, or names in its path. */
function orderOfRequest(payload: unknown): string | undefined {
  const { resource, headers, pathParameters } = (payload ?? {}) as {
    readonly resource?: string;
    readonly headers?: Readonly<Record<string, string>> | null;
    readonly pathParameters?: { readonly orderId?: string } | null;
  };
  if (!resource?.startsWith('/orders')) return undefined;
  const [, key] = Object.entries(headers ?? {}).find(([name]) => /^idempotency-key$/i.test(name)) ?? [];
  return pathParameters?.orderId ?? key;
}

/** The purchase that a scanned code names: a compact JWS. */
function codeIn(payload: unknown): string | undefined {
  const { body } = (payload ?? {}) as { readonly body?: string | null };
  const [, claims] = /"code":"[\w-]+\.([\w-]+)\.[\w-]+"/.exec(body ?? '') ?? [];
  return claims && Buffer.from(claims, 'base64url').toString().match(UUID)?.[0];
}

interface Parts {
  readonly proxy: EffectProxy;
  readonly work: Work;
  readonly concurrency: number;
  /** The folder of a changed assembly, to be deleted in the end. */
  readonly assembly: AlteredAssembly;
}

class FaultHarness implements Harness {
  readonly client: EventProClient;
  readonly proxy: EffectProxy;
  private readonly stores: Stores;
  private readonly purchases = new Map<string, Purchase>();
  /** By purchase: also of one whose own first answer is still on its way. */
  private readonly cancellations = new Map<string, readonly Cancelling[]>();
  /** By reference. */
  private readonly messages = new Map<string, InboxMessage[]>();
  /** By reference. */
  private readonly events = new Map<string, ToldEvent[]>();
  private readonly limit: Limit;
  private readonly orders: OrderDesk;
  private readonly seats: Iterator<{ readonly seatId: string }>;
  private readonly freeSeats: Iterator<{ readonly seatId: string }>;
  private ended: ReadonlyMap<string, string> = new Map();

  private constructor(
    readonly run: LocalRun,
    private readonly parts: Parts,
  ) {
    this.client = new EventProClient(() => run.url);
    this.proxy = parts.proxy;
    this.stores = new Stores(run);
    this.limit = new Limit(parts.concurrency);
    this.seats = seatsAt('paid').values();
    this.freeSeats = seatsAt('free').values();
    const { work, proxy } = parts;
    this.orders = new OrderDesk({
      ...{ client: this.client, proxy, stripe: run.stripe, eventId: EVENT_ID, limit: this.limit },
      plan: (id, faults) => this.plan(id, faults),
      isBusyWith: (id) => work.isBusyWith(id),
      wasKilled: (id) => work.killed.has(id),
      pathOf: (id) => this.pathOf(id),
      messagesOf: (reference) => this.messages.get(reference) ?? [],
    });
    // Not by asking the inbox: it forgets the oldest.
    run.cloud.get(INBOX).onMessage((message) => {
      for (const reference of new Set(message.text?.match(REFERENCE))) {
        this.messages.set(reference, [...(this.messages.get(reference) ?? []), message]);
      }
    });
    run.cloud.get(EVENTBRIDGE).onEvent((_, event) => {
      const { id, reference, sequence } = event.detail as Record<string, string>;
      const told = {
        type: event['detail-type'],
        id: id!,
        sequence: Number(sequence),
        text: JSON.stringify(event),
        complaint: complaintOf(event),
      };
      this.events.set(reference!, [...(this.events.get(reference!) ?? []), told]);
    });
  }

  static async start(run: LocalRun, parts: Parts): Promise<Harness> {
    const harness = new FaultHarness(run, parts);
    try {
      await harness.open();
      return harness;
    } catch (error) {
      await harness.close();
      throw error;
    }
  }

  private async open(): Promise<void> {
    await putAtStart('event', () => this.client.putEvent(EVENT_ID, EVENT));
    await this.orders.open();
  }

  plan(purchaseId: string, faults: readonly Fault[]): void {
    this.proxy.plan(
      purchaseId,
      faults.filter((fault) => 'effect' in fault),
    );
    for (const fault of faults) if ('killBefore' in fault) this.parts.work.kill(purchaseId, fault);
  }

  async buy(wanted: PurchaseOrder = {}): Promise<Answer & { readonly purchaseId: string }> {
    const { key: purchaseId = randomUUID(), faults = [], name, isFree, ...rest } = wanted;
    const own = rest.seats ? {} : { eventId: EVENT_ID, seats: [next(isFree ? this.freeSeats : this.seats)] };
    const order = { eventId: 'demo', seats: [], ...rest, ...own };
    this.plan(purchaseId, faults);
    return this.limit.run(async () => {
      const answer = await this.client.buy({ key: purchaseId, ...order });
      if (!this.purchases.has(purchaseId)) {
        const words = name ?? (faults.length > 0 ? JSON.stringify(faults) : 'none');
        const { status, text } = answer;
        this.purchases.set(purchaseId, {
          ...{ purchaseId, order, faults, name: words, answer: { status, text } },
          ...{ returns: [], scans: [], refundedByHand: 0 },
        });
      }
      this.proxy.enter('recovery', purchaseId);
      await this.proxy.releaseLate(purchaseId);
      return answer;
    });
  }

  order(wanted?: OrderPlan): Promise<Answer & { readonly orderId: string }> {
    return this.orders.order(wanted);
  }

  comeBackWithOrder(orderId: string): Promise<Answer> {
    return this.orders.comeBack(orderId);
  }

  refundOrderByHand(orderId: string, amount?: number): boolean {
    return this.orders.refundByHand(orderId, amount);
  }

  cancelEvent(eventId: string): Promise<void> {
    return this.orders.cancelEvent(eventId);
  }

  answerBank(purchaseId: string, outcome: 'succeeded' | 'failed'): boolean {
    const intent = this.proxy.intentOf(purchaseId);
    try {
      return intent !== undefined && this.run.stripe.answerBank(intent, outcome) !== undefined;
    } catch (error) {
      if (error instanceof NobodyIsAsked) return false;
      throw error;
    }
  }

  comeBack(purchaseId: string): Promise<Answer> {
    return this.return(purchaseId, 'came back', () => this.client.resume(purchaseId));
  }

  giveUp(purchaseId: string): Promise<Answer> {
    return this.return(purchaseId, 'gave up', () => this.client.abandon(purchaseId));
  }

  private return(purchaseId: string, how: Return['how'], request: () => Promise<Answer>): Promise<Answer> {
    return this.limit.run(async () => {
      this.proxy.enter('return', purchaseId);
      const answer = await request();
      const { status, text } = answer;
      this.purchases.get(purchaseId)?.returns.push({ how, status, text });
      await this.proxy.releaseLate(purchaseId);
      return answer;
    });
  }

  cancel(
    purchaseId: string,
    request: CancellationRequest = { reason: 'BUYER_REQUEST' },
  ): Promise<Answer<PurchaseBody>> {
    return this.limit.run(async () => {
      const answer = await this.client.cancel(purchaseId, request);
      const { status, text } = answer;
      this.cancellations.set(purchaseId, [...this.cancellationsOf(purchaseId), { request, status, text }]);
      this.proxy.enter('cancelled', purchaseId);
      await this.proxy.releaseLate(purchaseId);
      return answer;
    });
  }

  private cancellationsOf(purchaseId: string): readonly Cancelling[] {
    return this.cancellations.get(purchaseId) ?? [];
  }

  async admit(
    purchaseId: string,
    gate: string,
    seatId = this.purchases.get(purchaseId)?.order.seats[0],
  ): Promise<Answer | undefined> {
    const purchase = this.purchases.get(purchaseId);
    const code = seatId === undefined ? undefined : await this.stores.codeOf(purchaseId, seatId);
    if (!purchase || !seatId || !code) return undefined;
    return this.limit.run(async () => {
      const answer = await this.client.admit({ code, gate, eventId: purchase.order.eventId });
      const { status, text } = answer;
      purchase.scans.push({ gate, seatId, status, text });
      await this.proxy.releaseLate(purchaseId);
      return answer;
    });
  }

  refundByHand(purchaseId: string, amount?: number): boolean {
    const intent = this.proxy.intentOf(purchaseId);
    const purchase = this.purchases.get(purchaseId);
    if (!intent || !purchase) return false;
    try {
      const { refunds } = this.run.stripe.refundByHand(intent, amount)!;
      purchase.refundedByHand += refunds.at(-1)!.amount;
      return true;
    } catch (error) {
      if (error instanceof StripeError) return false;
      throw error;
    }
  }

  winDispute(purchaseId: string): boolean {
    const intent = this.proxy.intentOf(purchaseId);
    try {
      return intent !== undefined && this.run.stripe.dispute(intent, 'won') !== undefined;
    } catch (error) {
      if (error instanceof NothingToDispute) return false;
      throw error;
    }
  }

  async letStripeTell(purchaseId: string): Promise<void> {
    const intent = this.proxy.intentOf(purchaseId);
    if (intent) this.run.stripe.events.letGo(intent);
    await this.run.stripe.events.idle();
  }

  async settle(): Promise<void> {
    await this.idle();
    const withFaults = this.orders.isUsed ? [...WITH_FAULTS, ...ORDERS_WITH_FAULTS] : WITH_FAULTS;
    for (const seconds of withFaults) await this.advance(seconds);
    this.proxy.heal();
    for (const seconds of HEALED) await this.advance(seconds);
    for (let minute = 0; !(await this.orders.cancellationsAreDone()); minute++) {
      if (minute === CANCELLATION_MINUTES)
        throw new Error('The cancellation of an event does not come to its end');
      await this.advance(60);
    }
  }

  substitute(purchaseId: string, functions: ReadonlyMap<string, string>): void {
    this.parts.work.substitutes.set(purchaseId, functions);
  }

  async redrive(): Promise<number> {
    const sqs = this.run.cloud.get(SQS);
    let moved = 0;
    for (const channel of sqs.list()) {
      const { deadLetterTargetArn } = channel.attributes.redrivePolicy ?? {};
      if (deadLetterTargetArn) moved += sqs.moveMessages(sqs.queue(deadLetterTargetArn), channel).moved;
    }
    await this.idle();
    return moved;
  }

  async violations(): Promise<string[]> {
    const settled = await this.stores.snapshot();
    const repeats = await this.eachPurchase((purchase) => this.repeat(purchase));
    const cancelledAgain = await this.eachPurchase((purchase) =>
      this.cancelAgain(purchase, settled.purchases.get(purchase.purchaseId)?.status),
    );
    const repeatedOrders = await this.orders.repeat();
    await this.idle();
    // A turn of the reconciler and of the audits: they must leave alone what is settled.
    await this.advance(3_700);
    const final = await this.stores.snapshot();
    const tickets = await this.stores.tickets();
    await this.untilTold([...final.purchases.values()]);
    const purchases = await this.eachPurchase((purchase, index) =>
      this.observe(purchase, {
        repeat: repeats[index]!,
        cancelledAgain: cancelledAgain[index],
      }),
    );
    const orders = await this.orders.observe(repeatedOrders);
    this.ended = new Map([
      ...purchases.map(({ purchaseId }) => endOf(purchaseId, settled.purchases)),
      ...orders.map(({ orderId }) => endOf(orderId, settled.orders)),
    ]);
    const payments = this.run.stripe.payments();
    const foreignReleases = this.proxy.foreignReleases();
    const { cancelledEvents } = this.orders;
    return violationsOf({
      ...{ purchases, orders, cancelledEvents, settled, final, payments, tickets, foreignReleases },
    });
  }

  hitsOf(purchaseId: string): ReadonlySet<string> {
    return new Set([...this.proxy.hitsOf(purchaseId), ...this.parts.work.killedBefore(purchaseId)]);
  }

  pathOf(purchaseId: string): string {
    return this.parts.work.pathOf(purchaseId);
  }

  outcomes(): ReadonlyMap<string, string> {
    return this.ended;
  }

  makeDue(purchaseId: string): Promise<void> {
    return this.stores.makeDue(purchaseId);
  }

  async lose(purchaseId: string): Promise<() => Promise<void>> {
    const lost = await this.stores.losePurchases((key) => key === purchaseId);
    return () => this.stores.restorePurchases(lost);
  }

  async strayHold() {
    const seatId = next(this.seats);
    const purchaseId = await this.stores.putStrayHold(EVENT_ID, findSeat(EVENT, seatId)!);
    return { purchaseId, order: { eventId: EVENT_ID, seats: [seatId] } };
  }

  async close(): Promise<void> {
    // Requests that hang in a fault end first, or the functions would wait for them.
    this.proxy.heal();
    await this.run.close();
    await this.proxy.close();
    this.stores.close();
    this.parts.assembly.remove();
  }

  private repeat({ purchaseId, order }: Purchase): Promise<Reply> {
    return patiently(() => this.client.buy({ key: purchaseId, ...order }));
  }

  /** Of a sale that stands it would be the first time. */
  private async cancelAgain(
    { purchaseId }: Purchase,
    status: string | undefined,
  ): Promise<Reply | undefined> {
    const isAsked = this.cancellationsOf(purchaseId).length > 0;
    if (status !== 'CANCELLED' && (!isAsked || status === 'CONFIRMED')) return undefined;
    return patiently(() => this.client.cancel(purchaseId, { reason: 'FRAUD', refund: { amount: 1 } }));
  }

  private async observe(
    purchase: Purchase,
    asked: Pick<ObservedPurchase, 'repeat' | 'cancelledAgain'>,
  ): Promise<ObservedPurchase> {
    const { purchaseId, order, name, answer, returns } = purchase;
    const { scans, refundedByHand } = purchase;
    const cancellations = this.cancellationsOf(purchaseId);
    const view = await this.client.request('GET', `/api/purchases/${purchaseId}`);
    const ticket = await this.client.ticket(purchaseId);
    const link = ticket.headers.get('location');
    const pdf = link ? await (await fetch(link)).text() : '';
    const layout = LAYOUTS[order.eventId];
    return {
      ...{ purchaseId, eventId: order.eventId, seats: order.seats, plan: name, answer, returns },
      ...{ cancellations, scans, refundedByHand, ...asked },
      check: await this.check(purchase),
      isAsked: ASKING_CARDS.has(order.paymentMethod ?? ''),
      price: order.seats.reduce((sum, seatId) => sum + ((layout && findSeat(layout, seatId)?.price) ?? 0), 0),
      path: this.pathOf(purchaseId),
      view: { status: view.status, text: view.text },
      ticket: { status: ticket.status, isPdf: pdf.startsWith('%PDF-') },
      toldOfSale: this.toldOf(purchase, TELLINGS.sale),
      toldOfCancellation: this.toldOf(purchase, TELLINGS.cancellation),
      events: this.eventsOf(purchaseId),
    };
  }

  private async check({ purchaseId, order }: Purchase): Promise<string | undefined> {
    const code = await this.stores.codeOf(purchaseId, order.seats[0]!);
    if (!code) return undefined;
    const { body } = await this.client.signed<TicketCheck>('POST', '/api/ticket-checks', { code });
    return body.valid ? 'valid' : body.reason;
  }

  private toldOf({ purchaseId, faults }: Purchase, { words, afterSending, afterLeasing }: Telling): Told {
    const messages = this.messages.get(referenceOf(purchaseId)) ?? [];
    const isHit = (effects: ReadonlySet<Effect>) =>
      this.parts.work.killed.has(purchaseId) ||
      faults.some((fault) => 'effect' in fault && effects.has(fault.effect)) ||
      [...this.proxy.repeatsOf(purchaseId)].some((effect) => effects.has(effect));
    const received = CHANNEL_NAMES.map((channel) => [
      channel,
      messages.filter((message) => message.channel === channel && words.test(message.text ?? '')).length,
    ]);
    return {
      received: Object.fromEntries(received) as Told['received'],
      mayRepeat: isHit(afterSending),
      mayBeUnknown: isHit(afterLeasing),
    };
  }

  /**
   * Pipes are behind their tables, on a busy machine by more than a moment: waits as long as they come on. What has not come when
   * they stand still is missing.
   */
  private async untilTold(items: readonly PurchaseItem[]): Promise<void> {
    const isTold = ({ purchaseId, sequence = 0 }: PurchaseItem) =>
      new Set(this.eventsOf(purchaseId).map(({ id }) => id)).size >= sequence;
    const read = () =>
      this.run.cloud
        .get(PIPES)
        .list()
        .reduce((sum, pipe) => sum + pipe.report().read, 0);
    let before = read();
    for (let since = Date.now(); !items.every(isTold) && Date.now() < since + PIPES_TAKE_MS;) {
      await delay(50);
      const now = read();
      if (now > before) since = Date.now();
      before = now;
    }
  }

  private eventsOf(purchaseId: string): readonly ToldEvent[] {
    return this.events.get(referenceOf(purchaseId)) ?? [];
  }

  /** Moves the clock, and again by a minute as long as the reconciler had more to start than one run of it may. */
  private async advance(seconds: number): Promise<void> {
    const { work } = this.parts;
    for (let more = true, step = seconds; more; step = 60) {
      const before = new Map(work.started);
      this.run.clock.advance(step);
      await this.idle();
      more = Object.entries(STARTED_A_RUN).some(
        ([role, most]) => (work.started.get(role) ?? 0) - (before.get(role) ?? 0) >= most,
      );
    }
  }

  async idle(): Promise<void> {
    const { work } = this.parts;
    const queues = this.run.cloud
      .get(SQS)
      .list()
      .filter(({ attributes }) => attributes.redrivePolicy);
    for (let quiet = 0; quiet < 3; quiet++) {
      await delay(5);
      await this.run.stripe.events.idle();
      const busy =
        work.invocations > 0 ||
        work.running() > 0 ||
        queues.some((queue) => queue.counts().visible > 0) ||
        (await this.proxy.releaseAllLate());
      if (busy) quiet = -1;
    }
  }

  private eachPurchase<Result>(
    work: (purchase: Purchase, index: number) => Promise<Result>,
  ): Promise<Result[]> {
    return Promise.all(
      [...this.purchases.values()].map((purchase, index) => this.limit.run(() => work(purchase, index))),
    );
  }
}

function endOf(id: string, items: ReadonlyMap<string, { readonly status: string }>): [string, string] {
  return [id, items.get(id)?.status ?? 'NONE'];
}

function seatsAt(tier: string) {
  return seatsOf(EVENT).filter((seat) => seat.tier === tier);
}

function next(seats: Iterator<{ readonly seatId: string }>): string {
  const seat = seats.next();
  if (seat.done) throw new Error('The event of the harness has no seat left');
  return seat.value.seatId;
}

/** As a client asks, again when the gateway hung up; on a machine that is too busy, more than once. */
async function patiently(ask: () => Promise<Reply>): Promise<Reply> {
  let reply: Reply = { status: 0, text: '' };
  for (let attempt = 1; attempt <= 10; attempt++) {
    reply = await ask();
    if (reply.status !== 504) break;
    await delay(200 * attempt);
  }
  return { status: reply.status, text: reply.text };
}

/** Lets so many run at once; the others wait their turn. */
class Limit {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.free = limit;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
