import { get } from 'node:http';
import { type DrawnGraph } from '../../../local/step-functions/graph-layout';
import { type StateMachineDefinition } from '../../../local/step-functions/state-graph';
import { type FoundItem } from '../../../local/dynamodb/mentioning-items';
import { eventually } from '../../../harness/eventpro-client';
import { purchaseHash } from '../../../lambda/shared/reference';
import { useLocalRun } from '../../support/local-run';

const eventpro = useLocalRun();
beforeEach(() => eventpro.reset());

interface ReportedMachine {
  readonly type: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly definition: StateMachineDefinition;
  readonly graph: DrawnGraph;
}

interface FoundRecords {
  readonly items: readonly FoundItem[];
  readonly objects: readonly { readonly key: string }[];
}

interface LiveEvent {
  readonly name: string;
  readonly data: Record<string, unknown>;
}

describe('GET /local/events', () => {
  test('tells of an execution from its begin to its end, of the payment and of what the buyer received', async () => {
    const { events, hangUp } = await listen();

    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    await eventually(async () => named(events, 'inbox')[0], 'the e-mail');
    // The answer, the e-mail and what is told here come by three ways.
    await eventually(async () => named(events, 'execution-ended')[0], 'the end of the execution');
    hangUp();

    const execution = await eventpro.executionOf(purchaseId);
    const { events: log, ...summary } = execution;
    expect(named(events, 'execution-started')).toEqual([
      expect.objectContaining({ id: execution.id, status: 'RUNNING', input: execution.input }),
    ]);
    expect(named(events, 'execution-event').map(({ event }) => event)).toEqual(log);
    expect(named(events, 'execution-ended')).toEqual([summary]);
    expect(named(events, 'payments').length).toBeGreaterThanOrEqual(2);
    expect(named(events, 'inbox')).toEqual(await eventpro.inbox());
    const order = events.map(({ name }) => name).filter((name) => name.startsWith('execution'));
    expect([order[0], order.at(-1)]).toEqual(['execution-started', 'execution-ended']);
  });

  test('tells of faults armed and used up, of kills, of the pace, of the clock, and of a reset', async () => {
    const { events, hangUp } = await listen();

    await eventpro.setFault('ReserveSeat', { mode: 'fail-before', times: 1 });
    await eventpro.buy({ seats: ['A-1'] });
    await eventpro.request('PUT', '/local/kills/ReserveSeat');
    await eventpro.request('PUT', '/local/pace', { body: '{"secondsBeforeState":2}' });
    await eventpro.advanceClock(60);
    await eventpro.reset();
    await eventually(async () => named(events, 'reset')[0], 'the reset');
    hangUp();

    const nothing = { faults: {}, kills: {}, secondsBeforeState: 0 };
    expect(named(events, 'faults').slice(0, 4)).toEqual([
      { ...nothing, faults: { ReserveSeat: { mode: 'fail-before', times: 1 } } },
      nothing,
      { ...nothing, kills: { ReserveSeat: {} } },
      { ...nothing, kills: { ReserveSeat: {} }, secondsBeforeState: 2 },
    ]);
    expect(named(events, 'faults').at(-1)).toEqual(nothing);
    const [clock] = named(events, 'clock');
    expect(Date.parse(String(clock!.now)) - Date.now()).toBeGreaterThan(55_000);
  });
});

