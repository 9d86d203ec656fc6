import type * as z from 'zod/mini';
import { admissionsOf } from '../purchase/admission';
import { isCancelled, type PurchasedSeat } from '../purchase/purchase';
import { connectPurchases } from '../purchase/connect-purchases';
import { NotTaken } from '../purchase/purchase-repository';
import { json, route } from '../shared/api';
import { type Clock, systemClock, timeText } from '../shared/clock';
import { measure } from '../shared/measure';
import { Problem } from '../shared/problem';
import { referenceOf } from '../shared/reference';
import { parse, parseJson } from '../shared/validation';
import { type JudgeDependencies, judgeTicket } from './judge-ticket';
import {
  type ADMISSION_REFUSALS,
  type AdmissionAnswer,
  admissionRequestSchema,
  type TicketRefusal,
} from './ticket-answers';
import { connectTicketKeys } from './ticket-keys';

/**
 * Seconds within which a gate that sends its scan again is told what it was told: its first answer was lost on the way. After
 * that the ticket has been shown again.
 */
export const SAME_SCAN_WITHIN = 10;

interface Dependencies extends JudgeDependencies {
  readonly clock: Clock;
}

type Refusal = Problem<(typeof ADMISSION_REFUSALS)[number]>;

/**
 * Lets somebody in, once for each code, whichever gates see it at the same time.
 *
 * @returns what the gate shows, the first time; a problem otherwise
 */
export async function admitTicket(
  { code, eventId, gate }: z.output<typeof admissionRequestSchema>,
  { clock, ...judging }: Dependencies,
): Promise<AdmissionAnswer | Refusal> {
  const judged = await judgeTicket(code, eventId, judging);
  if (!judged.valid) return refusalOf(judged.reason);
  const { purchase, seat } = judged;
  const now = clock.nowSeconds();
  const admitted = await judging.purchases.admit(purchase.purchaseId, seat.seatId, { gate, at: now });
  if (!admitted) return refusalOf('PURCHASE_NOT_FOUND');
  if (!(admitted instanceof NotTaken)) return answerOf(now);

  const found = admitted.purchase;
  if (isCancelled(found)) return refusalOf('PURCHASE_CANCELLED');
  const first = admissionsOf(found).find(({ seatId }) => seatId === seat.seatId);
  if (!first) return refusalOf('PURCHASE_NOT_CONFIRMED');
  if (first.gate === gate && now - first.at <= SAME_SCAN_WITHIN) return answerOf(first.at);
  return new Problem('AlreadyAdmitted', undefined, { admittedAt: timeText(first.at), gate: first.gate });

  function answerOf(at: number): AdmissionAnswer {
    const { seatId, section, tier }: PurchasedSeat = seat;
    const reference = referenceOf(purchase.purchaseId);
    return { reference, eventId, seatId, section, ...(tier && { tier }), admittedAt: timeText(at), gate };
  }
}

/** What a check would give as its reason. */
function refusalOf(reason: TicketRefusal): Refusal {
  switch (reason) {
    case 'OTHER_EVENT':
      return new Problem('OtherEvent');
    case 'PURCHASE_CANCELLED':
      return new Problem('PurchaseCancelled');
    default:
      return new Problem('TicketNotValid', undefined, { reason });
  }
}

/** `POST /admissions` `{"code", "eventId", "gate"}`, signed with IAM credentials. */
export const handler = route({
  name: 'AdmitTicket',
  connect: (): Dependencies => ({
    ticketKeys: connectTicketKeys(),
    purchases: connectPurchases(),
    clock: systemClock,
  }),
  answer: async ({ body }, dependencies) => {
    const answer = await admitTicket(parse(admissionRequestSchema, parseJson(body)), dependencies);
    const refused = answer instanceof Problem;
    measure({ Admissions: 1 }, { admission: refused ? answer.code : 'ADMITTED' });
    if (refused) throw answer;
    return json(200, answer);
  },
});
