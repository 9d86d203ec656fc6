import { MAX_ITEMS as MAX_OF_THE_API, orderRequestSchema } from '../../lambda/order/order';
import { type Extra } from '../../web/api.js';
import { ExtraChoice, MAX_ITEMS, mostOf } from '../../web/extra-choice.js';

function extra(extraId: string, different: Partial<Extra> = {}): Extra {
  return { extraId, name: extraId, price: 500, available: 40, ...different };
}
const PROGRAMME = extra('programme');
const PARKING = extra('parking', { price: 1_500, available: 3 });
const TOUR = extra('tour', { available: 0 });

function offered(...extras: Extra[]): ExtraChoice {
  const choice = new ExtraChoice();
  choice.offer(extras);
  return choice;
}

test('what is chosen is ordered as it is listed, for the sum of its prices', () => {
  const choice = offered(PROGRAMME, PARKING);

  choice.choose(PARKING, 2);
  choice.choose(PROGRAMME, 1);

  expect(choice.items).toEqual([
    { extraId: 'programme', quantity: 1 },
    { extraId: 'parking', quantity: 2 },
  ]);
  expect([choice.total, choice.count]).toEqual([3_500, 3]);
});

test.each([
  [PARKING, 4, 3],
  [PARKING, -1, 0],
  [PARKING, NaN, 0],
  [PARKING, 1.9, 1],
  [PARKING, Infinity, 3],
  [TOUR, 1, 0],
])('%j: %d are %d', (wanted, typed, quantity) => {
  const choice = offered(PROGRAMME, PARKING, TOUR);

  choice.choose(wanted, typed);

  expect(choice.quantityOf(wanted)).toBe(quantity);
});

test('what others have bought meanwhile is taken off, and told', () => {
  const choice = offered(PROGRAMME, PARKING);
  choice.choose(PROGRAMME, 2);
  choice.choose(PARKING, 3);

  const fewer = choice.offer([PROGRAMME, { ...PARKING, available: 1 }]);
  const gone = choice.offer([{ ...PARKING, available: 1 }]);

  expect([fewer, gone].map((each) => each.map(({ extraId }) => extraId))).toEqual([
    ['parking'],
    ['programme'],
  ]);
  expect(choice.items).toEqual([{ extraId: 'parking', quantity: 1 }]);
});

test('no more different extras fit into an order than the API takes', () => {
  const extras = Array.from({ length: MAX_ITEMS + 1 }, (_, index) => extra(`extra-${index}`));
  const choice = offered(...extras);

  const taken = extras.map((each) => choice.choose(each, 1));

  expect(taken.filter((each) => !each)).toHaveLength(1);
  expect([choice.items.length, MAX_ITEMS]).toEqual([MAX_OF_THE_API, MAX_OF_THE_API]);
  expect(choice.choose(extras[0]!, 2)).toBe(true);
});

test('the most that can be chosen of one extra is the most that the API takes', () => {
  const most = mostOf(extra('programme', { available: 1_000 }));
  const items = orderRequestSchema.shape.items;

  const takes = (quantity: number) => items.safeParse([{ extraId: 'programme', quantity }]).success;

  expect([takes(most), takes(most + 1)]).toEqual([true, false]);
});
