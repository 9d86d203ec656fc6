/**
 * An event while somebody edits it: what the fields of the form hold, as texts, and the seats that are marked in the map.
 *
 * @import { Layout, Row } from './desk-api.js'
 *
 * @typedef {'startsAt' | 'doorsOpenAt' | 'endsAt' | 'saleOpensAt' | 'saleClosesAt'} TimeField
 *
 * @typedef {{ name: string, venue: string, timeZone: string, currency: string, times: Record<TimeField, string>,
 *   offsets: Partial<Record<TimeField, string>>, tiers: { tier: string, price: string }[],
 *   sections: { section: string, code: string, rows: string }[], blocked: Set<string>, accessible: Set<string> }} Draft
 *   `times` are what the clock of the venue shows, `2027-03-20T20:00`; empty ones are left out. `offsets` say which of two times it is
 *   when clocks change. `rows` has a line for each.
 */
import { decimalsOf } from '../currency.js';
import { wallClockOf } from '../zoned-time.js';
import { seatFinder } from './seat-plan.js';

/** @type {readonly TimeField[]} */
export const TIME_FIELDS = ['startsAt', 'doorsOpenAt', 'endsAt', 'saleOpensAt', 'saleClosesAt'];

/** @returns {Draft} what a new event begins with */
export function newDraft() {
  return {
    ...{ name: '', venue: '', currency: 'EUR' },
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    times: { startsAt: '', doorsOpenAt: '', endsAt: '', saleOpensAt: '', saleClosesAt: '' },
    offsets: {},
    tiers: [{ tier: 'standard', price: '50' }],
    sections: [{ section: 'Stalls', code: '', rows: 'A 20 standard\nB 20 standard' }],
    ...{ blocked: new Set(), accessible: new Set() },
  };
}

/**
 * @param {Layout} layout
 * @returns {Draft}
 */
export function draftOf({ name, venue, currency, tiers, sections, blocked, accessible, ...layout }) {
  const { timeZone = 'UTC' } = layout;
  const clock = (/** @type {string | undefined} */ time) =>
    time === undefined ? '' : onClock(time, timeZone);
  return {
    ...{ name, venue, currency, timeZone },
    times: {
      startsAt: clock(layout.startsAt),
      doorsOpenAt: clock(layout.doorsOpenAt),
      endsAt: clock(layout.endsAt),
      saleOpensAt: clock(layout.saleOpensAt),
      saleClosesAt: clock(layout.saleClosesAt),
    },
    offsets: {},
    tiers: tiers.map(({ tier, price }) => ({ tier, price: decimalPrice(price, currency) })),
    sections: sections.map(({ section, code = '', rows }) => ({
      ...{ section, code },
      rows: rows.map(({ row, seats, tier }) => `${row} ${seats} ${tier}`).join('\n'),
    })),
    ...{ blocked: new Set(blocked), accessible: new Set(accessible) },
  };
}

/**
 * What is sent. Marks of seats that are gone go with them. A price or a number of seats that is none goes as it was typed: the API says what is wrong with it.
 *
 * @param {Draft} draft
 * @param {Layout} [base] what the draft was made from: a time that is as it was goes as it was, to the second
 * @returns {Layout}
 */
export function layoutOf(draft, base) {
  const { name, venue, timeZone, currency } = draft;
  const before = base && draftOf(base);
  /** @type {Partial<Record<TimeField, string>>} */
  const times = {};
  for (const field of TIME_FIELDS) {
    const time = draft.times[field];
    const isAsItWas = before?.timeZone === timeZone && before.times[field] === time && !draft.offsets[field];
    if (isAsItWas && base?.[field] !== undefined) times[field] = base[field];
    else if (time !== '' || field === 'startsAt')
      times[field] = time && `${seconds(time)}${draft.offsets[field] ?? ''}`;
  }
  const { startsAt = '', ...otherTimes } = times;
  const sections = draft.sections.map(({ section, code, rows }) => ({
    section,
    ...(code !== '' && { code }),
    rows: rowsOf(rows),
  }));
  const isThere = seatFinder(sections);
  const [blocked, accessible] = [draft.blocked, draft.accessible].map((marks) =>
    [...marks].filter((seatId) => isThere(seatId)),
  );
  return {
    ...{ name, venue, startsAt, ...otherTimes, currency },
    ...(timeZone !== '' && { timeZone }),
    tiers: draft.tiers.map(({ tier, price }) => ({ tier, price: minorUnits(price, currency) })),
    sections,
    ...(blocked?.length && { blocked }),
    ...(accessible?.length && { accessible }),
  };
}

/**
 * A line is `A 20 premium`: the label, how many seats, the tier, with blanks or tabs between, as a spreadsheet has them. Empty lines are
 * left out.
 *
 * @param {string} text
 * @returns {Row[]}
 */
export function rowsOf(text) {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, row = line, seats = '', tier = ''] = /^(\S+)\s+(\S+)\s+(.+)$/.exec(line) ?? [];
      return { row, seats: /^\d{1,9}$/.test(seats) ? Number(seats) : asTyped(seats), tier };
    });
}

/**
 * `120.5` of euros is 12050.
 *
 * @param {string} text
 * @param {string} currency
 */
export function minorUnits(text, currency) {
  const decimals = decimalsOf(currency);
  const [, whole, fraction = ''] = /^(\d{1,12})(?:[.,](\d*))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || fraction.length > decimals) return asTyped(text);
  return Number(whole + fraction.padEnd(decimals, '0'));
}

/**
 * @param {number} amount minor units
 * @param {string} currency
 */
export function decimalPrice(amount, currency) {
  const decimals = decimalsOf(currency);
  const text = (amount / 10 ** decimals).toFixed(decimals);
  return text.replace(/\.0+$/, '');
}

/** What is no number, in the place of one: the API refuses it, by its field. @param {string} text */
function asTyped(text) {
  return /** @type {number} */ (/** @type {unknown} */ (text));
}

/**
 * A time without an offset is what the clock shows already.
 *
 * @param {string} time
 * @param {string} timeZone
 */
function onClock(time, timeZone) {
  const isInstant = /(Z|[+-]\d\d:\d\d)$/.test(time);
  return (isInstant ? wallClockOf(time, timeZone).toISOString() : time).slice(0, 16);
}

/** @param {string} time */
function seconds(time) {
  return time.length === 16 ? `${time}:00` : time;
}
