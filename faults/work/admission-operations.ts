import fc from 'fast-check';
import { type Operation, operation } from './operation';

/** What gates do. They are not waited for, and nothing keeps two from meeting. */
export const admissionOperations = (): readonly Operation[] => [
  operation(
    'admit',
    3,
    { purchase: fc.nat({ max: 9 }), gate: fc.constantFrom('North', 'South'), seat: fc.nat({ max: 2 }) },
    (world, { purchase, gate, seat }) => {
      const made = world.made.at(-1 - purchase);
      const seatId = made?.order.seats[seat];
      if (made && seatId) world.start(world.shop.admit(made.key, gate, seatId));
    },
  ),
];
