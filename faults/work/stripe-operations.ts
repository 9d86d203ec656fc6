import fc from 'fast-check';
import { type Operation, operation } from './operation';

/** What happens at Stripe, and how it tells of that: at once or late, once or twice, in any order. */
export const stripeOperations = (): readonly Operation[] => [
  operation('win dispute', 1, { purchase: fc.nat({ max: 9 }) }, (world, { purchase }) => {
    const made = world.made.at(-1 - purchase);
    if (made) world.shop.winDispute(made.key);
  }),
  operation(
    'Stripe tells',
    2,
    { held: fc.boolean(), copies: fc.constantFrom(1, 2), reversed: fc.boolean() },
    (world, mode) => world.run.stripe.events.setMode(mode),
  ),
];
