import { deflateSync, inflateRawSync, inflateSync as unzlib } from 'node:zlib';

/** Stands in for `fflate`, zlib written in JavaScript, which pdf-lib brings for browsers: Node.js has the original. */
export const zlibSync = (bytes: Uint8Array): Uint8Array => new Uint8Array(deflateSync(bytes));
export const unzlibSync = (bytes: Uint8Array): Uint8Array => new Uint8Array(unzlib(bytes));
/** Without zlib's header, as `fflate` means it. */
export const inflateSync = (bytes: Uint8Array): Uint8Array => new Uint8Array(inflateRawSync(bytes));
