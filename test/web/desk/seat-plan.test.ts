import { eventLayoutSchema, seatsOf } from '../../../lambda/event/event-layout';
import { parse } from '../../../lambda/shared/validation';
import demoEvent from '../../../web/demo-event.json';
import { asTheyAre, hallOf } from '../../../web/desk/seat-plan.js';

const layout = {
  ...demoEvent,
  sections: [
    ...demoEvent.sections,
    { section: 'Box', code: 'BX', rows: [{ row: 'A', tier: 'premium', seats: 4 }] },
  ],
  ...{ blocked: ['A-1', 'BX-A-2'], accessible: ['BX-A-4'] },
};

test.each([undefined, 'Box'])(
  'the preview has the seats that the API makes of the event (section %s)',
  (section) => {
    const { seats } = asTheyAre(hallOf(layout, section), layout);

    const withoutStatus = seats.map(({ status: _, ...seat }) => seat);
    expect(withoutStatus).toEqual(seatsOf(parse(eventLayoutSchema, layout), section));
    expect(seats.filter(({ status }) => status === 'BLOCKED').map(({ seatId }) => seatId)).toEqual(
      section === undefined ? ['A-1', 'BX-A-2'] : ['BX-A-2'],
    );
  },
);

test('a seat that is taken stays so, also when it is blocked', () => {
  const { seats } = asTheyAre(hallOf(layout), {
    ...layout,
    statusOf: (seatId) => (seatId === 'A-1' ? 'SOLD' : undefined),
  });

  expect(seats[0]).toMatchObject({ seatId: 'A-1', status: 'SOLD' });
});

test('what is typed wrong shows no seats, and not a million', () => {
  const rows = [
    { row: 'A', tier: 'premium', seats: 1_000_000 },
    { row: 'B', tier: 'premium', seats: 'x' as unknown as number },
    { row: 'C', tier: 'unknown', seats: 1 },
  ];

  const { seats } = hallOf({ ...layout, sections: [{ section: 'Stalls', rows }] });

  expect(seats).toHaveLength(501);
  expect(seats[500]).toMatchObject({ seatId: 'C-1', price: 0 });
});
