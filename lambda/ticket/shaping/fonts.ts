import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import decompress from 'woff2-encoder/decompress';
import { FAMILIES, type Family, fileOf, packageOf } from './families';
import { type Face, type HarfBuzz } from './harfbuzz';

/** Chinese characters look different in China, Japan and Korea, and Unicode does not tell them apart: other letters of a text do. */
const HAN_STYLES: readonly (readonly [RegExp, Family])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'sans-jp'],
  [/\p{Script=Hangul}/u, 'sans-kr'],
];

/** A file of a family, and the first and last of each range of letters that it is there for. */
interface FontFile {
  readonly family: Family;
  /** In its package. */
  readonly path: string;
  readonly ranges: readonly (readonly [number, number])[];
}

export interface Typeface {
  readonly face: Face;
  /** TrueType. */
  readonly bytes: Uint8Array;
  readonly family: Family;
  readonly name: string;
  readonly weight: number;
}

/** The fonts of one ticket; each is read when a text first needs it. */
export class Fonts {
  private static files: readonly FontFile[] | undefined;
  private readonly typefaces = new Map<string, Promise<Typeface>>();

  constructor(private readonly harfBuzz: HarfBuzz) {}

  /** The first font that has all these letters, or else one that has the first of them. Undefined when there is none. */
  async withLetters(letters: readonly number[], text: string, weight: number): Promise<Typeface | undefined> {
    let second: Typeface | undefined;
    for (const file of this.filesWith(letters[0]!, text)) {
      const typeface = await this.open(file, weight);
      if (letters.every((letter) => typeface.face.has(letter))) return typeface;
      if (typeface.face.has(letters[0]!)) second ??= typeface;
    }
    return second;
  }

  private filesWith(letter: number, text: string): readonly FontFile[] {
    Fonts.files ??= FAMILIES.flatMap(filesOf);
    const found = Fonts.files.filter(({ ranges }) =>
      ranges.some(([first, last]) => first <= letter && letter <= last),
    );
    const [, style] = HAN_STYLES.find(([script]) => script.test(text)) ?? [];
    return [
      ...found.filter(({ family }) => family === style),
      ...found.filter(({ family }) => family !== style),
    ];
  }

  private open({ family, path }: FontFile, weight: number): Promise<Typeface> {
    const key = `${basename(path, '.woff2')}-${weight}`;
    const open = async () => {
      const bytes = await unpacked(`${packageOf(family)}/${path}`);
      return { bytes, family, name: key, weight, face: this.harfBuzz.face(bytes, weight) };
    };
    if (!this.typefaces.has(key)) this.typefaces.set(key, open());
    return this.typefaces.get(key)!;
  }
}

/** Files as TrueType, by their paths: the tickets of one event want the same ones. Up to half a megabyte each. */
const unpackedFiles = new Map<string, Promise<Uint8Array>>();
const MOST_UNPACKED = 40;

function unpacked(path: string): Promise<Uint8Array> {
  const bytes = unpackedFiles.get(path) ?? decompress(readFileSync(require.resolve(path)));
  // The last one used is the last in order, so the first has not been used for longest.
  unpackedFiles.delete(path);
  unpackedFiles.set(path, bytes);
  if (unpackedFiles.size > MOST_UNPACKED) unpackedFiles.delete(unpackedFiles.keys().next().value!);
  return bytes;
}

/** The package says for each of its files which letters it is for, as CSS writes it: `U+0590-05FF,U+20AA`. */
function filesOf(family: Family): FontFile[] {
  const contents = readFileSync(require.resolve(`${packageOf(family)}/unicode.json`), 'utf8');
  return Object.entries(JSON.parse(contents) as Record<string, string>).flatMap(([part, letters]) => {
    const path = fileOf(family, part);
    return path === undefined ? [] : { family, path, ranges: rangesOf(letters) };
  });
}

function rangesOf(letters: string) {
  return letters.split(',').map((range) => {
    const [first = '', last = first] = range.replace(/^U\+/i, '').split('-');
    return [parseInt(first, 16), parseInt(last, 16)] as const;
  });
}
