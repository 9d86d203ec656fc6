import { randomUUID } from 'node:crypto';
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
  readonly wallMs: number;
  /** Milliseconds of each answer, by status; in the order of the answers. */
  readonly answers: readonly { readonly status: number; readonly ms: number; readonly at: number }[];
  readonly unanswered: number;
}

/** The load generator, a process of its own: it must not compete for the event loop of what it measures. */
async function buy(crowd: Crowd): Promise<CrowdResult> {
  const { url, eventId, buyers, purchases, seatsPerPurchase, seats } = crowd;
  const answers: { status: number; ms: number; at: number }[] = [];
  let next = 0;
  const startedAt = performance.now();
  const run = autocannon({
    ...{ url: `${url}/purchases`, connections: Math.min(buyers, purchases), amount: purchases, timeout: 280 },
    requests: [
      {
        method: 'POST',
        setupRequest(request) {
          const first = (next++ * seatsPerPurchase) % seats;
          return {
            ...request,
            headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
            body: JSON.stringify({
              eventId,
              seats: Array.from({ length: seatsPerPurchase }, (_, index) => seatId(first + index)),
              buyer: { name: 'Ann Lee', email: 'ann@example.com' },
              paymentMethod: 'pm_card_visa',
            }),
          };
        },
      },
    ],
  });
  run.on('response', (_, status, __, ms) => answers.push({ status, ms, at: performance.now() - startedAt }));
  const { errors } = await run;
  return { wallMs: performance.now() - startedAt, answers, unanswered: errors };
}

answerParent<Crowd, CrowdResult>({}, buy, async () => undefined);
