import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { eventIdSchema } from '../shared/event-ids';
import { json, route } from '../shared/api';
import { documentClient } from '../shared/dynamodb';
import { ENVIRONMENT, requireEnvironment } from '../shared/environment';
import { logger } from '../shared/logger';
import { Problem } from '../shared/problem';
import { AnnounceChangeExecutions } from './start-announce-change';
import { parse, parseJson } from '../shared/validation';
import { connectEvent, type EventDependencies } from './connect-event';
import { type EventPut } from './event-answers';
import { type Precondition, preconditionOf } from './event-precondition';
import { type EventLayout, eventLayoutSchema, findSeat, rowId, seatCount } from './event-layout';
import { type StoredEvent } from './event-repository';
import { EventAnnouncements } from './event-announcements';
import { type EventRevision, EventRevisions, nextRevision } from './event-revision';
import { type RunningExecution } from './running-executions';
import { LAYOUT_SECONDS } from './recent-layouts';

interface Dependencies extends EventDependencies {
  readonly revisions: EventRevisions;
  readonly announcements: EventAnnouncements;
  readonly executions: Pick<AnnounceChangeExecutions, 'start'>;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

const pathSchema = z.object({ eventId: eventIdSchema });
const querySchema = z.object({
  notify: z.optional(z.literal('buyers', { error: 'must be buyers, or left out' })),
});

/** Seconds after which Reconcile starts what this request has not started. */
const STARTED_WITHIN = 60;

/** Seconds for which a reservation may be under way with a layout: the time-out of ReserveSeat. */
export const RESERVING_SECONDS = 5;

/**
 * Creates the event or replaces its seat map. What has been sold stays sold: a seat that is held or sold must stay in
 * its section of the new map. New seats and prices are in force everywhere when this returns.
 *
 * A seat's item lies in the partition of its section. So a seat that moves to another section could be sold in both, by
 * sandboxes that still know the old layout. Where seats move or vanish, the layout is therefore narrowed first to what
 * the old and the new one have in common, and seats taken by the old layout are read only when no sandbox can sell by it any more.
 *
 * @throws Problem SeatUnavailable naming seats that are taken and would vanish; the event is then as it was
 * @throws Problem EventCancelled: nothing brings a cancelled event back
 * @throws Problem EventChanged when another request replaces the event at the same time, or it is not what the precondition wants
 */
export async function putEvent(
  eventId: string,
  layout: EventLayout,
  { events, revisions, announcements, executions, seats, clock, wait }: Dependencies,
  {
    notifiesBuyers = false,
    precondition = () => undefined,
  }: { readonly notifiesBuyers?: boolean; readonly precondition?: Precondition } = {},
): Promise<{ created: boolean }> {
  const found = await events.find(eventId);
  const objection = precondition(found);
  if (objection !== undefined) throw new Problem('EventChanged', objection);
  const stood = await revisions.find(eventId);
  const running = await announcements.running.find(eventId);
  if (!found) {
    await replace();
    return { created: true };
  }

  if (found.layout.cancelledAt !== undefined) throw new Problem('EventCancelled');
  const current = found.layout;
  const common = inCommon(current, layout);
  // A narrowed layout was left by a replacement that died. The seats it removed may still be held.
  const losesSeats = found.isNarrowed || !isDeepStrictEqual(common.sections, current.sections);
  await replace(losesSeats ? await narrowed() : found);
  if (!sellsTheSame(current, layout)) await wait(LAYOUT_SECONDS * 1000);
  return { created: false };

  /** Together with what has changed: who dies after that leaves the announcement to Reconcile. */
  async function replace(before?: StoredEvent): Promise<void> {
    const now = clock.nowSeconds();
    const next = nextRevision(eventId, layout, { layout: found?.layout, revision: stood }, now);
    const revision = (next ?? stood)?.revision;
    const asked = await announcementOf(next, now);
    await events.put(eventId, { ...layout, ...(revision && { factsRevision: revision }) }, before, {
      others: [
        ...(next ? revisions.replace(stood, next) : []),
        ...(asked ? announcements.asking(asked, now) : []),
      ],
    });
    const announced = asked ?? (notifiesBuyers ? running : undefined);
    if (announced) await start(announced);
  }

  /**
   * What buyers are to be told of: the change, if somebody asks for it, also when they ask later. While they are being told of the
   * change before, they are told in any case, because what they hear is not so any more.
   */
  async function announcementOf(next: EventRevision | undefined, now: number) {
    const isAsked = next ? notifiesBuyers || running !== undefined : notifiesBuyers;
    const changed = next ?? stood;
    if (!isAsked || changed?.change !== 'CHANGED') return undefined;
    const { revision } = changed;
    if (!next && (await announcements.find(eventId))?.revision === revision) return undefined;
    const entered = { eventId, revision, attempt: 1, dueAt: now + STARTED_WITHIN };
    return running ? { ...entered, overtakes: true } : entered;
  }

  /** The event has changed by now, so that nothing of it fails. */
  async function start(announced: RunningExecution): Promise<void> {
    try {
      await executions.start(announced);
    } catch (error) {
      const { name: errorName } = error as Error;
      logger.warn('An announcement is not started, and left to Reconcile', { eventId, errorName });
    }
  }

  async function narrowed(): Promise<StoredEvent> {
    // Otherwise seats would go off sale for no reason.
    await refuseIfTaken();
    const narrow = await events.put(eventId, common, found, { isNarrowed: true });
    try {
      await wait((LAYOUT_SECONDS + RESERVING_SECONDS) * 1000);
      await refuseIfTaken();
      return narrow;
    } catch (error) {
      await events.put(eventId, current, narrow, { isNarrowed: found!.isNarrowed });
      throw error;
    }
  }

  async function refuseIfTaken(): Promise<void> {
    const now = clock.nowSeconds();
    const vanishing = await Promise.all(
      current.sections.map(async ({ section }) => {
        const taken = await seats.listTaken(eventId, section, now, { consistent: true });
        return taken.filter(({ seatId }) => findSeat(layout, seatId)?.section !== section);
      }),
    );
    const seatIds = vanishing.flat().map(({ seatId }) => seatId);
    if (seatIds.length === 0) return;
    const words = `Held or sold, so they must stay: ${seatIds.slice(0, 20).join(', ')}.`;
    throw new Problem('SeatUnavailable', words);
  }
}

/** The current layout with the seats alone that the next one has in the same section. Its sections stay, if empty. */
function inCommon(current: EventLayout, next: EventLayout): EventLayout {
  const nextRows = new Map(
    next.sections.flatMap(({ section, code, rows }) =>
      rows.map(({ row, seats }) => [rowId(code, row), { section, seats }]),
    ),
  );
  const sections = current.sections.map(({ rows, ...about }) => ({
    ...about,
    rows: rows.flatMap((row) => {
      const there = nextRows.get(rowId(about.code, row.row));
      return there?.section === about.section ? [{ ...row, seats: Math.min(row.seats, there.seats) }] : [];
    }),
  }));
  return { ...current, sections };
}

/** `PUT /events/{eventId}`, optionally `?notify=buyers`, `If-Match` or `If-None-Match: *`, IAM-signed. */
export const handler = route({
  name: 'PutEvent',
  connect: (): Dependencies => {
    const client = documentClient();
    const seatTable = requireEnvironment(ENVIRONMENT.seatTable);
    return {
      ...connectEvent(client),
      revisions: new EventRevisions(client, seatTable),
      announcements: new EventAnnouncements(client, seatTable),
      executions: new AnnounceChangeExecutions(),
      wait: delay,
    };
  },
  answer: async (event, dependencies) => {
    const { eventId } = parse(pathSchema, event.pathParameters);
    const layout = parse(eventLayoutSchema, parseJson(event.body));
    const { notify } = parse(querySchema, event.queryStringParameters ?? {});
    const { created } = await putEvent(eventId, layout, dependencies, {
      notifiesBuyers: notify !== undefined,
      precondition: preconditionOf(event.headers),
    });
    return json(created ? 201 : 200, { eventId, seats: seatCount(layout) } satisfies EventPut);
  },
});

/** Whether a sandbox that still has the first layout would sell the same seats at the same prices and hours as with the second. */
function sellsTheSame(a: EventLayout, b: EventLayout): boolean {
  const sale = ({ currency, tiers, sections, blocked, saleOpensAt, saleClosesAt }: EventLayout) => [
    ...[currency, tiers, sections, blocked, saleOpensAt, saleClosesAt],
  ];
  return isDeepStrictEqual(sale(a), sale(b));
}
