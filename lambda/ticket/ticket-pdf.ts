import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from '@cantoo/pdf-lib';
import { type EventFacts, type Seat } from '../event/event-layout';
import { price, startTime, timeOfDay } from '../shared/wording';
import { drawQrCode } from './qr-code-form';
import { transliterate } from './transliteration';

/** A seat, and the text of its QR code. */
export type TicketSeat = Seat & { readonly code: string };

export interface Ticket {
  /** Of the purchase. Its id is not printed, because the id opens the tickets of all seats. */
  readonly reference: string;
  /** When the purchase was opened, seconds since the epoch. */
  readonly createdAt: number;
  readonly event: EventFacts;
  readonly seats: readonly TicketSeat[];
  readonly buyerName: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** A6 upright in points: fits a phone's screen and four to a sheet of A4. */
const PAGE: [number, number] = [298, 420];
const MARGIN = 24;
/** About 65 modules of 1 mm each: what a phone's camera reads from a hand's breadth. */
const QR_SIDE = 196;
const INK = rgb(0.07, 0.09, 0.16);
const MUTED = rgb(0.36, 0.4, 0.47);
const ACCENT = rgb(0.31, 0.27, 0.9);

/** The ticket as a PDF: one page a seat. The same ticket gives the same bytes. */
export async function drawTicket(ticket: Ticket): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.setCreationDate(new Date(ticket.createdAt * 1000));
  document.setTitle(`Ticket ${ticket.reference}`);
  const regular = await document.embedFont(StandardFonts.Helvetica);
  const bold = await document.embedFont(StandardFonts.HelveticaBold);
  for (const seat of ticket.seats) drawSeat(document.addPage(PAGE), ticket, seat, { regular, bold });
  return document.save();
}

function drawSeat(
  page: PDFPage,
  ticket: Ticket,
  seat: TicketSeat,
  fonts: { regular: PDFFont; bold: PDFFont },
): void {
  const [width, height] = PAGE;
  const inner = width - 2 * MARGIN;
  page.drawRectangle({ x: 0, y: height - 8, width, height: 8, color: ACCENT });

  let y = height - 44;
  const line = (text: string, font: PDFFont, size: number, color = INK) => {
    const fitted = fit(printable(text, font), font, size, inner);
    page.drawText(fitted.text, { x: MARGIN, y, font, size: fitted.size, color });
    y -= size * 1.5;
  };
  line(ticket.event.name, fonts.bold, 17);
  line(ticket.event.venue, fonts.regular, 10.5, MUTED);
  line(times(ticket.event), fonts.regular, 10.5, MUTED);
  y -= 8;
  line(`Row ${seat.row}, seat ${seat.number}`, fonts.bold, 15);
  line(`${seat.section} · ${seat.tier} · ${price(seat.price, ticket.currency)}`, fonts.regular, 10.5, MUTED);
  line(ticket.buyerName, fonts.regular, 10.5);

  drawQrCode(page, seat.code, { x: (width - QR_SIDE) / 2, y: 48, side: QR_SIDE });
  page.drawText(`${ticket.reference} / ${seat.seatId}`, {
    x: MARGIN,
    y: 24,
    font: fonts.regular,
    size: 8,
    color: MUTED,
  });
}

/** `Sat, 20 March 2027 at 20:00 CET, doors 19:00`. */
function times({ startsAt, timeZone, doorsOpenAt }: EventFacts): string {
  const doors = doorsOpenAt && timeZone ? `, doors ${timeOfDay(doorsOpenAt, timeZone)}` : '';
  return startTime(startsAt, timeZone) + doors;
}

/** The standard fonts have Western European letters. Others are transliterated, or become a question mark. */
function printable(text: string, font: PDFFont): string {
  const known = new Set(font.getCharacterSet());
  // NFC first: some keyboards send a letter and its mark apart, and the mark alone is in no font.
  return Array.from(text.normalize('NFC'), (letter) => {
    if (known.has(letter.codePointAt(0)!)) return letter;
    const latin = transliterate(letter) ?? '?';
    return Array.from(latin).every((each) => known.has(each.codePointAt(0)!)) ? latin : '?';
  }).join('');
}

/** Shrinks a line to its width; one that would be too small to read is cut. */
function fit(text: string, font: PDFFont, size: number, width: number): { text: string; size: number } {
  const fitting = Math.min(size, (size * width) / Math.max(font.widthOfTextAtSize(text, size), 1));
  if (fitting >= 8) return { text, size: fitting };
  let cut = text;
  while (font.widthOfTextAtSize(`${cut}…`, 8) > width) cut = cut.slice(0, -1);
  return { text: `${cut}…`, size: 8 };
}
