import fc from 'fast-check';
import { type Operation, operation } from './operation';

/** One of the last that were asked for. */
const purchase = fc.nat({ max: 9 });

/** What buyers do whose bank asks, each at any time. They are not waited for, and nothing keeps two from meeting. */
export const authenticationOperations = (): readonly Operation[] => [
  operation(
    'answer the bank',
    6,
    {
      purchase,
      outcome: fc.oneof(
        { weight: 3, arbitrary: fc.constant('succeeded' as const) },
        fc.constant('failed' as const),
      ),
    },
    (world, { purchase: which, outcome }) => {
      const made = world.made.at(-1 - which);
      if (made) world.shop.answerBank(made.key, outcome);
    },
  ),
  operation('come back', 6, { purchase }, (world, { purchase: which }) => {
    const made = world.made.at(-1 - which);
    if (made) world.start(world.shop.comeBack(made.key));
  }),
  operation('give up', 2, { purchase }, (world, { purchase: which }) => {
    const made = world.made.at(-1 - which);
    if (made) world.start(world.shop.giveUp(made.key));
  }),
];
