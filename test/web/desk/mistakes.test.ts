import { eventLayoutSchema } from '../../../lambda/event/event-layout';
import { parse } from '../../../lambda/shared/validation';
import { layoutOf, newDraft } from '../../../web/desk/draft.js';
import { mistakesIn } from '../../../web/desk/mistakes.js';

/** What the API says of the draft. */
function detailOf(change: (draft: ReturnType<typeof newDraft>) => void): string {
  const draft = { ...newDraft(), name: 'Gala', venue: 'Hall', timeZone: 'Europe/Berlin' };
  draft.times.startsAt = '2100-03-20T20:00';
  change(draft);
  try {
    parse(eventLayoutSchema, layoutOf(draft));
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

test('the draft itself is one that the API takes', () => {
  expect(detailOf(() => undefined)).toBe('');
});

test.each<[string, Parameters<typeof detailOf>[0], { path: string; words: unknown }[]]>([
  [
    'no name',
    (draft) => (draft.name = 'x'.repeat(121)),
    [{ path: 'name', words: expect.stringContaining('too long') }],
  ],
  [
    'a price that is none',
    (draft) => (draft.tiers[0]!.price = '12.345'),
    [{ path: 'tiers.0.price', words: 'must be number.' }],
  ],
  [
    'a price below what Stripe takes',
    (draft) => (draft.tiers[0]!.price = '0.01'),
    [{ path: 'tiers.0.price', words: expect.stringMatching(/0\.50|EUR/) }],
  ],
  [
    'a number of seats that is none',
    (draft) => (draft.sections[0]!.rows = 'A x standard'),
    [{ path: 'sections.0.rows.0.seats', words: 'must be number.' }],
  ],
  [
    'no start',
    (draft) => (draft.times.startsAt = ''),
    [{ path: 'startsAt', words: expect.stringContaining('date and a time') }],
  ],
  [
    'a start that clocks leave out',
    (draft) => (draft.times.startsAt = '2027-03-28T02:30'),
    [{ path: 'startsAt', words: expect.stringContaining('+01:00 or +02:00') }],
  ],
  [
    'a tier twice',
    (draft) => draft.tiers.push({ ...draft.tiers[0]! }),
    [{ path: '', words: 'A tier is listed twice.' }],
  ],
  [
    'two mistakes',
    (draft) => Object.assign(draft, { venue: 'a\u200bb', currency: 'XYZ' }),
    [
      { path: 'venue', words: 'has a character that nobody can see.' },
      { path: 'currency', words: expect.any(String) },
    ],
  ],
])('what the API says of %s is told by field', (_, change, mistakes) => {
  expect(mistakesIn(detailOf(change))).toEqual(mistakes);
});
