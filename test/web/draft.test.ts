import { type Seat } from '../../web/api.js';
import { Draft } from '../../web/draft.js';
import { memoryStorage } from './memory-storage';

const SEAT: Seat = {
  ...{ seatId: 'A-1', section: 'Stalls', row: 'A', number: 1 },
  ...{ tier: 'premium', price: 12_000, status: 'AVAILABLE' },
};
const ANN = { name: 'Ann Lee', email: 'ann@example.com' };
const NOBODY = { name: '', email: '' };

function draftOf(eventId = 'demo', tab = memoryStorage()) {
  return { draft: new Draft(eventId, () => tab), tab };
}

test('seats and person are found again, the seats of their event alone', () => {
  const { draft, tab } = draftOf();

  draft.keepSeats([SEAT]);
  draft.keepPerson(ANN);

  const again = draftOf('demo', tab).draft;
  const gala = draftOf('gala', tab).draft;
  expect([again.seats, again.person]).toEqual([[SEAT], ANN]);
  expect([gala.seats, gala.person]).toEqual([[], ANN]);
});

test('what is taken back is gone', () => {
  const { draft, tab } = draftOf();
  draft.keepSeats([SEAT]);
  draft.keepPerson(ANN);

  draft.keepSeats([]);
  draft.keepPerson(NOBODY);

  expect(tab.length).toBe(0);
});

test.each(['', 'null', '{', '"text"', '7', '[1]', '{"name":1,"email":{}}'])(
  'what somebody else has written there is nothing: %s',
  (text) => {
    const { draft, tab } = draftOf();
    tab.setItem('eventpro.draft', text);
    tab.setItem('eventpro.draft.demo', text);

    expect([draft.seats, draft.person]).toEqual([[], NOBODY]);
  },
);

test('where the browser refuses to keep anything, nothing is found and nothing breaks', () => {
  const draft = new Draft('demo', () => {
    throw new DOMException('Storage is blocked.', 'SecurityError');
  });

  draft.keepSeats([SEAT]);
  draft.keepPerson(ANN);

  expect([draft.seats, draft.person]).toEqual([[], NOBODY]);
});
