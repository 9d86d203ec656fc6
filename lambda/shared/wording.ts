/** Made once: it takes a millisecond. */
const WALL_CLOCK = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  ...{ weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
});

/** The wall-clock time at the venue, which is what an ISO 8601 time with its offset says: `Sat, 20 March 2027 at 20:00`. */
export function startTime(startsAt: string): string {
  return WALL_CLOCK.format(new Date(`${startsAt.slice(0, 16)}Z`));
}

/** `120.00 EUR`. */
export function price(minorUnits: number, currency: string): string {
  return `${(minorUnits / 100).toFixed(2)} ${currency}`;
}
