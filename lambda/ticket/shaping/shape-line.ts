import bidiFactory from 'bidi-js';
import { Fonts, type Typeface } from './fonts';
import { HarfBuzz } from './harfbuzz';

export type { Typeface } from './fonts';

/** A glyph of a line. Lengths are in thousandths of the font's size. */
export interface Glyph {
  readonly typeface: Typeface;
  readonly id: number;
  readonly width: number;
  /** Where it is drawn, from where the line begins and from the baseline. */
  readonly x: number;
  readonly y: number;
}

/** Glyphs that stand for these letters together; more than one where a letter has its marks, or a syllable its parts. */
export interface Cluster {
  readonly text: string;
  readonly glyphs: readonly Glyph[];
}

/** What is read in one piece. */
export interface Word {
  readonly text: string;
  readonly clusters: readonly Cluster[];
}

/** Words and glyphs from left to right, as they are drawn. */
export interface ShapedLine {
  readonly words: readonly Word[];
  readonly width: number;
}

/** A stretch of one font and direction. */
interface Run {
  readonly typeface: Typeface;
  readonly level: number;
  text: string;
}

const bidi = bidiFactory();
const graphemes = new Intl.Segmenter();
/** Marks that shaping reads and that nobody sees: joiners, variation selectors, directions. A font need not have them. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/** Shapes the lines of one ticket. */
export class Typesetter {
  private readonly harfBuzz = new HarfBuzz();
  private readonly fonts = new Fonts(this.harfBuzz);

  /**
   * The line as it is drawn, from left to right whatever its scripts, in the order of Unicode's bidirectional algorithm (UAX 9). The line
   * as a whole begins at its left. A letter that no font has is left out.
   *
   * @param weight 400 regular, 700 bold
   */
  async shape(text: string, weight: number): Promise<ShapedLine> {
    const runs = await this.runsOf(text, bidi.getEmbeddingLevels(text, 'ltr').levels, weight);
    const words: Word[] = [];
    let width = 0;
    for (const run of inVisualOrder(runs)) {
      const { clusters, advance } = clustersOf(run, width);
      words.push(...(isRightToLeft(run) ? lettersAndMarks(clusters) : wordsOf(clusters)));
      width += advance;
    }
    return { words, width };
  }

  /** The font with these glyphs alone. */
  subset({ bytes, weight }: Typeface, glyphs: Iterable<number>): Uint8Array {
    return this.harfBuzz.subset(bytes, weight, glyphs);
  }

  private async runsOf(text: string, levels: Uint8Array, weight: number): Promise<Run[]> {
    const runs: Run[] = [];
    for (const { segment, index } of graphemes.segment(text)) {
      const visible = Array.from(segment).filter((letter) => !INVISIBLE.test(letter));
      if (visible.length === 0) continue;
      const letters = visible.map((letter) => letter.codePointAt(0)!);
      const current = runs.at(-1);
      // Not in that of an emoji, which has digits and spaces of its own.
      const stays =
        current &&
        current.typeface.family !== 'emoji' &&
        letters.every((letter) => current.typeface.face.has(letter));
      const typeface = stays ? current.typeface : await this.fonts.withLetters(letters, text, weight);
      if (!typeface) continue;
      const printed = Array.from(segment)
        .filter((letter) => INVISIBLE.test(letter) || typeface.face.has(letter.codePointAt(0)!))
        .join('');
      const level = levels[index]!;
      if (current?.typeface === typeface && current.level === level) current.text += printed;
      else runs.push({ typeface, level, text: printed });
    }
    return runs;
  }
}

/** Rule L2 of UAX 9: from the deepest level to the lowest odd one, whatever is at a level or deeper is turned round. */
function inVisualOrder(runs: readonly Run[]): Run[] {
  const ordered = [...runs];
  for (let level = Math.max(0, ...runs.map((run) => run.level)); level > 0; level--) {
    for (let start = 0; start < ordered.length; start++) {
      let end = start;
      while (end < ordered.length && ordered[end]!.level >= level) end++;
      if (end > start) ordered.splice(start, end - start, ...ordered.slice(start, end).reverse());
      start = end;
    }
  }
  return ordered;
}

/** From left to right, a word is what is between spaces. */
function wordsOf(clusters: readonly Cluster[]): Word[] {
  const words: { text: string; clusters: Cluster[] }[] = [];
  let inWord = false;
  for (const cluster of clusters) {
    const space = cluster.text.trim() === '';
    if (!inWord || space) words.push({ text: '', clusters: [] });
    words.at(-1)!.text += cluster.text;
    words.at(-1)!.clusters.push(cluster);
    inWord = !space;
  }
  return words;
}

/**
 * From right to left, a letter: who reads the PDF turns the order of drawing round by himself. Its marks come after all letters, and say
 * nothing: a mark in between looks like the end of a word.
 */
function lettersAndMarks(clusters: readonly Cluster[]): Word[] {
  const letters = clusters.map(({ text, glyphs }) => {
    const letter = glyphs.filter(({ width }) => width > 0);
    return { text, clusters: [{ text, glyphs: letter.length > 0 ? letter : glyphs }] };
  });
  const drawn = new Set(letters.flatMap((letter) => letter.clusters[0]!.glyphs));
  const marks = clusters.flatMap(({ glyphs }) => glyphs).filter((glyph) => !drawn.has(glyph));
  return marks.length > 0 ? [...letters, { text: '', clusters: [{ text: '', glyphs: marks }] }] : letters;
}

/** @param start of the run in the line */
function clustersOf(run: Run, start: number): { clusters: Cluster[]; advance: number } {
  const { typeface, text } = run;
  const { face } = typeface;
  const thousandths = (units: number) => Math.round((units * 1000) / face.unitsPerEm);
  const placed = face.shape(text, isRightToLeft(run));
  let advance = 0;
  const glyphs = placed.map(({ id, cluster, ...glyph }) => {
    const x = start + thousandths(advance + glyph.x);
    advance += glyph.advance;
    return { typeface, id, cluster, width: thousandths(face.widthOf(id)), x, y: thousandths(glyph.y) };
  });
  const starts = [...new Set(placed.map(({ cluster }) => cluster))];
  const clusters = starts.map((first) => ({
    text: text.slice(first, Math.min(text.length, ...starts.filter((other) => other > first))),
    glyphs: glyphs.filter(({ cluster }) => cluster === first),
  }));
  return { clusters, advance: thousandths(advance) };
}

function isRightToLeft({ level }: Run): boolean {
  return level % 2 === 1;
}
