import type * as z from 'zod/mini';
import { connectPurchases } from '../purchase/connect-purchases';
import { referenceOf } from '../shared/reference';
import { json, route } from '../shared/api';
import { parse, parseJson } from '../shared/validation';
import { type JudgeDependencies, judgeTicket } from './judge-ticket';
import { type TicketCheck, ticketCheckRequestSchema } from './ticket-answers';
import { connectTicketKeys } from './ticket-keys';

/** Whether a scanned code is valid. It records no admission: `admitTicket` does. */
export async function checkTicket(
  { code, eventId: gateEventId }: z.output<typeof ticketCheckRequestSchema>,
  dependencies: JudgeDependencies,
): Promise<TicketCheck> {
  const judged = await judgeTicket(code, gateEventId, dependencies);
  const verdict = judged.valid ? { valid: true } : { valid: false, reason: judged.reason };
  if (!judged.claims) return verdict;
  const { claims, purchase } = judged;
  const { purchaseId, eventId, seatId } = claims;
  return {
    ...verdict,
    ...{ purchaseId, reference: referenceOf(purchaseId), eventId, seatId },
    ...(purchase && { status: purchase.status }),
  };
}

/** `POST /ticket-checks` `{"code", "eventId"?}`, signed with IAM credentials. A code that is not valid is an answer, not an error. */
export const handler = route({
  name: 'CheckTicket',
  connect: (): JudgeDependencies => ({
    ticketKeys: connectTicketKeys(),
    purchases: connectPurchases(),
  }),
  answer: async ({ body }, dependencies) =>
    json(200, await checkTicket(parse(ticketCheckRequestSchema, parseJson(body)), dependencies)),
});
