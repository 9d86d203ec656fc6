import fc from 'fast-check';
import { type Operation, operation } from '../work/operation';

/** What happens by itself. */
export const WORLD_OPERATIONS: readonly Operation[] = [
  operation(
    'advance',
    2,
    { seconds: fc.oneof(fc.integer({ min: 1, max: 290 }), fc.constantFrom(361, 601, 900)) },
    (world, { seconds }) => world.advance(seconds),
  ),
  operation('wait', 2, {}, (world) => world.wait()),
];
