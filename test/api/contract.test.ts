import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { PDFDocument } from '@cantoo/pdf-lib';
import { referenceOf } from '../../lambda/shared/reference';
import demoEvent from '../../web/demo-event.json';
import { orderBody, type PurchaseBody, type SeatBody } from '../../harness/eventpro-client';
import { useLocalRun } from '../support/local-run';
import { expectProblem } from '../support/problem';

const eventpro = useLocalRun();
beforeEach(() => eventpro.reset());

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const validation = { status: 400, code: 'VALIDATION' };
const BUYER = { name: 'Ann Lee', email: 'ann@example.com' };

/** Eight in the evening in Berlin, in winter or in summer. */
const UTC = /^\d{4}-\d\d-\d\dT1[89]:00:00Z$/;

describe('POST /purchases', () => {
  test('answers 201 with the purchase, priced by the server', async () => {
    const answer = await eventpro.buy({ seats: ['A-12', 'E-3', 'T-1'] });

    expect(answer.status).toBe(201);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.body).toEqual({
      purchaseId: answer.purchaseId,
      reference: referenceOf(answer.purchaseId),
      status: 'CONFIRMED',
      eventId: 'demo',
      seats: ['A-12', 'E-3', 'T-1'],
      amount: 12_000 + 8_000 + 4_500,
      currency: 'EUR',
    });
  });

  test('takes eight seats, every optional field, and a media type with a character set', async () => {
    const seats = Array.from({ length: 8 }, (_, index) => `G-${index + 1}`);
    const pushEndpoint = 'arn:aws:sns:us-east-1:000000000000:endpoint/GCM/eventpro/1';
    const body = orderBody({ seats, buyer: { ...BUYER, phone: '+4915112345678', pushEndpoint } });

    const answer = await eventpro.post(body, { 'content-type': 'application/json; charset=utf-8' });

    expect(answer.status).toBe(201);
    expect((answer.body as PurchaseBody).seats).toEqual(seats);
  });

  test('takes a key in capital letters for the same key in small ones', async () => {
    const key = 'ABCDEF01-2345-4789-ABCD-EF0123456789';

    const capital = await eventpro.buy({ key, seats: ['A-1'] });
    const small = await eventpro.buy({ key: key.toLowerCase(), seats: ['A-1'] });

    expect(capital.status).toBe(201);
    expect((capital.body as PurchaseBody).purchaseId).toBe(key.toLowerCase());
    expect(small.text).toBe(capital.text);
    expect((await eventpro.purchase(key)).status).toBe('CONFIRMED');
    expect(await eventpro.payments()).toHaveLength(1);
  });

  test.each<[string, string | Buffer]>([
    ['JSON that breaks off', '{"eventId":"demo",'],
    ['no JSON at all', 'seats=A-1'],
    ['nothing', ''],
    ['null', 'null'],
    ['an array', '[]'],
    ['a string', '"A-1"'],
    ['an empty object', '{}'],
    ['no event', order({ eventId: undefined })],
    ['an event that is a number', order({ eventId: 7 })],
    ['an event id in capital letters', order({ eventId: 'DEMO' })],
    ['no seats', order({ seats: undefined })],
    ['an empty list of seats', order({ seats: [] })],
    ['nine seats', order({ seats: Array.from({ length: 9 }, (_, index) => `A-${index + 1}`) })],
    ['one seat twice', order({ seats: ['A-1', 'A-1'] })],
    ['a seat as a string instead of a list', order({ seats: 'A-1' })],
    ['a seat that is a number', order({ seats: [1] })],
    ['a seat that is null', order({ seats: [null] })],
    ['a seat id in small letters', order({ seats: ['a-1'] })],
    ['a seat id without its row', order({ seats: ['12'] })],
    ['no buyer', order({ buyer: undefined })],
    ['a buyer that is a string', order({ buyer: 'Ann Lee' })],
    ['a buyer without a name', order({ buyer: { email: BUYER.email } })],
    ['an empty name', order({ buyer: { ...BUYER, name: '' } })],
    ['a name of 101 letters', order({ buyer: { ...BUYER, name: 'x'.repeat(101) } })],
    ['a name that is an object', order({ buyer: { ...BUYER, name: { first: 'Ann' } } })],
    ['no e-mail address', order({ buyer: { name: BUYER.name } })],
    ['an e-mail address without @', order({ buyer: { ...BUYER, email: 'ann.example.com' } })],
    ['two e-mail addresses', order({ buyer: { ...BUYER, email: 'ann@example.com,bob@example.com' } })],
    [
      'an e-mail address with a line break',
      order({ buyer: { ...BUYER, email: 'ann@example.com\nBcc: x@y.zz' } }),
    ],
    [
      'an e-mail address of 255 letters',
      order({ buyer: { ...BUYER, email: `${'x'.repeat(245)}@ab.cd.com` } }),
    ],
    ['a phone number without +', order({ buyer: { ...BUYER, phone: '015112345678' } })],
    ['a push endpoint that is a URL', order({ buyer: { ...BUYER, pushEndpoint: 'https://example.com/x' } })],
    ['a channel there is not', order({ buyer: { ...BUYER, channels: ['fax'] } })],
    ['a channel twice', order({ buyer: { ...BUYER, channels: ['email', 'email'] } })],
    ['a consent that is a word', order({ buyer: { ...BUYER, marketing: 'true' } })],
    ['a consent that is a number', order({ buyer: { ...BUYER, marketing: 1 } })],
    ['a consent that is null', order({ buyer: { ...BUYER, marketing: null } })],
    ['a total that is no amount', order({ expectedTotal: { amount: 12.5, currency: 'EUR' } })],
    ['a total without its currency', order({ expectedTotal: { amount: 12_000 } })],
    ['a card number', order({ paymentMethod: '4242424242424242' })],
    ['a card token', order({ paymentMethod: 'tok_visa' })],
    ['a confirmation token without an id', order({ paymentMethod: 'ctoken_' })],
    ['a confirmation token of 101 letters', order({ paymentMethod: `ctoken_${'x'.repeat(101)}` })],
    ['a secret key for a payment method', order({ paymentMethod: 'sk_test_local' })],
    ['a second field in its payment method', order({ paymentMethod: 'pm_card_visa&amount=1' })],
    ['a price', order({ amount: 1 })],
    ['a field nobody knows in the buyer', order({ buyer: { ...BUYER, vip: true } })],
    ['a prototype', '{"__proto__":{"x":1},' + order({}).slice(1)],
    ['300 kB of name', order({ buyer: { ...BUYER, name: 'x'.repeat(300_000) } })],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ])('refuses a body that has %s, and starts no execution', async (_, body) => {
    const answer = await eventpro.post(body);

    expectProblem(answer, validation);
    expect(await eventpro.executions()).toEqual([]);
  });

  test('takes a confirmation token where it takes a payment method', async () => {
    const answer = await eventpro.buy({ seats: ['A-1'], paymentMethod: 'ctoken_1NnQUf2eZvKYlo2CIObdtbnb' });

    // There is no such token; but it was asked for.
    expectProblem(answer, { status: 402, code: 'PAYMENT_DECLINED', purchaseId: answer.purchaseId });
  });

  test.each([
    ['is text', { 'content-type': 'text/plain' }, 415],
    ['is a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['is another JSON', { 'content-type': 'application/json-patch+json' }, 415],
    ['is XML', { 'content-type': 'text/xml' }, 415],
  ])('refuses a body whose media type %s, and starts no execution', async (_, headers, status) => {
    const answer = await eventpro.post(order({}), headers);

    expectProblem(answer, { status, code: 'VALIDATION' });
    expect(await eventpro.executions()).toEqual([]);
  });

  test.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is blank', '  '],
  ])('refuses a request whose key %s, and starts no execution', async (_, key) => {
    const headers = {
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    };

    const answer = await eventpro.request('POST', '/api/purchases', { headers, body: order({}) });

    expectProblem(answer, validation);
    expect(await eventpro.executions()).toEqual([]);
  });

  test('takes the key from the header alone: one in the query string changes nothing', async () => {
    const key = randomUUID();
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    const body = order({ seats: ['A-1'] });

    const answer = await eventpro.request('POST', `/api/purchases?Idempotency-Key=${UNKNOWN_ID}`, {
      headers,
      body,
    });
    const without = await eventpro.request('POST', `/api/purchases?Idempotency-Key=${UNKNOWN_ID}`, {
      headers: { 'content-type': 'application/json' },
      body,
    });

    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ purchaseId: key });
    expectProblem(without, validation);
    expect((await eventpro.executions()).map(({ input }) => input)).toEqual([
      expect.objectContaining({ purchaseId: key }),
    ]);
  });

  test.each([
    ['IDEMPOTENCY-KEY', [randomUUID()], 201],
    ['Idempotency-Key', [randomUUID()], 201],
    ['idempotency-key', [randomUUID(), randomUUID()], 400],
  ])('takes the header in any spelling, once: %s', async (name, keys, status) => {
    const answer = await postOverHttp1({ [name]: keys }, order({ seats: ['A-1'] }));

    expect(answer.status).toBe(status);
    if (status === 201) expect(answer.body).toMatchObject({ purchaseId: keys[0] });
    else expect(await eventpro.payments()).toEqual([]);
  });

  test('refuses a body above ten megabytes', async () => {
    const answer = await eventpro.post('x'.repeat(10_485_761));

    expectProblem(answer, { status: 413, code: 'VALIDATION' });
  });

  test.each([
    ['is a word', 'latest'],
    ['is a number', '1'],
    ['has braces', `{${UNKNOWN_ID}}`],
    ['is one character too long', `${UNKNOWN_ID}0`],
    ['ends the string it is put into', `${UNKNOWN_ID}","requestId":"x`],
    ['has a backslash', `${UNKNOWN_ID}\\`],
    ['is the mark that CDK makes a quote of', `${UNKNOWN_ID}@@`],
    ['is a template', '$context.identity.sourceIp'],
    ['is a directive', '#set($id = 1)#if(true)x#end'],
    ['is a Latin letter', 'é'],
  ])('refuses a key that %s, and gives it to the saga as the string that it is', async (_, key) => {
    const answer = await eventpro.post(order({}), { 'idempotency-key': key });

    expectProblem(answer, { ...validation, purchaseId: key.toLowerCase() });
    const [execution] = await eventpro.executions();
    expect(execution!.input).toEqual({
      purchaseId: key.toLowerCase(),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      viewer: '127.0.0.1',
      request: JSON.parse(order({})),
    });
    expect(await eventpro.seatStatus('A-12')).toBe('AVAILABLE');
  });

  test('refuses a chosen channel without its address, and holds nothing', async () => {
    const key = randomUUID();
    const body = order({ buyer: { ...BUYER, channels: ['email', 'sms'] } });

    const answer = await eventpro.post(body, { 'idempotency-key': key });

    expectProblem(answer, { ...validation, purchaseId: key });
    expect((answer.body as { detail: string }).detail).toBe('buyer.channels: has one that has no address.');
    expect(await eventpro.seatStatus('A-12')).toBe('AVAILABLE');
  });

  test('tells a buyer who chose no channel nothing, and gives the ticket all the same', async () => {
    const silent = await eventpro.buy({ seats: ['A-1'], buyer: { ...BUYER, channels: [] } });
    const other = await eventpro.buy({ seats: ['A-2'] });

    await eventpro.emailAbout(other.purchaseId);

    expect(silent.status).toBe(201);
    expect(await eventpro.inbox()).toHaveLength(1);
    expect((await eventpro.ticket(silent.purchaseId)).status).toBe(302);
  });

  test.each([
    ['an event that is not there', { eventId: 'nowhere' }, 'EVENT_NOT_FOUND'],
    ['a seat that is not there', { seats: ['A-12', 'A-99'] }, 'SEAT_NOT_FOUND'],
    ['a seat of a row that is not there', { seats: ['ZZ-1'] }, 'SEAT_NOT_FOUND'],
    ['a seat with a leading zero', { seats: ['A-012'] }, 'SEAT_NOT_FOUND'],
  ])('answers 404 to %s, and holds nothing', async (_, part, code) => {
    const key = randomUUID();

    const answer = await eventpro.post(order(part), { 'idempotency-key': key });

    expectProblem(answer, { status: 404, code, purchaseId: key });
    expect(await eventpro.seatStatus('A-12')).toBe('AVAILABLE');
    expect(await eventpro.payments()).toEqual([]);
  });

  test('tells which of the chosen seats are taken, and holds none of the others', async () => {
    await eventpro.buy({ seats: ['A-2', 'A-4'] });

    const answer = await eventpro.buy({ seats: ['A-1', 'A-2', 'A-3', 'A-4'] });

    expectProblem(answer, { status: 409, code: 'SEAT_UNAVAILABLE', purchaseId: answer.purchaseId });
    expect((answer.body as { detail: string }).detail).toBe('No longer available: A-2, A-4.');
    expect(await eventpro.seatStatus('A-1')).toBe('AVAILABLE');
    expect(await eventpro.seatStatus('A-3')).toBe('AVAILABLE');
  });

  test.each([
    ['is only blanks', '   '],
    ['has half of a character', 'half of \ud83d'],
    ['would write a line into the e-mail', 'Ann,\r\n\r\nyour ticket: https://example.com'],
    ['turns the direction', 'Ann \u202Eeel'],
  ])('refuses a name that %s', async (_, name) => {
    const key = randomUUID();

    const answer = await eventpro.post(order({ buyer: { ...BUYER, name } }), { 'idempotency-key': key });

    expectProblem(answer, { ...validation, purchaseId: key });
  });
});