describe('kills', () => {
  test('an execution dies before the state, as often as it was told, and recovery settles its purchase', async () => {
    const armed = await eventpro.request('PUT', '/local/kills/GenerateTicket', { body: '{"times":1}' });

    const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
    const died = await eventpro.executionOf(purchaseId);
    const left = await eventpro.purchase(purchaseId);
    const [taken] = await eventpro.payments(purchaseId);
    await eventpro.advanceClock(420);
    const settled = await eventually(async () => {
      const purchase = await eventpro.purchase(purchaseId);
      return purchase.status === 'FAILED' ? purchase : undefined;
    }, 'a settled purchase');

    expect(armed).toMatchObject({ status: 200, body: { state: 'GenerateTicket', times: 1 } });
    expect(died).toMatchObject({
      ...{ status: 'ABORTED', error: 'ExecutionKilled', cause: 'Killed before GenerateTicket' },
    });
    expect(died.events.at(-2)).toMatchObject({ state: 'ProcessPayment', next: 'GenerateTicket' });
    expect(left.status).toBe('PENDING');
    expect(taken).toMatchObject({ captured: 12_000, refunded: 0 });
    expect(settled.failure?.code).toBe('CHECKOUT_INTERRUPTED');
    expect((await eventpro.payments(purchaseId))[0]).toMatchObject({ captured: 12_000, refunded: 12_000 });
    expect((await eventpro.request('GET', '/local/kills')).body).toEqual({});
    expect((await eventpro.buy({ seats: ['A-1'] })).status).toBe(201);
  });

  test.each([
    ['PUT', '/local/kills/Nowhere', '{}', 'Nowhere is no state of an Express workflow. There are: '],
    ['PUT', '/local/kills/ReserveSeat', '{"times":0}', 'times must be a positive integer, not 0'],
    ['PUT', '/local/kills/ReserveSeat', '{"mode":"x"}', 'A kill has no field mode'],
    ['PUT', '/local/pace', '{"secondsBeforeState":11}', 'secondsBeforeState must be a number from 0 to 10.'],
    ['PUT', '/local/pace', '{}', 'secondsBeforeState must be a number from 0 to 10.'],
    ['GET', '/local/executions?limit=0', undefined, 'limit must be a positive whole number, not "0".'],
    ['GET', '/local/logs?mentions=A-1', undefined, 'mentions must be a text of at least 8 characters.'],
    ['GET', '/local/items?fields=status', undefined, 'attribute or value must say which items'],
    ['GET', '/local/records?mentions=A-1', undefined, 'mentions must be a text of at least 8 characters.'],
  ])('%s %s %s is refused: %s', async (method, path, body, detail) => {
    const answer = await eventpro.request(method, path, { body });

    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining(detail) } });
    expect((await eventpro.request('GET', '/local/kills')).body).toEqual({});
    expect((await eventpro.request('GET', '/local/pace')).body).toEqual({ secondsBeforeState: 0 });
  });

  test('a running execution is killed by its id; one that has ended is not', async () => {
    await eventpro.request('PUT', '/local/pace', { body: '{"secondsBeforeState":5}' });
    const answer = eventpro.buy({ seats: ['A-1'] });
    const [running] = await eventually(async () => {
      const executions = await eventpro.executions();
      return executions.length > 0 ? executions : undefined;
    }, 'an execution');

    const kill = await eventpro.request('POST', `/local/executions/${running!.id}/kill`);
    await answer;
    const again = await eventpro.request('POST', `/local/executions/${running!.id}/kill`);
    const unknown = await eventpro.request('POST', '/local/executions/nowhere/kill');

    expect([kill.status, again.status, unknown.status]).toEqual([204, 409, 404]);
    expect(await eventpro.execution(running!.id)).toMatchObject({
      status: 'ABORTED',
      cause: 'Killed by hand',
    });
  });

  test('one kill, or one fault, is disarmed, and the others stay', async () => {
    for (const state of ['ReserveSeat', 'WhatFailed']) await eventpro.request('PUT', `/local/kills/${state}`);
    for (const state of ['ReserveSeat', 'ReleaseSeat']) await eventpro.setFault(state, { mode: 'timeout' });

    const answers = [
      await eventpro.request('DELETE', '/local/kills/ReserveSeat'),
      await eventpro.request('DELETE', '/local/faults/ReleaseSeat'),
    ];

    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect((await eventpro.request('GET', '/local/kills')).body).toEqual({ WhatFailed: {} });
    expect((await eventpro.request('GET', '/local/faults')).body).toEqual({
      ReserveSeat: { mode: 'timeout' },
    });
  });
});

/** Its own, and then those of what is within them. */
function statesOf({ States }: StateMachineDefinition): string[] {
  const within = Object.values(States).flatMap(({ Branches = [], ItemProcessor }) =>
    ItemProcessor ? [...Branches, ItemProcessor] : Branches,
  );
  return [...Object.keys(States), ...within.flatMap(statesOf)];
}

test('the state machines are those of the templates, with a place for each of their states', async () => {
  const { body } = await eventpro.request<{ stateMachines: ReportedMachine[] }>(
    'GET',
    '/local/state-machines',
  );

  expect(body.stateMachines.map(({ type, tags }) => [type, tags['eventpro:role']]).sort()).toEqual([
    ['EXPRESS', 'cancellation'],
    ['EXPRESS', 'checkout'],
    ['STANDARD', 'order'],
    ['STANDARD', 'recovery'],
  ]);
  for (const { definition, graph } of body.stateMachines) {
    expect(graph.nodes.map(({ state }) => state)).toEqual(statesOf(definition));
    expect(graph.startAt).toBe(definition.StartAt);
    const places = [...graph.nodes, ...graph.edges.flatMap(({ points }) => points)];
    expect(places.filter(({ x, y }) => x < 0 || x > graph.width || y < 0 || y > graph.height)).toEqual([]);
  }
});

