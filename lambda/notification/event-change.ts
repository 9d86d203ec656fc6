import { type PublicFacts } from '../event/event-revision';
import { startTime } from '../shared/wording';
import { type EventChange } from './confirmation';

/** A fact in words, and what it was before where that is something else. */
export interface FactNow {
  readonly label: string;
  readonly now: string;
  readonly before?: string;
}

const LABELS = {
  Event: ({ name }) => name,
  Venue: ({ venue }) => venue,
  Starts: ({ startsAt, timeZone }) => startTime(startsAt, timeZone),
  Doors: ({ doorsOpenAt, timeZone }) => doorsOpenAt && startTime(doorsOpenAt, timeZone),
  Ends: ({ endsAt, timeZone }) => endsAt && startTime(endsAt, timeZone),
} as const satisfies Record<string, (facts: PublicFacts) => string | undefined>;

/** What the buyer goes by from now on; times as the clocks of the venue show them. */
export function factsNow({ before, now }: Pick<EventChange, 'before' | 'now'>): FactNow[] {
  return Object.entries(LABELS).flatMap(([label, wordsOf]) => {
    const [was, is] = [wordsOf(before), wordsOf(now)];
    if (was === undefined && is === undefined) return [];
    const words = { label, now: is ?? 'not known yet' };
    return [was === is ? words : { ...words, before: was ?? 'not known' }];
  });
}

/** What has happened, for a headline. */
export function whatChanged(change: Pick<EventChange, 'before' | 'now'>): string {
  const changed = factsNow(change).filter(({ before }) => before !== undefined);
  const has = (label: keyof typeof LABELS) => changed.some((each) => each.label === label);
  if (changed.length === 0) return 'takes place as planned';
  const news = [has('Starts') && 'a new time', has('Venue') && 'a new venue'].filter(Boolean);
  return news.length > 0 ? `has ${news.join(' and ')}` : 'has changed';
}

/** `Sat, 27 March 2027 at 20:00 CET (before: Sat, 20 March 2027 at 20:00 CET)`. */
export function inWords({ now, before }: FactNow): string {
  return before === undefined ? now : `${now} (before: ${before})`;
}
