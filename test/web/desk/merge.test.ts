import { merge } from '../../../web/desk/merge.js';
import demoEvent from '../../../web/demo-event.json';

const base = { ...demoEvent, blocked: ['A-1', 'A-2'] };

test('what only the other has changed is taken over, what only I have changed stays', () => {
  const { merged, takenOver, disputed } = merge(
    base,
    { ...base, name: 'Mine' },
    { ...base, venue: 'Theirs', doorsOpenAt: '2100-03-20T18:00:00Z' },
  );

  expect(merged).toEqual({ ...base, name: 'Mine', venue: 'Theirs', doorsOpenAt: '2100-03-20T18:00:00Z' });
  expect(takenOver).toEqual([
    { field: 'venue', before: 'Meridian Hall', theirs: 'Theirs' },
    { field: 'doorsOpenAt', before: undefined, theirs: '2100-03-20T18:00:00Z' },
  ]);
  expect(disputed).toEqual([]);
});

test('what both have changed is mine, and disputed', () => {
  const { merged, takenOver, disputed } = merge(base, { ...base, name: 'Mine' }, { ...base, name: 'Theirs' });

  expect(merged.name).toBe('Mine');
  expect([takenOver, disputed]).toEqual([[], [{ field: 'name', before: base.name, theirs: 'Theirs' }]]);
});

test('what both have changed in the same way is no matter', () => {
  const both = { ...base, tiers: [{ tier: 'standard', price: 1 }] };
  const reordered = { ...base, tiers: [{ price: 1, tier: 'standard' }] };

  expect(merge(base, both, reordered)).toEqual({ merged: both, takenOver: [], disputed: [] });
});

test('seats that are marked are merged one by one', () => {
  const { merged, disputed } = merge(
    base,
    { ...base, blocked: ['A-2', 'B-1'] },
    { ...base, blocked: ['A-1', 'A-2', 'C-1'] },
  );

  expect(merged.blocked).toEqual(['A-2', 'C-1', 'B-1']);
  expect(disputed).toEqual([]);
});

test('a field that the other has taken away is away', () => {
  const { blocked: _, ...without } = base;

  expect(merge(base, base, without).merged).not.toHaveProperty('blocked');
});
