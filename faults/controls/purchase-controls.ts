import { type Control, heldBefore, SOLD_FOR_NOTHING, told } from './control';
import { callGives, conditionFailed, conditionMet, propertyIs } from './guard';

const PURCHASES = 'lambda/purchase/purchase-repository.ts';
const SEATS = 'lambda/seat/seat-repository.ts';

/** Seats are taken all or nothing, and each status of a purchase is reached by one conditional write. */
export const PURCHASE_CONTROLS: readonly Control[] = [
  {
    guard: 'the condition of a hold',
    without: {
      functions: ['ReserveSeat'],
      file: SEATS,
      within: 'SeatRepository.hold',
      edits: [conditionMet()],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat] });
      await buy({ seats: [seat] });
    },
    violation: /has owners/,
  },
  {
    guard: 'the expiry in the condition of a hold: it keeps the seat',
    without: {
      functions: ['ReserveSeat'],
      file: SEATS,
      within: 'SeatRepository.hold',
      edits: [conditionMet('expiresAt <= :now')],
    },
    scenario: async ({ buy, before, seats: [seat] }) => {
      const first = await heldBefore('GenerateTicket', { buy, before, seat });
      const { status } = await buy({ seats: [seat] });
      first.resume();
      const { status: firstStatus } = await first.answer;
      return [...told(409, status), ...told(201, firstStatus)];
    },
    violation: /told 503 instead of 201/,
  },
  {
    guard: 'the expiry in the condition of a hold: it frees the seat',
    without: {
      functions: ['ReserveSeat'],
      file: SEATS,
      within: 'SeatRepository.hold',
      edits: [conditionFailed('expiresAt <= :now')],
    },
    scenario: async ({ buy, run, seats: [seat] }) => {
      await buy({
        seats: [seat],
        paymentMethod: 'pm_card_chargeDeclined',
        faults: [{ effect: 'release', mode: 'cut' }],
      });
      run.clock.advance(601);
      const { status } = await buy({ seats: [seat] });
      return told(201, status);
    },
    violation: /told 409 instead of 201/,
  },
  {
    guard: 'that a purchase is opened once',
    without: {
      functions: ['ReserveSeat'],
      file: PURCHASES,
      within: 'PurchaseRepository.write',
      edits: [conditionMet()],
    },
    scenario: async ({ buy, seats: [seat, other] }) => {
      const { purchaseId: key } = await buy({ seats: [seat] });
      await buy({ key, seats: [other] });
    },
    violation: /and was sold/,
  },
  {
    guard: 'that a refusal is recorded under a new key only',
    without: {
      functions: ['ReserveSeat'],
      file: PURCHASES,
      within: 'PurchaseRepository.recordRefused',
      edits: [conditionMet()],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      const { purchaseId: key } = await buy({ seats: [seat] });
      await buy({ key, seats: ['ZZ-1'] });
    },
    violation: /is FAILED and \d+ of \d+ is kept/,
    unaudited: true,
  },
  {
    guard: 'that a key is closed when its reservation is undone',
    without: {
      functions: ['ReleaseSeat'],
      file: 'lambda/seat/release-seat.ts',
      within: 'releaseSeat.claimOrClose',
      edits: [callGives('purchases.recordRefused', 'undefined')],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'hold', mode: 'late' }] });
    },
    violation: /was answered 503 .*RESERVATION_FAILED.* and then/s,
  },
  {
    guard: 'that an intent is stored on a living purchase only',
    without: {
      functions: ['ProcessPayment'],
      file: PURCHASES,
      within: 'PurchaseRepository.updateLive',
      edits: [conditionMet()],
    },
    scenario: async ({ buy, client, invoke, seats: [seat] }) => {
      const { purchaseId } = await buy({
        seats: [seat],
        faults: [{ effect: 'create intent', mode: 'error', times: 4 }],
      });
      // An attempt that the state machine gave up long ago.
      await invoke('ProcessPayment', {
        ...{ purchaseId, amount: 12_000, currency: 'EUR', paymentMethod: 'pm_card_visa' },
        ...{ executionId: 'long over', paymentIntentId: null, viewer: '192.0.2.1', eventId: 'demo' },
      });
      const payments = await client.payments(purchaseId);
      return payments.filter(({ captured }) => captured > 0).map(() => 'a failed purchase was charged');
    },
    violation: /a failed purchase was charged/,
  },
  {
    guard: 'that a living purchase only becomes PAID',
    without: {
      functions: ['GenerateTicket'],
      file: PURCHASES,
      within: 'PurchaseRepository.updateLive',
      edits: [conditionMet()],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat], faults: [{ effect: 'mark paid', mode: 'late' }] });
    },
    violation: /is still PAID/,
  },
  {
    guard: 'that a sale is confirmed on a PAID purchase only',
    without: {
      functions: ['GenerateTicket'],
      file: PURCHASES,
      within: 'PurchaseRepository.confirm',
      edits: [conditionMet()],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({
        seats: [seat],
        faults: [{ effect: 'confirm sale', mode: 'late' }, { killBefore: 'ReleaseSeat' }],
      });
    },
    violation: SOLD_FOR_NOTHING,
  },
  {
    guard: 'that a seat is sold to the owner of its hold',
    without: {
      functions: ['GenerateTicket'],
      file: SEATS,
      within: 'SeatRepository.sell',
      edits: [conditionMet()],
    },
    scenario: async ({ buy, before, run, seats: [seat] }) => {
      const slow = await heldBefore('GenerateTicket', { buy, before, seat, recoveryDies: true });
      run.clock.advance(601);
      const quick = await heldBefore('GenerateTicket', { buy, before, seat });
      slow.resume();
      await slow.answer;
      quick.resume();
      await quick.answer;
    },
    violation: /is CONFIRMED, chose \S+ and was sold nothing/,
  },
  {
    guard: 'that a confirmed purchase is not claimed',
    without: {
      functions: ['RefundPayment', 'ReleaseSeat'],
      file: PURCHASES,
      within: 'dueTo',
      edits: [conditionMet('#status IN (:pending, :paid, :compensating)')],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      // Recovery finds it CONFIRMED, and its message not sent.
      await buy({ seats: [seat], faults: [{ effect: 'publish', mode: 'cut' }] });
    },
    violation: /was answered 201 .* and then/s,
  },
  {
    guard: 'that an execution claims its own purchase only',
    without: {
      functions: ['RefundPayment', 'ReleaseSeat'],
      file: PURCHASES,
      within: 'ownedBy',
      edits: [conditionMet('executionId = :executionId')],
    },
    scenario: async ({ buy, before, client, seats: [seat] }) => {
      const { purchaseId: key, resume, answer } = await heldBefore('GenerateTicket', { buy, before, seat });
      await client.setFault('ReserveSeat', { mode: 'fail-before', times: 1 });
      await client.buy({ key, seats: [seat] });
      resume();
      await answer;
    },
    violation: /is FAILED and \d+ of \d+ is kept/,
    unaudited: true,
  },
  {
    guard: "that a release takes the purchase's own hold only",
    without: {
      functions: ['ReleaseSeat'],
      file: SEATS,
      within: 'SeatRepository.release',
      edits: [conditionMet()],
    },
    scenario: async ({ buy, before, makeDue, recover, seats: [seat] }) => {
      const { purchaseId } = await buy({
        seats: [seat],
        faults: [
          { effect: 'store ticket', mode: 'cut' },
          { effect: 'settle', mode: 'cut' },
        ],
      });
      const next = await heldBefore('GenerateTicket', { buy, before, seat });
      await makeDue(purchaseId);
      await recover(purchaseId);
      next.resume();
      await next.answer;
    },
    violation: /a release touched another's hold/,
  },
  {
    guard: 'that the price comes from the seat map',
    without: {
      functions: ['ReserveSeat'],
      file: 'lambda/seat/price-seats.ts',
      within: 'priceSeats',
      edits: [propertyIs('amount', '100')],
    },
    scenario: async ({ buy, seats: [seat] }) => {
      await buy({ seats: [seat] });
    },
    violation: /captured − refunded is 100, neither 0 nor the price/,
  },
];
