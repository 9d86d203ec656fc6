import { admissionsOf } from '../../lambda/purchase/admission';
import { CANCELS_ADMITTED } from '../../lambda/purchase/cancellation';
import { type Facts, type Invariant, type ObservedPurchase, type Scan } from './observation';

/** Of the door. */
export const ADMISSION_INVARIANTS: readonly Invariant[] = [letsInOnce, keepsWhoIsInside, isJudgedAtTheGate];

/**
 * Each code lets somebody in once, at the gate that the record names, and no gate is told anything else. One that had no answer
 * scans again.
 */
function letsInOnce({ scans }: ObservedPurchase, { item }: Facts) {
  const noted = item ? admissionsOf(item) : [];
  return scans
    .filter(({ status }) => status > 0 && status < 500)
    .map((scan) => {
      const admission = noted.find(({ seatId }) => seatId === scan.seatId);
      return (
        !isTrue(scan, { admission, item }) &&
        `gate ${scan.gate} was told ${scan.status} ${scan.text} of ${scan.seatId}, and the record says ${JSON.stringify(admission ?? item?.status)}`
      );
    });
}

function isTrue(
  { gate, status, text }: Scan,
  { admission, item }: { readonly admission?: { readonly gate: string } } & Pick<Facts, 'item'>,
): boolean {
  const { code } = JSON.parse(text || '{}') as { readonly code?: string };
  if (status === 200) return admission?.gate === gate;
  switch (code) {
    case 'ALREADY_ADMITTED':
      return admission !== undefined;
    case 'PURCHASE_CANCELLED':
      return item?.status === 'CANCELLED';
    // It may have been scanned before the sale.
    case 'TICKET_NOT_VALID':
      return status === 422;
    default:
      return false;
  }
}

/** Whoever is inside keeps the purchase, unless it is cancelled for a reason that does not ask. */
function keepsWhoIsInside(_: ObservedPurchase, { item }: Facts) {
  if (item?.status !== 'CANCELLED' || item.admitted === undefined) return [];
  const { reason } = item.cancellation!;
  return [!CANCELS_ADMITTED[reason] && `it let somebody in and is CANCELLED for ${reason}`];
}

/** CONFIRMED ⇔ its codes are valid. */
function isJudgedAtTheGate({ check }: ObservedPurchase, { item }: Facts) {
  if (!item || check === undefined) return [];
  const due =
    { CONFIRMED: 'valid', CANCELLED: 'PURCHASE_CANCELLED' }[item.status as 'CONFIRMED'] ??
    'PURCHASE_NOT_CONFIRMED';
  return [check !== due && `it is ${item.status} and a gate is told ${check}`];
}
