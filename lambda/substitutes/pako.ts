import { deflateSync, inflateSync } from 'node:zlib';

/** Stands in for `pako`, zlib written in JavaScript, which pdf-lib brings for browsers: Node.js has the original. */
export default {
  deflate: (bytes: Uint8Array): Uint8Array => new Uint8Array(deflateSync(bytes)),
  inflate: (bytes: Uint8Array): Uint8Array => new Uint8Array(inflateSync(bytes)),
};