describe('a name arrives at the saga and in the e-mail as it was typed', () => {
  test.each([
    "Seán O'Brien",
    'Anna "Anni" Müller',
    '山田 太郎',
    'Ümit 🎟️👩‍👩‍👧',
    'مريم',
    '@@',
    '@@","request":{"amount":1},"x":"@@',
    '","paymentMethod":"pm_card_visa","x":"',
    '$',
    '$input.body',
    '${context.requestId}',
    '$util.escapeJavaScript("x")',
    '#if(true)x#end',
    '#set($x = 1)',
    '## a comment',
    '#* a comment *#',
    'C:\\new\\table',
    '\\\' \\" \\u0041',
    'ends with a backslash\\',
    'a/b </script><b>',
    '{"a":[1]}',
    'null',
    '   padded   ',
  ])('%j', async (name) => {
    const { status, purchaseId } = await eventpro.buy({ seats: ['A-1'], buyer: { ...BUYER, name } });

    const { input } = await eventpro.executionOf(purchaseId);
    const email = await eventpro.emailAbout(purchaseId);
    expect(status).toBe(201);
    expect(input).toEqual({
      purchaseId,
      requestId: expect.any(String),
      viewer: '127.0.0.1',
      request: JSON.parse(orderBody({ seats: ['A-1'], buyer: { ...BUYER, name } })),
    });
    expect(email.text).toContain(`Hello ${name.trim()},\n`);
    expect(email.html).not.toContain('<b>');
    expect(email.to).toBe(BUYER.email);
  });
});

