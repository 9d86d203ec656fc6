import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { seatsOf } from '../../lambda/event/event-layout';
import demoEvent from '../../web/demo-event.json';
import { type Made, type Operation, operation } from './operation';
import { type Fault } from '../fault';
import { ASKING_CARD, ASKING_DECLINED_CARD } from './asking-cards';

const CARDS = ['pm_card_visa', 'pm_card_chargeDeclined', ASKING_CARD, ASKING_DECLINED_CARD];

const STEPS = [
  ...['ReserveSeat', 'ResumePurchase', 'ProcessPayment', 'GenerateTicket', 'SendConfirmation'],
  ...['RefundPayment', 'ReleaseSeat', 'ClaimCancellation', 'SendCancellation'],
];

/** Seats that everybody wants at a time. */
const WINDOW = 6;
const ALL_SEATS = seatsOf(demoEvent).map(({ seatId }) => seatId);

/** What buyers do, and what goes wrong for all of them. Purchases are not waited for. */
export const checkoutOperations = (anyFaults: fc.Arbitrary<readonly Fault[]>): readonly Operation[] => [
  operation(
    'buy',
    10,
    {
      /** Positions in the window of wanted seats. */
      seats: fc.uniqueArray(fc.nat({ max: WINDOW - 1 }), { minLength: 1, maxLength: 3 }),
      card: fc.oneof(
        ...[CARDS[0]!, ASKING_CARD].map((each) => ({ weight: 2, arbitrary: fc.constant(each) })),
        fc.constantFrom(...CARDS),
      ),
      buyer: fc.nat({ max: 9 }),
      faults: anyFaults,
    },
    (world, { seats, card, buyer, faults }) => {
      // The window moves on, or all its seats would soon be sold.
      const from = Math.floor(world.made.length / 2) % (ALL_SEATS.length - WINDOW);
      const made: Made = {
        key: randomUUID(),
        order: {
          seats: seats.map((position) => ALL_SEATS[from + position]!),
          paymentMethod: card,
          buyer: { name: `Buyer ${buyer}`, email: `buyer${buyer}@example.com` },
        },
      };
      world.made.push(made);
      const bought = world.shop.buy({ key: made.key, ...made.order, faults });
      world.start(bought.then((answer) => (made.answer = answer)));
    },
  ),
  // The same body may come again at any time. Another body is refused for sure where the key has been used.
  operation(
    'repeat',
    4,
    { purchase: fc.nat({ max: 9 }), body: fc.constantFrom('same' as const, 'other' as const) },
    (world, { purchase, body }) => {
      const made = world.made.at(-1 - purchase);
      if (!made) return;
      if (body === 'same') return world.start(world.client.buy({ key: made.key, ...made.order }));
      if (!made.answer || made.answer.status === 504) return;
      const other = { ...made.order, seats: [ALL_SEATS.at(-1)!] };
      world.start(
        world.client.buy({ key: made.key, ...other }).then(({ status }) => {
          // A fault in the reservation of the repeat says nothing of the key.
          if (status === 201) world.violated(`the key ${made.key} was sold a second body`);
        }),
      );
    },
  ),
  operation(
    'break',
    2,
    {
      state: fc.constantFrom(...STEPS),
      mode: fc.constantFrom('fail-before' as const, 'fail-after' as const, 'timeout' as const),
      times: fc.integer({ min: 1, max: 3 }),
    },
    async ({ client }, { state, mode, times }) => void (await client.setFault(state, { mode, times })),
  ),
  operation('heal', 1, {}, async ({ client }) => void (await client.healFaults())),
  operation('replace event', 1, { venue: fc.nat({ max: 3 }) }, (world, { venue }) =>
    world.start(world.client.putEvent('demo', { ...demoEvent, venue: `Hall ${venue}` })),
  ),
];
