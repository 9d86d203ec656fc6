import jsQR from 'jsqr';

/** Grey values by rows, 0 is black. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Pixels a module, and modules of white around the code: what a scanner needs to find it. */
const SCALE = 4;
const QUIET_ZONE = 4;

/** What the modules of a QR code say; undefined when they are none. */
export function decodeQrCode(modules: readonly (readonly boolean[])[]): string | undefined {
  const side = (modules.length + 2 * QUIET_ZONE) * SCALE;
  const moduleAt = (pixel: number) => Math.floor(pixel / SCALE) - QUIET_ZONE;
  const pixels = Uint8Array.from({ length: side * side }, (_, index) =>
    modules[moduleAt(Math.floor(index / side))]?.[moduleAt(index % side)] ? 0 : 255,
  );
  return decodeQrImage({ width: side, height: side, pixels });
}

/** What the QR code in a picture says, read as a camera's picture is read; undefined when there is none. */
export function decodeQrImage({ width, height, pixels }: GrayImage): string | undefined {
  const rgba = Uint8ClampedArray.from({ length: 4 * pixels.length }, (_, index) =>
    index % 4 === 3 ? 255 : pixels[index >> 2]!,
  );
  return jsQR(rgba, width, height)?.data;
}

/** A binary PGM file of 8 bits, as `pdftoppm -gray` writes it. */
export function readGrayImage(file: Buffer): GrayImage {
  const [head, width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(file.subarray(0, 64).toString('latin1'))!;
  return { width: Number(width), height: Number(height), pixels: file.subarray(head.length) };
}
