import { roleOf } from '../lib/workflow/role';
import { eventually, type PurchaseBody } from '../harness/eventpro-client';
import { type FaultRun } from './fault-run';
import { STEP_FUNCTIONS } from '../local/step-functions/plugin';

/**
 * How a settled purchase ended: `sold` or `undone` when everything about it says the same, else what it says.
 */
export async function outcomeOf(purchaseId: string, { eventpro }: FaultRun): Promise<string> {
  const [{ status: http, text, body: purchase }, payments, ticket] = await Promise.all([
    eventpro.request<PurchaseBody>('GET', `/api/purchases/${purchaseId}`),
    eventpro.payments(purchaseId),
    eventpro.ticket(purchaseId),
  ]);
  if (http !== 200) return `${http} ${text}`;
  const taken = (await eventpro.seats()).filter(({ seatId }) => purchase.seats.includes(seatId));
  const captured = payments.reduce((sum, payment) => sum + payment.captured, 0);
  const kept = captured - payments.reduce((sum, payment) => sum + payment.refunded, 0);
  const { status, amount } = purchase;

  const sold = taken.every((seat) => seat.status === 'SOLD');
  if (status === 'CONFIRMED' && captured === amount && kept === amount && ticket.status === 302 && sold) {
    return 'sold';
  }
  if (status === 'FAILED' && kept === 0 && captured <= amount && ticket.status === 404) return 'undone';
  return JSON.stringify({ status, amount, captured, kept, ticket: ticket.status, taken });
}

/** Waits until no recovery runs. */
export async function settled({ cloud }: FaultRun): Promise<void> {
  await eventually(async () => {
    const running = cloud
      .get(STEP_FUNCTIONS)
      .history.list()
      .some((record) => record.status === 'RUNNING' && roleOf(record) === 'recovery');
    return running ? undefined : true;
  }, 'an end of the recoveries');
}