test('the list of executions can be short, with events that are brief', async () => {
  await eventpro.buy({ seats: ['A-1'] });
  const { purchaseId } = await eventpro.buy({ seats: ['A-2'] });

  const { body } = await eventpro.request('GET', '/local/executions?events=brief&limit=1');

  const { events, ...summary } = await eventpro.executionOf(purchaseId);
  expect(body).toEqual({
    executions: [
      { ...summary, events: events.map(({ input: _, output: __, cause: ___, ...event }) => event) },
    ],
    kept: 1000,
  });
});

test('the records of a purchase are found by what they mention: items by its id, objects by the hash that names them', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['A-1', 'A-2'] });
  await eventpro.buy({ seats: ['A-3'] });

  const { body } = await eventpro.request<FoundRecords>('GET', `/local/records?mentions=${purchaseId}`);
  const named = await eventpro.request<FoundRecords>(
    'GET',
    `/local/records?mentions=${purchaseHash(purchaseId)}`,
  );

  const items = body.items.map(({ item }) => [item.seatId ?? 'purchase', item.status]).sort();
  expect(items).toEqual([
    ['A-1', 'SOLD'],
    ['A-2', 'SOLD'],
    ['purchase', 'CONFIRMED'],
  ]);
  // The sale is recorded by a queue, a moment later; the ticket is there at once.
  const tickets = named.body.objects.filter(({ key }) => key.endsWith('.pdf'));
  expect(tickets).toEqual([
    expect.objectContaining({ key: expect.stringContaining(purchaseHash(purchaseId)) }),
  ]);
});

test('items are found by an attribute that they have, and by the whole of a value, in any case; only the wanted fields are told', async () => {
  const buyer = { name: 'Eve Low', email: 'eve@example.com' };
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'], buyer });
  await eventpro.buy({ seats: ['A-11'], paymentMethod: 'pm_card_chargeDeclined' });
  const itemsOf = async (query: string) => {
    const answer = await eventpro.request<Pick<FoundRecords, 'items'>>('GET', `/local/items?${query}`);
    return answer.body.items.map(({ item }) => item);
  };

  const addressed = await itemsOf('value=EVE@Example.com&fields=purchaseId,status');
  const seat = await itemsOf('value=a-1&fields=seatId,status');
  const failed = await itemsOf('attribute=failure&fields=status');

  expect(addressed).toEqual([{ purchaseId, status: 'CONFIRMED' }]);
  // The seat itself, and the purchase that lists it; not A-11, which begins alike.
  expect(seat.map(({ status }) => status).sort()).toEqual(['CONFIRMED', 'SOLD']);
  expect(failed).toEqual([{ status: 'FAILED' }]);
  expect(await itemsOf('attribute=failure&value=eve@example.com')).toEqual([]);
  expect(await itemsOf('value=eve@example')).toEqual([]);
});

test('the HTML of a mail is served as a page that may do nothing', async () => {
  const { purchaseId } = await eventpro.buy({ seats: ['A-1'] });
  const { id, html } = await eventpro.emailAbout(purchaseId);

  const answer = await eventpro.request('GET', `/local/inbox/${id}/html`);

  expect(answer.text).toBe(html!.replace('<!doctype html>', '<!doctype html><base target="_blank">'));
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none';.* sandbox allow-popups/,
  );
  expect((await eventpro.request('GET', '/local/inbox/nowhere/html')).status).toBe(404);
});

function named(events: readonly LiveEvent[], wanted: string): Record<string, unknown>[] {
  return events.filter(({ name }) => name === wanted).map(({ data }) => data);
}

/** Hears the events from now on. */
function listen(): Promise<{ events: readonly LiveEvent[]; hangUp: () => void }> {
  return new Promise((resolve, reject) => {
    const events: LiveEvent[] = [];
    const request = get(`${eventpro.url}/local/events`, (response) => {
      let text = '';
      response.on('error', () => undefined);
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const blocks = text.split('\n\n');
        text = blocks.pop()!;
        for (const block of blocks) {
          const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
          if (name) events.push({ name, data: JSON.parse(data!) });
        }
      });
      resolve({ events, hangUp: () => request.destroy() });
    });
    request.on('error', reject);
  });
}
