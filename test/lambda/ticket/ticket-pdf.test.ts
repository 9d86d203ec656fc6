import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodePDFRawStream,
  PDFArray,
  PDFBool,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  type PDFRawStream,
  PDFString,
} from '@cantoo/pdf-lib';
import { factsOf, findSeat } from '../../../lambda/event/event-layout';
import { signTicketCode } from '../../../lambda/ticket/ticket-code';
import { ticketKeyOf } from '../../../lambda/ticket/ticket-key';
import { type Glyph, Typesetter } from '../../../lambda/ticket/shaping/shape-line';
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

/** The glyph with which a font says that it has none (OpenType: .notdef). */
const NO_GLYPH = 0;

/** The numbers of the glyphs that the ticket draws in fonts of its own. */
async function glyphsOf(pdf: Uint8Array): Promise<number[]> {
  const { context } = await PDFDocument.load(pdf);
  return context.enumerateIndirectObjects().flatMap(([, font]) => {
    const map = font instanceof PDFDict ? font.lookup(PDFName.of('CIDToGIDMap')) : undefined;
    if (!map) return [];
    const bytes = Buffer.from(decodePDFRawStream(map as PDFRawStream).decode());
    // Of code 0, which nothing is drawn with, there is no glyph.
    return Array.from({ length: bytes.length / 2 - 1 }, (_, index) => bytes.readUInt16BE(2 * index + 2));
  });
}

const glyphNumbers = (glyph: Glyph) => glyph.id;
const fontNames = (glyph: Glyph) => glyph.typeface.name;

