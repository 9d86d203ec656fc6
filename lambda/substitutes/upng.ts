/** Stands in for `@pdf-lib/upng`, with which pdf-lib reads PNG images: a ticket has none. */
export default {
  decode(): never {
    throw new Error('A ticket holds no PNG: bundle @pdf-lib/upng again (lib/bundle.ts) to draw one');
  },
};