describe('GET /purchases/{purchaseId}', () => {
  test('shows a confirmed purchase as it was answered, and nothing of the buyer', async () => {
    const bought = await eventpro.buy({ seats: ['A-1'] });

    const answer = await eventpro.request('GET', `/api/purchases/${bought.purchaseId}`);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual(bought.body);
  });

  test('shows why a purchase failed, in the words of the answer', async () => {
    const declined = await eventpro.buy({ seats: ['A-1'], paymentMethod: 'pm_card_chargeDeclined' });

    const { body } = await eventpro.request('GET', `/api/purchases/${declined.purchaseId}`);

    const { code, detail } = declined.body as { code: string; detail: string };
    expect(body).toEqual({
      purchaseId: declined.purchaseId,
      reference: referenceOf(declined.purchaseId),
      status: 'FAILED',
      eventId: 'demo',
      seats: ['A-1'],
      amount: 12_000,
      currency: 'EUR',
      failure: { code, detail },
    });
  });

  test.each([
    ['is not there', UNKNOWN_ID],
    ['is no UUID', 'latest'],
    ['climbs', '%2e%2e%2fevents'],
  ])('answers 404 to an id that %s', async (_, id) => {
    const answer = await eventpro.request('GET', `/api/purchases/${id}`);

    expectProblem(answer, { status: 404, code: 'PURCHASE_NOT_FOUND', purchaseId: decodeURIComponent(id) });
  });
});

