import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { type Fault } from '../fault';
import { ASKING_CARD, ASKING_DECLINED_CARD } from './asking-cards';
import { type MadeOrder, type Operation, operation, type World } from './operation';

/** Everybody wants the same few. */
const EXTRAS = [
  { extraId: 'programme', name: 'Programme', price: 500, stock: 6 },
  { extraId: 'parking', name: 'Parking', price: 1_500, stock: 4 },
  { extraId: 'map', name: 'Map', price: 0, stock: 9 },
];

/** One of the last that were ordered. */
const order = fc.nat({ max: 9 });
const nth = (world: World, which: number): MadeOrder | undefined => world.orders.at(-1 - which);

/** An event that sells extras: a new one, when the one before is cancelled. */
async function openEvent(world: World): Promise<string> {
  world.eventOfOrders ??= `extras-${randomUUID()}`;
  const eventId = world.eventOfOrders;
  await world.client.putEvent(eventId, {
    ...{ name: 'Extras', venue: 'Hall', startsAt: '2100-05-01T20:00:00+02:00', currency: 'EUR' },
    tiers: [{ tier: 'paid', price: 5_000 }],
    sections: [{ section: 'A', rows: [{ row: 'A', tier: 'paid', seats: 5 }] }],
  });
  await world.client.putExtras(EXTRAS, eventId);
  return eventId;
}

/** What buyers of extras do, and what becomes of their event. Orders are not waited for. */
export const orderOperations = (anyFaults: fc.Arbitrary<readonly Fault[]>): readonly Operation[] => [
  operation(
    'order',
    8,
    {
      quantities: fc.dictionary(
        fc.constantFrom('programme', 'parking', 'map'),
        fc.integer({ min: 1, max: 3 }),
        {
          minKeys: 1,
        },
      ),
      card: fc.constantFrom(
        'pm_card_visa',
        'pm_card_visa',
        'pm_card_chargeDeclined',
        ASKING_CARD,
        ASKING_DECLINED_CARD,
      ),
      faults: anyFaults,
    },
    async (world, { quantities, card, faults }) => {
      const made: MadeOrder = {
        key: randomUUID(),
        order: {
          eventId: world.eventOfOrders ?? (await openEvent(world)),
          items: Object.entries(quantities).map(([extraId, quantity]) => ({ extraId, quantity })),
          paymentMethod: card,
        },
      };
      world.orders.push(made);
      world.start(world.shop.order({ key: made.key, ...made.order, faults }));
    },
  ),
  operation('repeat order', 2, { order, twice: fc.boolean() }, (world, { order: which, twice }) => {
    const made = nth(world, which);
    if (!made) return;
    const again = () => world.client.order({ key: made.key, ...made.order });
    world.start(twice ? Promise.all([again(), again()]) : again());
  }),
  operation(
    'answer the bank of an order',
    4,
    { order, outcome: fc.constantFrom('succeeded' as const, 'succeeded' as const, 'failed' as const) },
    (world, { order: which, outcome }) => {
      const made = nth(world, which);
      if (made) world.shop.answerBank(made.key, outcome);
    },
  ),
  operation(
    'come back with an order',
    4,
    { order, twice: fc.boolean() },
    (world, { order: which, twice }) => {
      const made = nth(world, which);
      if (!made) return;
      const back = () => world.shop.comeBackWithOrder(made.key);
      world.start(twice ? Promise.all([back(), back()]) : back());
    },
  ),
  operation(
    'refund an order by hand',
    1,
    { order, amount: fc.constantFrom(undefined, 300) },
    (world, { order: which, amount }) => {
      const made = nth(world, which);
      if (made) world.shop.refundOrderByHand(made.key, amount);
    },
  ),
  operation('put extras', 1, { stock: fc.integer({ min: 0, max: 12 }) }, (world, { stock }) => {
    // Less than what is taken is refused.
    const eventId = world.eventOfOrders;
    if (eventId) world.start(world.client.putExtras([{ ...EXTRAS[0]!, stock }, ...EXTRAS.slice(1)], eventId));
  }),
  operation('cancel event', 1, {}, (world) => {
    const eventId = world.eventOfOrders;
    if (!eventId) return;
    world.eventOfOrders = undefined;
    world.start(world.shop.cancelEvent(eventId));
  }),
];
