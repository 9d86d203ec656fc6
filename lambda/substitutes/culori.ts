/** Stands in for `culori`, with which pdf-lib reads the names of CSS's colours: a ticket gives red, green and blue. */
export const converter = () => (): never => {
  throw new Error('A ticket names no colour of CSS: bundle culori again (lib/bundle.ts) to read one');
};