async function shaped(text: string): Promise<number[]>;
async function shaped<T>(text: string, of: (glyph: Glyph) => T): Promise<T[]>;
async function shaped(text: string, of: (glyph: Glyph) => unknown = glyphNumbers): Promise<unknown[]> {
  const { words } = await new Typesetter().shape(text, 400);
  return words.flatMap(({ clusters }) => clusters).flatMap(({ glyphs }) => glyphs.map(of));
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
      'Stalls · premium · €120',
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
    ['Row A, seat 1', 'Stalls · premium · €120'],
    ['Row B, seat 2', 'Stalls · standard · €80'],
    ['Row C, seat 3', 'Circle · standard · €80'],
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

/** What each name is, and its letters from left to right where that is not the order of reading. */
const NAMES: Readonly<Record<string, readonly [name: string, drawn?: string]>> = {
  'more of Latin': ['Łukasz Dvořák Đorđević Iğdır'],
  'a hyphen that does not break, schwa and capital sharp s': ['Jean\u2011Luc Әсел STRAẞE'],
  Vietnamese: ['Nguyễn Thị Hường'],
  Cyrillic: ['Щербакова Мария, Ђорђе Їжакевич'],
  Greek: ['Θεόδωρος Αγγελόπουλος'],
  Armenian: ['Արամ Խաչատրյան'],
  Georgian: ['შოთა რუსთაველი'],
  Ethiopic: ['አበበ ቢቂላ'],
  Hebrew: ['יעקב', 'בקעי'],
  Arabic: ['مريم الأحمد', 'دمحألا ميرم'],
  'Hebrew with its vowels': ['דָוִד', 'דוִדָ'],
  Thaana: ['ދިވެހި', 'ހިވެދި'],
  Devanagari: ['श्रीकृष्ण क्षत्रिय'],
  Bengali: ['জ্যোতির্ময় ঠাকুর'],
  Gujarati: ['પ્રિયા ક્ષત્રિય'],
  Gurmukhi: ['ਹਰਪ੍ਰੀਤ ਸਿੰਘ'],
  Odia: ['ଓଡ଼ିଆ'],
  Tamil: ['தமிழ்ச்செல்வி'],
  Telugu: ['శ్రీనివాస్'],
  Kannada: ['ಶ್ರೀನಿವಾಸ'],
  Malayalam: ['ശ്രീനിവാസൻ'],
  Sinhala: ['ශ්‍රී ලංකා'],
  Thai: ['น้ำ ที่ ปู่'],
  Lao: ['ສົມຊາຍ'],
  Khmer: ['ស្រី ភ្នំពេញ'],
  Burmese: ['အောင်ဆန်းစုကြည်'],
  Javanese: ['ꦧꦸꦢꦶꦱꦤ꧀ꦠꦺꦴꦱꦺꦴ'],
  "N'Ko": ['ߡߊߘߌ߬ ߖߊߓߊ߯ߕߍ߫', 'ߍ߫ߕߊ߯ߓߊߖ ߌ߬ߘߊߡ'],
  Mongolian: ['ᠲᠡᠮᠦᠵᠢᠨ'],
  Tibetan: ['བཀྲ་ཤིས་'],
  Syriac: ['ܡܪܝܡ', 'ܡܝܪܡ'],
  Cherokee: ['ᏣᎳᎩ'],
  Inuktitut: ['ᐃᓄᒃᑎᑐᑦ'],
  Chinese: ['王小明 音樂會'],
  Japanese: ['山田 太郎さん'],
  Korean: ['김철수'],
  'an emoji': ['Jazz 🎷 Night'],
};

describe('names the standard fonts do not have', () => {
  test.each(Object.entries(NAMES))('%s is printed as it was typed', async (_, [name, drawn = name]) => {
    const pdf = await drawTicket(ticket(['A-1'], { buyerName: name, eventName: name }));

    const { lines } = (await readTicket(pdf)).pages[0]!;
    const typed = (text: string) => text.normalize('NFC');
    expect([lines[0], lines[5]]).toEqual([typed(drawn), typed(drawn)]);
    expect(await glyphsOf(pdf)).not.toContain(NO_GLYPH);
    // With two fonts of Noto, regular and bold, of which the ticket has these letters alone.
    expect(pdf.length).toBeLessThan(40_000);
  });

  test('an ordinary name has none of these fonts in its ticket', async () => {
    expect(await glyphsOf(await drawTicket(ticket(['A-1'], { buyerName: 'Zoë Müller-Ångström' })))).toEqual(
      [],
    );
  });

  test('Arabic letters join, and a letter looks different at the beginning, in the middle and at the end', async () => {
    const [alone, joined] = [await shaped('ع'), await shaped('ععع')];

    expect(new Set([...alone, ...joined]).size).toBe(4);
  });

  test('consonants of Devanagari become one, and a vowel sign goes before its consonant', async () => {
    const [ka, ssa, conjunct] = [await shaped('क'), await shaped('ष'), await shaped('क्ष')];
    const [sign, consonant] = await shaped('कि');

    expect(conjunct).toHaveLength(1);
    expect([...ka, ...ssa]).not.toContain(conjunct[0]);
    expect(consonant).toBe(ka[0]);
    expect(sign).not.toBe(ka[0]);
  });

  test('a name from right to left turns neither the rest of the line round nor what it has from left to right', async () => {
    const drawn = ticket(['A-1'], { buyerName: 'שלום Ann' });
    const seats = drawn.seats.map((seat) => ({ ...seat, section: 'יציע', tier: '\u202eמרכז' }));

    const { lines } = (await readTicket(await drawTicket({ ...drawn, seats }))).pages[0]!;

    expect(lines.slice(4, 6)).toEqual(['עיצי · זכרמ · €120', 'Ann םולש']);
  });

  test('the characters of a Japanese name look as they do in Japan', async () => {
    const [japanese, chinese] = [await shaped('直子の', fontNames), await shaped('直子', fontNames)];

    expect(japanese.every((name) => name.startsWith('noto-sans-jp'))).toBe(true);
    expect(chinese.every((name) => name.startsWith('noto-sans-sc'))).toBe(true);
  });

  test.each([
    ['Western European letters stay', 'Zoë Müller-Ångström', 'Zoë Müller-Ångström'],
    ['letters typed with combining marks are one', 'Zoe\u0308 Mu\u0308ller', 'Zoë Müller'],
    ['a letter that no font has is left out', 'Ann \ue000Lee \u{10ffff}', 'Ann Lee '],
    ['a line break does not break the line', 'Ada\nLovelace', 'Ada Lovelace'],
    ['a lone surrogate does not break the page', 'Ada \ud83c', 'Ada '],
    ['nothing at all is printed as nothing', '', ''],
  ])('%s', async (_, buyerName, printed) => {
    const { pages } = await readTicket(await drawTicket(ticket(['A-1'], { buyerName })));

    expect(pages[0]!.lines[5]).toBe(printed);
  });
});

describe('who has the ticket read aloud', () => {
  test('hears its parts in the order of reading, in English, with a name for the code', async () => {
    const { catalog, context } = await PDFDocument.load(await drawTicket(ticket(['A-12', 'B-2'])));
    const root = catalog.lookup(PDFName.of('StructTreeRoot'), PDFDict);
    const whole = root.lookup(PDFName.of('K'), PDFDict);
    const sections = whole.lookup(PDFName.of('K'), PDFArray);
    const parts = partsOf(sections.lookup(1, PDFDict));

    expect(catalog.lookup(PDFName.of('MarkInfo'), PDFDict).get(PDFName.of('Marked'))).toBe(PDFBool.True);
    expect(catalog.lookup(PDFName.of('Lang'), PDFString).decodeText()).toBe('en');
    expect(sections.size()).toBe(2);
    expect(parts.map(({ role }) => role)).toEqual(['H1', 'P', 'P', 'P', 'P', 'P', 'Figure', 'P']);
    expect(parts[6]!.element.lookup(PDFName.of('Alt'), PDFHexString).decodeText()).toBe(
      'QR code of seat B-2',
    );
    // A reader goes from what is marked on the page to its part.
    const parents = root.lookup(PDFName.of('ParentTree'), PDFDict).lookup(PDFName.of('Nums'), PDFArray);
    expect(
      parents
        .lookup(3, PDFArray)
        .asArray()
        .map((ref) => context.lookup(ref)),
    ).toEqual(parts.map(({ element }) => element));
  });

  test('hears a name in the order of its letters, not of its drawing', async () => {
    const { catalog } = await PDFDocument.load(
      await drawTicket(ticket(['A-1'], { buyerName: 'مريم الأحمد' })),
    );
    const section = catalog
      .lookup(PDFName.of('StructTreeRoot'), PDFDict)
      .lookup(PDFName.of('K'), PDFDict)
      .lookup(PDFName.of('K'), PDFArray)
      .lookup(0, PDFDict);

    const { element } = partsOf(section)[5]!;
    expect(element.lookup(PDFName.of('ActualText'), PDFHexString).decodeText()).toBe('مريم الأحمد');
  });

  function partsOf(section: PDFDict) {
    const parts = section.lookup(PDFName.of('K'), PDFArray);
    return Array.from({ length: parts.size() }, (_, index) => {
      const element = parts.lookup(index, PDFDict);
      return { element, role: element.lookup(PDFName.of('S'), PDFName).decodeText() };
    });
  }
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
    ['Arabic letters', 'مهرجان الموسيقى '.repeat(8), /^….{10,100}$/u],
    ['words', 'An Evening of Chamber Music '.repeat(4)],
  ])('one of 120 %s is cut where it can still be read', async (_, eventName, cut = /^.{10,100}…$/u) => {
    const { pages } = await readTicket(
      await drawTicket(ticket(['A-1'], { eventName, buyerName: eventName })),
    );

    const [printedEvent] = pages[0]!.lines;
    expect(printedEvent).toMatch(cut);
    expect(pages[0]!.lines).toHaveLength(7);
  });
});
