/** Stands in for `node-html-better-parser`, with which pdf-lib reads SVG and XML: a ticket has neither. */
export const NodeType = {};
export function parse(): never {
  throw new Error('A ticket holds no SVG: bundle node-html-better-parser again (lib/bundle.ts) to draw one');
}
