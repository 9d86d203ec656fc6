import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { factsOf, findSeat } from '../../../lambda/event/event-layout';
import { signTicketCode } from '../../../lambda/ticket/ticket-code';
import { ticketKeyOf } from '../../../lambda/ticket/ticket-key';
import { drawTicket } from '../../../lambda/ticket/ticket-pdf';
import { LAYOUT } from '../checkout';
import { decodeQrCode, decodeQrImage, readGrayImage } from '../../../scripts/verify-ticket/decode-qr-code';
import { readTicket } from '../../../scripts/verify-ticket/read-ticket';

const PURCHASE_ID = '0f6a2f0e-5c1e-4d0e-9f43-2f3a7d6f5b11';

const KEY = ticketKeyOf('k'.repeat(64));
const codeOf = (seatId: string) =>
  signTicketCode({ purchaseId: PURCHASE_ID, eventId: 'demo', seatId, iat: 1_800_000_000 }, KEY);

function ticket(seatIds: string[], { buyerName = 'Ada Lovelace', eventName = LAYOUT.name, times = {} } = {}) {
  return {
    reference: 'M2QH3Z7K9B',
    createdAt: 1_800_000_000,
    event: { ...factsOf(LAYOUT), name: eventName, ...times },
    seats: seatIds.map((seatId) => ({ ...findSeat(LAYOUT, seatId)!, code: codeOf(seatId) })),
    buyerName,
    currency: 'EUR',
  };
}

test('one page says which event, when, which seat, whose, and for how much', async () => {
  const { title, pages } = await readTicket(await drawTicket(ticket(['A-12'])));

  expect(title).toBe('Ticket M2QH3Z7K9B');
  expect(pages.map(({ lines }) => lines)).toEqual([
    [
      'The Late Quartet',
      'Meridian Hall',
      // The wall clock at the venue, whatever the time zone of the function.
      'Sat, 20 March 2100 at 20:00 CET',
      'Row A, seat 12',
      'Stalls · premium · 120.00 EUR',
      'Ada Lovelace',
      'M2QH3Z7K9B / A-12',
    ],
  ]);
});

test('says when the doors open', async () => {
  const { pages } = await readTicket(
    await drawTicket(ticket(['A-12'], { times: { doorsOpenAt: '2100-03-20T18:00:00Z' } })),
  );

  expect(pages[0]!.lines[2]).toBe('Sat, 20 March 2100 at 20:00 CET, doors 19:00');
});

test('each seat has a page of its own, with its own price and code', async () => {
  const { pages } = await readTicket(await drawTicket(ticket(['A-1', 'B-2', 'C-3'])));

  expect(pages.map(({ lines }) => lines.slice(3, 5))).toEqual([
    ['Row A, seat 1', 'Stalls · premium · 120.00 EUR'],
    ['Row B, seat 2', 'Stalls · standard · 80.00 EUR'],
    ['Row C, seat 3', 'Circle · standard · 80.00 EUR'],
  ]);
  expect(pages.map(({ qrCode }) => decodeQrCode(qrCode))).toEqual(['A-1', 'B-2', 'C-3'].map(codeOf));
});

test('the same ticket is the same bytes', async () => {
  const [first, second] = [
    await drawTicket(ticket(['A-1', 'B-2'])),
    await drawTicket(ticket(['A-1', 'B-2'])),
  ];

  expect(Buffer.from(first).equals(second)).toBe(true);
  // Metadata as well: the time of the sale, not of the drawing.
  expect((await PDFDocument.load(first, { updateMetadata: false })).getCreationDate()).toEqual(
    new Date(1_800_000_000_000),
  );
});

describe('the QR code as it is printed', () => {
  // Of poppler-utils; a machine without it reads the modules out of the file alone, in the tests above.
  const renderer = spawnSync('pdftoppm', ['-v']).error ? undefined : 'pdftoppm';
  const rendered = renderer ? test : test.skip;

  rendered.each([
    ['a usual code', 'demo', 100],
    ['the longest code there is', 'e'.repeat(64), 100],
    ['a usual code on a coarse screen', 'demo', 60],
  ])(
    'is read from the picture of the page, where pdftoppm is installed: %s',
    async (_, eventId, dotsPerInch) => {
      const directory = mkdtempSync(join(tmpdir(), 'eventpro-printed-'));
      const drawn = ticket(['A-1']);
      const code = signTicketCode(
        { purchaseId: PURCHASE_ID, eventId, seatId: 'ABCDEFGH-1234', iat: 1_800_000_000 },
        KEY,
      );
      const seats = drawn.seats.map((seat) => ({ ...seat, code }));
      writeFileSync(join(directory, 'ticket.pdf'), await drawTicket({ ...drawn, seats }));

      execFileSync(renderer!, ['-gray', '-r', `${dotsPerInch}`, '-singlefile', 'ticket.pdf', 'page'], {
        cwd: directory,
      });

      expect(decodeQrImage(readGrayImage(readFileSync(join(directory, 'page.pgm'))))).toBe(code);
      rmSync(directory, { recursive: true });
    },
  );
});

describe('names the standard fonts cannot print', () => {
  test.each([
    ['Western European letters stay', 'Zoë Müller-Ångström', 'Zoë Müller-Ångström'],
    ['letters typed with combining marks stay', 'Zoe\u0308 Mu\u0308ller', 'Zoë Müller'],
    ['other Latin letters lose their marks', 'Łukasz Dvořák Đorđević Iğdır', 'Lukasz Dvorák Dordevic Igdir'],
    ['Cyrillic is written as in a passport', 'Щербакова Мария, Гоголь', 'Shcherbakova Mariia, Gogol'],
    ['Ukrainian and Serbian, too', 'Юлія Їжакевич, Ђорђе Љубић', 'Iuliia Izhakevich, Dorde Ljubic'],
    ['so is Greek', 'Θεόδωρος Αγγελόπουλος Ψ', 'Theodoros Aggelopoylos Ps'],
    ['a letter that sounds of nothing by itself is left out', 'Игорь', 'Igor'],
    ['scripts that are not written letter by letter become question marks', '山田 太郎 مريم', '?? ?? ????'],
    ['an emoji is one question mark', 'Ada 🎟', 'Ada ?'],
    ['a line break does not break the line', 'Ada\nLovelace', 'Ada?Lovelace'],
    ['a lone surrogate does not break the page', 'Ada \ud83c', 'Ada ?'],
    ['nothing at all is printed as nothing', '', ''],
  ])('%s', async (_, buyerName, printed) => {
    const { pages } = await readTicket(await drawTicket(ticket(['A-1'], { buyerName })));

    expect(pages[0]!.lines[5]).toBe(printed);
  });
});

describe('long names', () => {
  test('one that is a little too long is printed whole, smaller', async () => {
    const eventName = 'An Evening of Chamber Music by Candlelight';

    const { pages } = await readTicket(await drawTicket(ticket(['A-1'], { eventName })));

    expect(pages[0]!.lines[0]).toBe(eventName);
  });

  test.each([
    ['letters', 'W'.repeat(120)],
    ['emoji', '🎻'.repeat(60)],
    ['words', 'An Evening of Chamber Music '.repeat(4)],
  ])('one of 120 %s is cut where it can still be read', async (_, eventName) => {
    const { pages } = await readTicket(
      await drawTicket(ticket(['A-1'], { eventName, buyerName: eventName })),
    );

    const [printedEvent] = pages[0]!.lines;
    expect(printedEvent).toMatch(/^.{10,100}…$|^\?{20,}$/);
    expect(pages[0]!.lines).toHaveLength(7);
  });
});
