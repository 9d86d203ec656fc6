import {
  decodePDFRawStream,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFName,
  type PDFPage,
  type PDFRawStream,
} from '@cantoo/pdf-lib';

export interface TicketPage {
  /** The lines, as they are printed. */
  readonly lines: readonly string[];
  /** The QR code: rows of dark and light modules. */
  readonly qrCode: readonly (readonly boolean[])[];
}

/** Reads a ticket back: what a person would see on each page, and what a scanner would. */
export async function readTicket(pdf: Uint8Array): Promise<{ title?: string; pages: TicketPage[] }> {
  const document = await PDFDocument.load(pdf);
  const pages = document.getPages().map((page) => {
    const content = contentOf(page);
    return { lines: linesOf(content), qrCode: qrCodeOf(formsOf(page)) };
  });
  return { title: document.getTitle(), pages };
}

/** The operators of the page, inflated. */
function contentOf(page: PDFPage): string {
  const contents = page.node.Contents();
  const streams = contents instanceof PDFArray ? contents.asArray() : [];
  return streams
    .map((_, index) => (contents as PDFArray).lookup(index) as PDFRawStream)
    .map(inflated)
    .join('\n');
}

/** The operators of the forms that the page draws. */
function formsOf(page: PDFPage): string {
  const forms = page.node.Resources()?.lookupMaybe(PDFName.of('XObject'), PDFDict);
  return (forms?.keys() ?? []).map((name) => inflated(forms!.lookup(name) as PDFRawStream)).join('\n');
}

function inflated(stream: PDFRawStream): string {
  return new TextDecoder('latin1').decode(decodePDFRawStream(stream).decode());
}

/** Text is drawn as hexadecimal digits in WinAnsi, which is Windows-1252. */
function linesOf(content: string): string[] {
  const windows1252 = new TextDecoder('windows-1252');
  return Array.from(content.matchAll(/<([0-9A-F]*)> Tj/g), ([, digits]) =>
    windows1252.decode(Buffer.from(digits!, 'hex')),
  );
}

/** Each run of dark modules is a rectangle: column, row, length. */
function qrCodeOf(content: string): boolean[][] {
  const modules = Array.from(content.matchAll(/^(\d+) (\d+) (\d+) 1 re$/gm), (run) =>
    run.slice(1).map(Number),
  ).flatMap(([x, y, length]) => Array.from({ length: length! }, (_, index) => [x! + index, y!]));
  const dark = new Set(modules.map(([x, y]) => `${x},${y}`));
  const size = Math.max(...modules.flat()) + 1;
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => dark.has(`${column},${row}`)),
  );
}