describe('GET /purchases/{purchaseId}/ticket', () => {
  test('redirects to a PDF with a page for each seat, by a link that dies', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1', 'A-2', 'A-3'] });

    const redirect = await eventpro.ticket(purchaseId);
    const link = redirect.headers.get('location')!;
    const pdf = await fetch(link);
    const bytes = Buffer.from(await pdf.arrayBuffer());
    await eventpro.advanceClock(301);
    const later = await fetch(link);

    expect(redirect.status).toBe(302);
    expect(redirect.headers.get('cache-control')).toBe('no-store');
    expect(pdf.status).toBe(200);
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect((await PDFDocument.load(bytes)).getPageCount()).toBe(3);
    expect(later.status).toBe(403);
  });

  test('answers 404 for a purchase that failed', async () => {
    const { purchaseId } = await eventpro.buy({ seats: ['A-1'], paymentMethod: 'pm_card_chargeDeclined' });

    expectProblem(await eventpro.ticket(purchaseId), { status: 404, code: 'TICKET_NOT_FOUND', purchaseId });
  });

  test('answers 404 for a purchase that is not there', async () => {
    expectProblem(await eventpro.ticket(UNKNOWN_ID), {
      status: 404,
      code: 'PURCHASE_NOT_FOUND',
      purchaseId: UNKNOWN_ID,
    });
  });
});

