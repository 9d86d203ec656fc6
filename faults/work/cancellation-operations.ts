import fc from 'fast-check';
import { type Operation, operation } from './operation';

/** One of the last that were asked for. */
const purchase = fc.nat({ max: 9 });

/** What organisers do after a sale, each at any time. They are not waited for, and nothing keeps two from meeting. */
export const cancellationOperations = (): readonly Operation[] => [
  operation(
    'cancel',
    5,
    {
      purchase,
      reason: fc.constantFrom(
        'BUYER_REQUEST' as const,
        'ORGANISER' as const,
        'FRAUD' as const,
        'DISPUTE' as const,
      ),
      /** Everything, nothing, a part, or more than any seat costs. */
      amount: fc.constantFrom(undefined, 0, 700, 2_500, 10_000_000),
    },
    (world, { purchase: which, reason, amount }) => {
      const made = world.made.at(-1 - which);
      const refund = amount === undefined || reason === 'DISPUTE' ? {} : { refund: { amount } };
      if (made) world.start(world.shop.cancel(made.key, { reason, ...refund }));
    },
  ),
  operation(
    'refund by hand',
    2,
    /** All that is left, or a part. */
    { purchase, amount: fc.constantFrom(undefined, 300, 1_000) },
    (world, { purchase: which, amount }) => {
      const made = world.made.at(-1 - which);
      if (made) world.shop.refundByHand(made.key, amount);
    },
  ),
];
