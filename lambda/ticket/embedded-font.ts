import {
  type PDFContext,
  PDFHexString,
  PDFName,
  type PDFPage,
  type PDFRef,
  PDFString,
} from '@cantoo/pdf-lib';
import { type Typeface, type Typesetter } from './shaping/shape-line';

/**
 * A font of which the document gets the glyphs that it draws, so that a ticket stays small.
 *
 * A code stands for a glyph and the letters that it was drawn for: a reader that searches, copies or speaks finds the letters, and one
 * glyph may be drawn for different ones. (Type 0 with a CIDFont of type 2, ISO 32000-1, 9.7.)
 */
export class EmbeddedFont {
  private readonly ref: PDFRef;
  private readonly names = new Map<PDFPage, PDFName>();
  private readonly codes = new Map<string, { code: number; glyph: number; width: number; text: string }>();

  constructor(
    private readonly context: PDFContext,
    private readonly typeface: Typeface,
  ) {
    this.ref = context.nextRef();
  }

  /** Of the font among the resources of the page. */
  nameOn(page: PDFPage): PDFName {
    const name = this.names.get(page) ?? page.node.newFontDictionary('Noto', this.ref);
    this.names.set(page, name);
    return name;
  }

  /** Four hexadecimal digits. */
  codeOf(glyph: { readonly id: number; readonly width: number }, text: string): string {
    const key = `${glyph.id} ${text}`;
    const code = this.codes.get(key)?.code ?? this.codes.size + 1;
    this.codes.set(key, { code, glyph: glyph.id, width: glyph.width, text });
    return code.toString(16).padStart(4, '0');
  }

  /** When all is drawn. */
  embed(typesetter: Typesetter): void {
    const codes = [...this.codes.values()];
    const glyphs = [...new Set(codes.map(({ glyph }) => glyph))].sort((a, b) => a - b);
    const name = PDFName.of(`${tagOf(glyphs)}+${this.typeface.name}`);
    const { context } = this;
    const descendant = context.obj({
      ...{ Type: 'Font', Subtype: 'CIDFontType2', BaseFont: name },
      CIDSystemInfo: { Registry: PDFString.of('Adobe'), Ordering: PDFString.of('Identity'), Supplement: 0 },
      FontDescriptor: context.register(this.descriptor(name, typesetter.subset(this.typeface, glyphs))),
      W: [1, codes.map(({ width }) => width)],
      CIDToGIDMap: this.stream(
        Uint8Array.from([0, 0, ...codes.flatMap(({ glyph }) => [glyph >> 8, glyph & 0xff])]),
      ),
    });
    context.assign(
      this.ref,
      context.obj({
        ...{ Type: 'Font', Subtype: 'Type0', BaseFont: name, Encoding: 'Identity-H' },
        DescendantFonts: [context.register(descendant)],
        ToUnicode: this.stream(toUnicode(codes)),
      }),
    );
  }

  private descriptor(name: PDFName, subset: Uint8Array) {
    const { face } = this.typeface;
    const [head, hhea] = [face.table('head'), face.table('hhea')];
    const thousandths = (units: number) => Math.round((units * 1000) / face.unitsPerEm);
    return this.context.obj({
      ...{ Type: 'FontDescriptor', FontName: name, Flags: SYMBOLIC, ItalicAngle: 0 },
      FontBBox: [36, 38, 40, 42].map((at) => thousandths(head.getInt16(at))),
      ...{ Ascent: thousandths(hhea.getInt16(4)), Descent: thousandths(hhea.getInt16(6)) },
      // Read by nobody who has the font itself, and asked for all the same.
      ...{ CapHeight: thousandths(hhea.getInt16(4)), StemV: 80 },
      FontFile2: this.stream(subset, { Length1: subset.length }),
    });
  }

  private stream(contents: Uint8Array | string, entries = {}): PDFRef {
    return this.context.register(this.context.flateStream(contents, entries));
  }
}

/** That its letters are not those of Adobe's Latin set. */
const SYMBOLIC = 4;

/** Six letters that tell subsets of one font apart: of the glyphs, so that the same ticket is the same bytes. */
function tagOf(glyphs: readonly number[]): string {
  let hash = glyphs.reduce((sum, glyph) => (sum * 31 + glyph) % 26 ** 6, glyphs.length);
  return Array.from({ length: 6 }, () => {
    const letter = String.fromCharCode(65 + (hash % 26));
    hash = Math.floor(hash / 26);
    return letter;
  }).join('');
}

/** What each code means (ISO 32000-1, 9.10.3). */
function toUnicode(codes: readonly { code: number; text: string }[]): string {
  const hexadecimal = (text: string) => PDFHexString.fromText(text).asString().slice(4);
  const meant = codes.filter(({ text }) => text !== '');
  return [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def /CMapType 2 def',
    '1 begincodespacerange <0000> <ffff> endcodespacerange',
    // A hundred at most at a time.
    ...inHundreds(meant).map((some) =>
      [
        `${some.length} beginbfchar`,
        ...some.map(({ code, text }) => `<${code.toString(16).padStart(4, '0')}> <${hexadecimal(text)}>`),
        'endbfchar',
      ].join('\n'),
    ),
    'endcmap CMapName currentdict /CMap defineresource pop end end',
  ].join('\n');
}

function inHundreds<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / 100) }, (_, index) =>
    all.slice(index * 100, index * 100 + 100),
  );
}
