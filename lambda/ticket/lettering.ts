import {
  type PDFDocument,
  type PDFFont,
  PDFHexString,
  PDFOperator,
  PDFOperatorNames,
  type PDFPage,
  type RGB,
  setFillingColor,
  StandardFonts,
} from '@cantoo/pdf-lib';
import { EmbeddedFont } from './embedded-font';
import type * as shaping from './shaping/shape-line';
import { type ShapedLine, type Typeface, type Typesetter } from './shaping/shape-line';

/** Where a line goes on the page: its left end on the baseline, in points. */
export interface LinePlace {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly color: RGB;
}

/** A line that can be drawn. */
export interface SetLine {
  /** At a size of one point. */
  readonly width: number;
  /** What it says, where it is not drawn in that order and letter by letter. */
  readonly spoken?: string;
  draw(page: PDFPage, place: LinePlace): void;
}

export type Weight = 'regular' | 'bold';
const WEIGHTS: Readonly<Record<Weight, number>> = { regular: 400, bold: 700 };

/** FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE (UAX 9): what is between has a direction of its own. */
const [ISOLATE, POP_ISOLATE] = ['\u2068', '\u2069'];
/** Those that a text could end ours with, or turn the rest of the line round with. */
const DIRECTION_CHANGES = /[\u202a-\u202e\u2066-\u2069]/g;

/** A name among other words of a line: if it runs from right to left, then it alone. */
export function isolated(name: string): string {
  return `${ISOLATE}${name.replace(DIRECTION_CHANGES, '')}${POP_ISOLATE}`;
}

/**
 * Sets the lines of one document, in any script.
 *
 * In the standard fonts, which every reader of PDFs has, as long as they have the letters: those of Western Europe. Noto, and what shapes
 * it, are another file that is loaded for the first line that needs them, and no sooner.
 */
export class Lettering {
  private typesetter: Typesetter | undefined;
  private readonly embedded = new Map<Typeface, EmbeddedFont>();

  private constructor(
    private readonly document: PDFDocument,
    private readonly standard: Readonly<Record<Weight, PDFFont>>,
    private readonly letters: ReadonlySet<number>,
  ) {}

  static async of(document: PDFDocument): Promise<Lettering> {
    const regular = await document.embedFont(StandardFonts.Helvetica);
    const bold = await document.embedFont(StandardFonts.HelveticaBold);
    return new Lettering(document, { regular, bold }, new Set(regular.getCharacterSet()));
  }

  async set(text: string, weight: Weight): Promise<SetLine> {
    const printable = printed(text);
    const plain = printable.replace(DIRECTION_CHANGES, '');
    if (Array.from(plain).every((letter) => this.letters.has(letter.codePointAt(0)!))) {
      const font = this.standard[weight];
      return {
        width: font.widthOfTextAtSize(plain, 1),
        draw: (page, place) => page.drawText(plain, { ...place, font }),
      };
    }
    this.typesetter ??= loadTypesetter();
    const line = await this.typesetter.shape(printable, WEIGHTS[weight]);
    return {
      width: line.width / 1000,
      spoken: plain,
      draw: (page, place) => this.drawGlyphs(page, line, place),
    };
  }

  /** Puts the fonts into the document, once everything is drawn. */
  finish(): void {
    for (const font of this.embedded.values()) font.embed(this.typesetter!);
  }

  private drawGlyphs(page: PDFPage, { words }: ShapedLine, { x, y, size, color }: LinePlace): void {
    const operators = [
      PDFOperator.of(PDFOperatorNames.BeginText),
      setFillingColor(color),
      PDFOperator.of(PDFOperatorNames.MoveText, [`${x}`, `${y}`]),
    ];
    let typeface: Typeface | undefined;
    // Where the reader's pen stands, in thousandths of the size.
    let pen = 0;
    for (const { text, clusters } of words) {
      // Where letters have several glyphs, which are in no order of reading, the word is said once for all of them.
      const said = clusters.some(({ glyphs }) => glyphs.length > 1) || text === '';
      if (said) operators.push(beginSpan(text));
      for (const cluster of clusters) {
        for (const [index, glyph] of cluster.glyphs.entries()) {
          if (glyph.typeface !== typeface) {
            typeface = glyph.typeface;
            const name = this.fontOf(typeface).nameOn(page);
            operators.push(PDFOperator.of(PDFOperatorNames.SetFontAndSize, [name, `${size}`]));
          }
          const code = this.fontOf(typeface).codeOf(glyph, index === 0 ? cluster.text : '');
          operators.push(...show(code, glyph.x - pen, (glyph.y * size) / 1000));
          pen = glyph.x + glyph.width;
        }
      }
      if (said) operators.push(PDFOperator.of(PDFOperatorNames.EndMarkedContent));
    }
    page.pushOperators(...operators, PDFOperator.of(PDFOperatorNames.EndText));
  }

  private fontOf(typeface: Typeface): EmbeddedFont {
    const font = this.embedded.get(typeface) ?? new EmbeddedFont(this.document.context, typeface);
    this.embedded.set(typeface, font);
    return font;
  }
}

/** By `require`: what runs TypeScript as it is finds no module by `import()`. */
function loadTypesetter(): Typesetter {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { Typesetter } = require('./shaping/shape-line') as typeof shaping;
  return new Typesetter();
}

/** What is printed: a letter and its marks as one where there is such a letter, in one line, of letters that are whole. */
function printed(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cs}/gu, '');
}

function beginSpan(text: string): PDFOperator {
  const properties = `<< /ActualText ${PDFHexString.fromText(text).toString()} >>`;
  return PDFOperator.of(PDFOperatorNames.BeginMarkedContentSequence, ['/Span', properties]);
}

/** @param right how far the pen moves first, in thousandths of the size; @param up in points */
function show(code: string, right: number, up: number): PDFOperator[] {
  const shown = PDFOperator.of(PDFOperatorNames.ShowTextAdjusted, [`[${-right} <${code}>]`]);
  if (up === 0) return [shown];
  const raised = (by: number) => PDFOperator.of(PDFOperatorNames.SetTextRise, [`${by}`]);
  return [raised(up), shown, raised(0)];
}