describe('GET /events', () => {
  test('lists the events without their seats', async () => {
    const { status, body } = await eventpro.request('GET', '/api/events');

    expect(status).toBe(200);
    expect(body).toEqual({
      events: [
        {
          eventId: 'demo',
          name: demoEvent.name,
          venue: demoEvent.venue,
          startsAt: expect.stringMatching(UTC),
          timeZone: 'Europe/Berlin',
          saleClosesAt: expect.stringMatching(UTC),
          status: 'ON_SALE',
          currency: 'EUR',
          seats: 324,
          priceFrom: 4_500,
        },
      ],
    });
  });

  test('shows the seat map: every seat with its place, its price and its status', async () => {
    await eventpro.setFault('ReleaseSeat', { mode: 'fail-before' });
    await eventpro.buy({ seats: ['A-1'], paymentMethod: 'pm_card_chargeDeclined' });
    await eventpro.buy({ seats: ['L-18'] });

    const { body } = await eventpro.request<{ seats: SeatBody[] }>('GET', '/api/events/demo/seats');

    const { seats, ...event } = body;
    const sections = [
      { section: 'Stalls', seats: 120 },
      { section: 'Circle', seats: 108 },
      { section: 'Balcony', seats: 96 },
    ];
    expect(event).toEqual({
      ...{ eventId: 'demo', ...demoEvent, sections, status: 'ON_SALE' },
      startsAt: expect.stringMatching(UTC),
      saleClosesAt: expect.stringMatching(UTC),
    });
    expect(seats).toHaveLength(324);
    expect(seats[0]).toEqual({
      seatId: 'A-1',
      section: 'Stalls',
      row: 'A',
      number: 1,
      tier: 'premium',
      price: 12_000,
      status: 'HELD',
    });
    expect(seats.filter(({ status }) => status !== 'AVAILABLE').map(({ seatId }) => seatId)).toEqual([
      'A-1',
      'L-18',
    ]);
    expect(seats.find(({ seatId }) => seatId === 'L-18')).toMatchObject({ status: 'SOLD', price: 4_500 });
  });

  test.each([
    ['Circle', 108],
    ['Nowhere', 0],
  ])('shows one section alone: %s has %i seats', async (section, count) => {
    const { body } = await eventpro.request<{ seats: { section: string }[] }>(
      'GET',
      `/api/events/demo/seats?section=${section}`,
    );

    expect(body.seats.filter((seat) => seat.section === section)).toHaveLength(count);
    expect(body.seats).toHaveLength(count);
  });

  test('answers 404 to an event that is not there', async () => {
    const answer = await eventpro.request('GET', '/api/events/nowhere/seats');

    expectProblem(answer, { status: 404, code: 'EVENT_NOT_FOUND' });
  });
});

