/** Stands in for `html-entities`, with which pdf-lib writes XML of forms and pages: a ticket has none. */
export function encode(): never {
  throw new Error('A ticket holds no XML: bundle html-entities again (lib/bundle.ts) to write some');
}
