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
  /** The lines, each from left to right as it is printed. */
  readonly lines: readonly string[];
  /** The QR code: rows of dark and light modules. */
  readonly qrCode: readonly (readonly boolean[])[];
}

/** Reads a ticket back: what a person would see on each page, and what a scanner would. */
export async function readTicket(pdf: Uint8Array): Promise<{ title?: string; pages: TicketPage[] }> {
  const document = await PDFDocument.load(pdf);
  const pages = document.getPages().map((page) => {
    const content = contentOf(page);
    return { lines: linesOf(content, fontsOf(page)), qrCode: qrCodeOf(formsOf(page)) };
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

/** What each line draws, from left to right: text is hexadecimal digits in Windows-1252, or in the codes of an embedded font. */
function linesOf(content: string, fonts: ReadonlyMap<string, Decode>): string[] {
  const lines: string[] = [];
  let decode: Decode | undefined;
  let line = '';
  const operators = /\/(\S+) [\d.]+ Tf|\[\S+ <([0-9a-f]+)>\] TJ|<([0-9A-F]*)> Tj|\bET\b/g;
  for (const [operator, font, code, text] of content.matchAll(operators)) {
    if (font !== undefined) decode = fonts.get(font);
    else if (operator !== 'ET') line += decode!((code ?? text)!);
    else {
      lines.push(line);
      line = '';
    }
  }
  return lines;
}

/** From hexadecimal digits. */
type Decode = (digits: string) => string;

function fontsOf(page: PDFPage): Map<string, Decode> {
  const fonts = page.node.Resources()!.lookup(PDFName.of('Font'), PDFDict);
  return new Map(
    fonts.keys().map((name) => {
      const toUnicode = fonts.lookup(name, PDFDict).lookup(PDFName.of('ToUnicode'));
      const decode = toUnicode ? decodeWith(inflated(toUnicode as PDFRawStream)) : decodeWindows1252;
      return [name.asString().slice(1), decode];
    }),
  );
}

const decodeWindows1252: Decode = (digits) =>
  new TextDecoder('windows-1252').decode(Buffer.from(digits, 'hex'));

/** @param cmap lines of `<code> <letters in UTF-16>` */
function decodeWith(cmap: string): Decode {
  const letters = new Map(
    Array.from(cmap.matchAll(/^<(\w{4})> <(\w+)>$/gm), ([, code, text]) => [
      code!,
      Buffer.from(text!, 'hex').swap16().toString('utf16le'),
    ]),
  );
  return (digits) => letters.get(digits) ?? '';
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
