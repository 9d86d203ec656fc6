/** Families of Noto, by Google, under the Open Font License: they are asked for a letter in this order. */
export const FAMILIES = [
  ...['sans', 'emoji', 'sans-arabic', 'sans-hebrew', 'sans-armenian', 'sans-georgian', 'sans-ethiopic'],
  ...['sans-bengali', 'sans-gujarati', 'sans-gurmukhi', 'sans-kannada', 'sans-malayalam', 'sans-oriya'],
  ...['sans-sinhala', 'sans-tamil', 'sans-telugu', 'sans-thaana', 'sans-khmer', 'sans-lao', 'sans-myanmar'],
  ...['sans-thai', 'sans-syriac', 'sans-cherokee', 'sans-canadian-aboriginal', 'serif-tibetan'],
  ...['sans-sc', 'sans-jp', 'sans-kr'],
] as const;

export type Family = (typeof FAMILIES)[number];

/** The npm package of a family. It cuts a family into files by the letters in them, so that a ticket reads tens of kilobytes. */
export const packageOf = (family: Family) => `@fontsource-variable/noto-${family}`;
