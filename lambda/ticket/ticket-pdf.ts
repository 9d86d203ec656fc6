import { PDFDocument, type PDFPage, rgb } from '@cantoo/pdf-lib';
import { type EventFacts, type Seat } from '../event/event-layout';
import { price, startTime, timeOfDay } from '../shared/wording';
import { isolated, Lettering, type Weight } from './lettering';
import { drawQrCode } from './qr-code-form';
import { type PageStructure, type Part, StructureTree } from './structure-tree';

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
const INK = rgb(0.11, 0.114, 0.133);
const MUTED = rgb(0.361, 0.369, 0.408);
const ACCENT = rgb(0.184, 0.243, 0.431);

/** Smaller is not read any more. */
const SMALLEST = 8;

/**
 * The ticket as a PDF: one page a seat, tagged for who has it read aloud. The same ticket gives the same bytes.
 *
 * It is not PDF/UA, which wants every font embedded: the ordinary ticket has the standard ones.
 */
export async function drawTicket(ticket: Ticket): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false });
  document.setCreationDate(new Date(ticket.createdAt * 1000));
  document.setTitle(`Ticket ${ticket.reference}`, { showInWindowTitleBar: true });
  document.setLanguage('en');
  const lettering = await Lettering.of(document);
  const structure = new StructureTree(document);
  for (const seat of ticket.seats) {
    const page = document.addPage(PAGE);
    await drawSeat({ page, lettering, structure: structure.begin(page) }, ticket, seat);
  }
  lettering.finish();
  structure.finish();
  return document.save();
}

interface Canvas {
  readonly page: PDFPage;
  readonly lettering: Lettering;
  readonly structure: PageStructure;
}

async function drawSeat(
  { page, lettering, structure }: Canvas,
  ticket: Ticket,
  seat: TicketSeat,
): Promise<void> {
  const [width, height] = PAGE;
  const inner = width - 2 * MARGIN;
  structure.decoration(() => page.drawRectangle({ x: 0, y: height - 8, width, height: 8, color: ACCENT }));

  let y = height - 44;
  const line = async (text: string, weight: Weight, size: number, color = INK, role: Part['role'] = 'P') => {
    const { set, fitting } = await fit(text, weight, size, inner, lettering);
    structure.part({ role, text: set.spoken }, () => set.draw(page, { x: MARGIN, y, size: fitting, color }));
    y -= size * 1.5;
  };
  const { event } = ticket;
  const [section, tier, row] = [seat.section, seat.tier, seat.row].map(isolated);
  await line(isolated(event.name), 'bold', 17, INK, 'H1');
  await line(isolated(event.venue), 'regular', 10.5, MUTED);
  await line(times(event), 'regular', 10.5, MUTED);
  y -= 8;
  await line(`Row ${row}, seat ${seat.number}`, 'bold', 15);
  await line(`${section} · ${tier} · ${price(seat.price, ticket.currency)}`, 'regular', 10.5, MUTED);
  await line(isolated(ticket.buyerName), 'regular', 10.5);

  structure.part({ role: 'Figure', alternative: `QR code of seat ${seat.seatId}` }, () =>
    drawQrCode(page, seat.code, { x: (width - QR_SIDE) / 2, y: 48, side: QR_SIDE }),
  );
  y = 24;
  await line(`${ticket.reference} / ${isolated(seat.seatId)}`, 'regular', SMALLEST, MUTED);
}

/** `Sat, 20 March 2027 at 20:00 CET, doors 19:00`. */
function times({ startsAt, timeZone, doorsOpenAt }: EventFacts): string {
  const doors = doorsOpenAt && timeZone ? `, doors ${timeOfDay(doorsOpenAt, timeZone)}` : '';
  return startTime(startsAt, timeZone) + doors;
}

/** Shrinks a line to its width; one that would be too small to read is cut, between letters as a reader sees them. */
async function fit(text: string, weight: Weight, size: number, width: number, lettering: Lettering) {
  const whole = await lettering.set(text, weight);
  const fitting = Math.min(size, width / whole.width);
  if (fitting >= SMALLEST) return { set: whole, fitting };
  const letters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  const cutAfter = (count: number) => lettering.set(`${letters.slice(0, count).join('')}…`, weight);
  let [fits, tooLong] = [0, letters.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if ((await cutAfter(middle)).width * SMALLEST <= width) fits = middle;
    else tooLong = middle;
  }
  return { set: await cutAfter(fits), fitting: SMALLEST };
}