describe('PUT /events/{eventId}', () => {
  const layout = {
    ...demoEvent,
    name: 'Gala',
    sections: [{ section: 'Floor', rows: [{ row: 'A', tier: 'value', seats: 2 }] }],
  };

  test('creates an event (201) and replaces it (200), when it is signed', async () => {
    const created = await put('gala', layout);
    const replaced = await put('gala', { ...layout, name: 'Gala, moved' });

    expect(created.status).toBe(201);
    expect(created.body).toEqual({ eventId: 'gala', seats: 2 });
    expect(replaced.status).toBe(200);
    const { body } = await eventpro.request<{ events: { name: string }[] }>('GET', '/api/events');
    expect(body.events.map(({ name }) => name).sort()).toEqual(['Gala, moved', demoEvent.name]);
    expect((await eventpro.buy({ eventId: 'gala', seats: ['A-2'] })).status).toBe(201);
  });

  test('is refused without a signature', async () => {
    const answer = await eventpro.request('PUT', '/api/events/gala', { body: JSON.stringify(layout) });

    expectProblem(answer, { status: 403, code: 'FORBIDDEN' });
    expect((await eventpro.request('GET', '/api/events/gala/seats')).status).toBe(404);
  });

  test('is refused with a signature that is not of this request', async () => {
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `local/${date.slice(0, 8)}/us-east-1/execute-api/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;

    const answer = await eventpro.request('PUT', '/api/events/gala', {
      headers: { authorization, 'x-amz-date': date },
      body: JSON.stringify(layout),
    });

    expectProblem(answer, { status: 403, code: 'FORBIDDEN' });
    expect(answer.body).toMatchObject({ title: 'The signature does not allow this' });
    expect((await eventpro.request('GET', '/api/events/gala/seats')).status).toBe(404);
  });

  test.each<[string, string, unknown]>([
    ['an event id in capital letters', 'Gala', layout],
    ['no JSON', 'gala', '{'],
    ['an empty body', 'gala', ''],
    ['no sections', 'gala', { ...layout, sections: [] }],
    ['a tier that is not listed', 'gala', { ...layout, tiers: [{ tier: 'other', price: 4_500 }] }],
    ['a tier listed twice', 'gala', { ...layout, tiers: [...layout.tiers, ...layout.tiers] }],
    [
      'a row used twice',
      'gala',
      { ...layout, sections: [...layout.sections, { ...layout.sections[0], section: 'B' }] },
    ],
    ['a price with a fraction', 'gala', { ...layout, tiers: [{ tier: 'value', price: 45.5 }] }],
    ['a negative price', 'gala', { ...layout, tiers: [{ tier: 'value', price: -1 }] }],
    ['a price below what can be charged', 'gala', { ...layout, tiers: [{ tier: 'value', price: 49 }] }],
    ['a time without an offset or a zone', 'gala', { ...layout, timeZone: undefined }],
    ['a time that no clock shows', 'gala', { ...layout, startsAt: '2100-03-28T02:30:00' }],
    ['a currency in small letters', 'gala', { ...layout, currency: 'eur' }],
    ['a field nobody knows', 'gala', { ...layout, seats: 2 }],
  ])('refuses %s, although it is signed', async (_, eventId, body) => {
    const answer = await put(eventId, body);

    expectProblem(answer, validation);
    expect((await eventpro.request('GET', '/api/events/gala/seats')).status).toBe(404);
  });

  test('refuses a map without a seat that is sold, and keeps the old one', async () => {
    await put('gala', layout);
    await eventpro.buy({ eventId: 'gala', seats: ['A-2'] });

    const answer = await put('gala', {
      ...layout,
      sections: [{ section: 'Floor', rows: [{ row: 'A', tier: 'value', seats: 1 }] }],
    });

    expectProblem(answer, { status: 409, code: 'SEAT_UNAVAILABLE' });
    expect((await eventpro.seats('gala')).map(({ seatId }) => seatId)).toEqual(['A-1', 'A-2']);
  });

  const put = (eventId: string, body: unknown) => eventpro.putEvent(eventId, body);
});

describe('everything else', () => {
  test.each([
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/nowhere'],
    ['GET', `/api/purchases/${UNKNOWN_ID}/ticket/1`],
    ['GET', '/api/events//seats'],
    ['GET', '/api/events/demo/seats/A-1'],
    ['OPTIONS', '/api/nowhere'],
  ])('%s %s is forbidden, as API Gateway says of a route that is not there', async (method, path) => {
    expectProblem(await eventpro.request(method, path), { status: 403, code: 'FORBIDDEN' });
  });

  test.each([
    ['GET', '/api/purchases', 'POST'],
    ['DELETE', '/api/purchases', 'POST'],
    ['OPTIONS', '/api/purchases', 'POST'],
    ['PUT', `/api/purchases/${UNKNOWN_ID}`, 'GET, HEAD'],
    ['GET', '/api/events/demo', 'PUT'],
    ['DELETE', '/api/events/demo', 'PUT'],
    ['POST', '/api/events/demo/seats', 'GET, HEAD'],
    ['PATCH', '/api/openapi.json', 'GET, HEAD'],
  ])('%s %s is no method of that path, which says what it has: %s', async (method, path, allow) => {
    const answer = await eventpro.request(method, path);

    expectProblem(answer, { status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(answer.headers.get('allow')).toBe(allow);
  });

  test.each(['/api//events', '/api/events/', '/api/events?x=/'])(
    'slashes before and after a path do not matter, as API Gateway has it: %s',
    async (path) => {
      const answer = await eventpro.request('GET', path);

      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ events: [{ eventId: 'demo' }] });
    },
  );

  test.each(['/', '/index.html', '/api/events', '/api/events/demo/seats', '/api/ticket-keys'])(
    'HEAD %s has the headers of GET and no body',
    async (path) => {
      const get = await eventpro.request('GET', path);
      const head = await eventpro.request('HEAD', path);

      expect(head.status).toBe(200);
      expect(head.text).toBe('');
      for (const name of ['content-type', 'cache-control', 'etag']) {
        expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
      }
    },
  );

  test.each(['/nowhere', '/apis', '/..%2f..%2fpackage.json', '/%zz.html', '/index.html%00.js'])(
    'the path %s is not there, in plain words',
    async (path) => {
      const answer = await eventpro.request('GET', path);

      expect(answer.status).toBe(404);
      expect(answer.text).toBe('Not found\n');
    },
  );
});

/** `fetch` joins what is there twice before it sends it. */
async function postOverHttp1(
  headers: Record<string, string[]>,
  body: string,
): Promise<{ status: number; body: unknown }> {
  const sent = request(`${eventpro.url}/api/purchases`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, body: JSON.parse(await text(response)) };
}

/** The body of an order in which a part is other than it should be; `undefined` leaves a field out. */
function order(part: Record<string, unknown>): string {
  return JSON.stringify({ ...(JSON.parse(orderBody({ seats: ['A-12'] })) as object), ...part });
}
