import { deflateSync } from 'node:zlib';
import {
  concatTransformationMatrix,
  drawObject,
  type PDFPage,
  popGraphicsState,
  pushGraphicsState,
} from '@cantoo/pdf-lib';
import { encode } from 'uqr';

/** Where the code goes on the page, in points. */
export interface QrCodePlace {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/**
 * Draws the text as a QR code, black on whatever is there.
 *
 * A form of its own, with a rectangle for each run of dark modules, written as text and deflated natively: drawing the
 * modules as a path with the library takes ten times as long: most of the time that a ticket takes.
 */
export function drawQrCode(page: PDFPage, text: string, { x, y, side }: QrCodePlace): void {
  // One mask instead of the best of eight: a signature has no patterns that a mask must break up, and every mask can be read.
  const { data, size } = encode(text, { ecc: 'M', border: 0, maskPattern: 0 });
  const { context } = page.doc;
  const form = context.stream(deflateSync(`${runsOf(data).join('\n')}\nf`), {
    Type: 'XObject',
    Subtype: 'Form',
    BBox: [0, 0, size, size],
    Filter: 'FlateDecode',
  });
  const name = page.node.newXObject('QrCode', context.register(form));
  const scale = side / size;
  page.pushOperators(
    pushGraphicsState(),
    // Rows count downwards, the page's points upwards.
    concatTransformationMatrix(scale, 0, 0, -scale, x, y + side),
    drawObject(name),
    popGraphicsState(),
  );
}

/** `column row length 1 re` for each run of dark modules in a row. */
function runsOf(modules: readonly (readonly boolean[])[]): string[] {
  return modules.flatMap((row, top) => {
    const runs: string[] = [];
    for (let start = row.indexOf(true); start >= 0;) {
      const light = row.indexOf(false, start);
      const end = light < 0 ? row.length : light;
      runs.push(`${start} ${top} ${end - start} 1 re`);
      start = row.indexOf(true, end);
    }
    return runs;
  });
}
