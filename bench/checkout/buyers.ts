import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import { answerParent } from '../host/child';
import { seatId } from '../server/venue';

/** What a crowd of buyers is asked to do. */
export interface Crowd {
  /** `POST {url}/purchases`. */
  readonly url: string;
  readonly eventId: string;
  /** How many buy at once, each as soon as it has its answer. */
  readonly buyers: number;
  readonly purchases: number;
  readonly seatsPerPurchase: number;
  /** Seats there are: with fewer than are wanted, buyers meet. */
  readonly seats: number;
}

export interface CrowdResult {
  /** Until the last answer. */
  readonly wallMs: number;
  /** Milliseconds until each final answer, by status; in the order of the answers. */
  readonly answers: readonly { readonly status: number; readonly ms: number; readonly at: number }[];
  readonly unanswered: number;
  /** Status and body of the first answer that was none of 201, 409 and 429. */
  readonly refusal?: string;
  /** How often somebody was told to come back later (429), and did. */
  readonly throttled: number;
}

/** Milliseconds after which somebody who was throttled tries again, with the same key. */
const COME_BACK_MS = 1_000;

/** The load generator, a process of its own: it must not compete for the event loop of what it measures. */
async function buy(crowd: Crowd): Promise<CrowdResult> {
  const keys = Array.from({ length: crowd.purchases }, () => randomUUID());
  const answers: { status: number; ms: number; at: number }[] = [];
  const beganAt = new Map<number, number>();
  let unanswered = 0;
  let throttled = 0;
  let refusal: string | undefined;
  const startedAt = performance.now();
  for (let buyers = [...keys.keys()]; buyers.length > 0;) {
    const again: number[] = [];
    let next = 0;
    const { errors } = await autocannon({
      url: `${crowd.url}/purchases`,
      connections: Math.min(crowd.buyers, buyers.length),
      amount: buyers.length,
      timeout: 280,
      requests: [
        {
          method: 'POST',
          setupRequest(request, context) {
            const buyer = buyers[next++]!;
            Object.assign(context, { buyer });
            if (!beganAt.has(buyer)) beganAt.set(buyer, performance.now());
            return { ...request, ...purchase(crowd, buyer, keys[buyer]!) };
          },
          onResponse(status, body, context) {
            const { buyer } = context as { buyer: number };
            const now = performance.now();
            if (![201, 409, 429].includes(status)) refusal ??= `${status} ${body}`;
            if (status === 429) again.push(buyer);
            else answers.push({ status, ms: now - beganAt.get(buyer)!, at: now - startedAt });
          },
        },
      ],
    });
    unanswered += errors;
    throttled += again.length;
    buyers = again;
    if (again.length > 0) await delay(COME_BACK_MS);
  }
  // The load generator itself ends at a whole second.
  const wallMs = answers.at(-1)?.at ?? performance.now() - startedAt;
  return { wallMs, answers, unanswered, throttled, refusal };
}

function purchase({ eventId, seatsPerPurchase, seats }: Crowd, buyer: number, key: string) {
  const first = (buyer * seatsPerPurchase) % seats;
  return {
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({
      eventId,
      seats: Array.from({ length: seatsPerPurchase }, (_, index) => seatId(first + index)),
      buyer: { name: 'Ann Lee', email: 'ann@example.com' },
      paymentMethod: 'pm_card_visa',
    }),
  };
}

answerParent<Crowd, CrowdResult>({}, buy, async () => undefined);
