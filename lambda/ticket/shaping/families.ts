/** Families of Noto, by Google, under the Open Font License: they are asked for a letter in this order. */
export const FAMILIES = [
  ...['sans', 'emoji', 'sans-arabic', 'sans-hebrew', 'sans-armenian', 'sans-georgian', 'sans-ethiopic'],
  ...['sans-bengali', 'sans-gujarati', 'sans-gurmukhi', 'sans-kannada', 'sans-malayalam', 'sans-oriya'],
  ...['sans-sinhala', 'sans-tamil', 'sans-telugu', 'sans-thaana', 'sans-khmer', 'sans-lao', 'sans-myanmar'],
  ...['sans-thai', 'sans-syriac', 'sans-cherokee', 'sans-canadian-aboriginal', 'serif-tibetan'],
  ...['sans-javanese', 'sans-nko', 'sans-mongolian', 'sans-sc', 'sans-jp', 'sans-kr'],
] as const;

export type Family = (typeof FAMILIES)[number];

/**
 * Families that are there in the regular weight alone, for bold text too, and the file of each that has the letters of its script: some
 * have others, with letters of many scripts.
 */
const REGULAR: Partial<Record<Family, string>> = { 'sans-nko': 'nko', 'sans-mongolian': 'mongolian' };

/** The npm package of a family. It cuts a family into files by the letters in them, so that a ticket reads tens of kilobytes. */
export const packageOf = (family: Family) =>
  `@fontsource${family in REGULAR ? '' : '-variable'}/noto-${family}`;

/** Where the letters of a part of a family are, in its package; undefined for a part that is not used. */
export function fileOf(family: Family, part: string): string | undefined {
  const only = REGULAR[family];
  if (only !== undefined && part !== only) return undefined;
  return `files/noto-${family}-${part.replace(/[[\]]/g, '')}-${only === undefined ? 'wght' : '400'}-normal.woff2`;
}

/** What `fileOf` names, in any package. */
export const FONT_FILE = new RegExp(
  `(?:-wght|${Object.values(REGULAR)
    .map((part) => `-${part}-400`)
    .join('|')})-normal\\.woff2$`,
);
