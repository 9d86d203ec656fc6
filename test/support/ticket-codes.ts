import { type EventProClient } from '../../harness/eventpro-client';
import { decodeQrCode } from '../../scripts/verify-ticket/decode-qr-code';
import { readTicket } from '../../scripts/verify-ticket/read-ticket';

/** The ticket of a purchase as its buyer gets it. */
export async function ticketOf(eventpro: EventProClient, purchaseId: string): Promise<Buffer> {
  const link = (await eventpro.ticket(purchaseId)).headers.get('location')!;
  return Buffer.from(await (await fetch(link)).arrayBuffer());
}

/** The codes of its seats, in their order. */
export async function codesOf(eventpro: EventProClient, purchaseId: string): Promise<string[]> {
  const { pages } = await readTicket(await ticketOf(eventpro, purchaseId));
  return pages.map(({ qrCode }) => decodeQrCode(qrCode)!);
}
