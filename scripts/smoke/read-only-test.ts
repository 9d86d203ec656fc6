import { randomUUID } from 'node:crypto';
import { CheckFailed, expectEqual, Progress } from './progress';
import { type Answer, type ApiUrls, Storefront } from './storefront';

export interface ReadOnlyOptions {
  readonly write: (line: string) => void;
  readonly interrupted: AbortSignal;
}

/**
 * Asks every route what it may be asked where real money is taken: reads, and requests that must be refused. Nothing is
 * written, and no credentials are needed.
 *
 * @returns what failed, by name
 */
export async function readOnlyTest(
  urls: ApiUrls,
  { write, interrupted }: ReadOnlyOptions,
): Promise<readonly string[]> {
  const progress = new Progress(write, interrupted);
  const storefront = new Storefront(urls);
  const nobody = randomUUID();
  const refused = (name: string, ask: () => Promise<Answer>, expected: { status: number; code: string }) =>
    progress.check(name, async () => {
      const { status, body } = await ask();
      expectEqual('answer', { status, code: body?.code }, expected);
    });

  const event = await progress.check('the events are listed', async () => {
    const [first] = listIn(await storefront.get('/events'), 'events') as { eventId: string }[];
    return first;
  });
  if (event) {
    await progress.check(`the first of them, ${event.eventId}, has seats`, async () => {
      const seats = listIn(await storefront.get(`/events/${event.eventId}/seats`), 'seats');
      if (seats.length === 0) throw new CheckFailed('there is no seat');
    });
  }
  await progress.check('there are keys to verify tickets with', async () => {
    const keys = listIn(await storefront.get('/ticket-keys'), 'keys');
    if (keys.length === 0) throw new CheckFailed('there is no key');
  });
  const notFound = { status: 404, code: 'PURCHASE_NOT_FOUND' };
  await refused('nobody’s purchase', () => storefront.get(`/purchases/${nobody}`), notFound);
  await refused('nobody’s ticket', () => storefront.get(`/purchases/${nobody}/ticket`), notFound);
  await refused('a purchase of nothing', () => storefront.buy(nobody, {}), {
    status: 400,
    code: 'VALIDATION',
  });
  const unsigned = { status: 403, code: 'FORBIDDEN' };
  await refused('an unsigned event', () => storefront.putEventUnsigned('smoke', {}), unsigned);
  await refused('an unsigned look at a ticket', () => storefront.checkTicketUnsigned({}), unsigned);

  write(`${progress.passed} passed, ${progress.failed.length} failed`);
  return progress.failed;
}

function listIn({ status, body }: Answer, field: string): readonly unknown[] {
  expectEqual('status', status, 200);
  const list = body?.[field];
  if (!Array.isArray(list)) throw new CheckFailed(`the answer has no list ${field}`);
  return list;
}
