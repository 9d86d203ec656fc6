import { readFileSync } from 'node:fs';

/** A glyph in its place, in units of the font; `cluster` is the index of the text's character that it belongs to. */
export interface PlacedGlyph {
  readonly id: number;
  readonly cluster: number;
  readonly advance: number;
  readonly x: number;
  readonly y: number;
}

type Pointer = number;
type Exports = Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory };

// Constants of hb-buffer.h, hb-blob.h and hb-subset.h.
const [LEFT_TO_RIGHT, RIGHT_TO_LEFT] = [4, 5];
const READ_ONLY = 1;
const SUBSET_DROPS_TABLES = 3;
const SUBSET_KEEPS_GLYPH_IDS = 0x2;

const [HYPHEN, NON_BREAKING_HYPHEN] = [0x2010, 0x2011];

/** Sizes of hb_glyph_info_t and hb_glyph_position_t. */
const GLYPH_BYTES = 20;

/** What a PDF does not use of a font: it names glyphs by their numbers, and they are in their places. */
const LAYOUT_TABLES = ['GSUB', 'GPOS', 'GDEF', 'BASE', 'STAT', 'cmap', 'name', 'OS/2', 'post'];

/**
 * HarfBuzz, which shapes the text of Chrome, Firefox and Android, compiled to WebAssembly by its own authors, and called as its C API is.
 *
 * Not by the JavaScript of the package (1.6): it waits at its top level, which neither a CommonJS bundle nor Jest can, and does not
 * make subsets. A ticket has an instance of its own: all that it takes is given back with it, and nothing has to be freed.
 */
export class HarfBuzz {
  private static shaping: WebAssembly.Module | undefined;
  private static subsetting: WebAssembly.Module | undefined;

  private readonly shaper: Exports;
  private subsetter: Exports | undefined;

  constructor() {
    HarfBuzz.shaping ??= compiled(require.resolve('harfbuzzjs/dist/harfbuzz.wasm'));
    this.shaper = instantiate(HarfBuzz.shaping);
    this.shaper.__wasm_call_ctors!();
  }

  /** @param weight of a variable font, 400 regular and 700 bold */
  face(font: Uint8Array, weight: number): Face {
    return new Face(this.shaper, font, weight);
  }

  /** The font with these glyphs alone, at that weight, each glyph with the number it had. */
  subset(font: Uint8Array, weight: number, glyphs: Iterable<number>): Uint8Array {
    HarfBuzz.subsetting ??= compiled(require.resolve('harfbuzzjs/dist/harfbuzz-subset.wasm'));
    if (!this.subsetter) {
      this.subsetter = instantiate(HarfBuzz.subsetting);
      this.subsetter._initialize!();
    }
    const hb = this.subsetter;
    const face = createFace(hb, font);
    const input = hb.hb_subset_input_create_or_fail!();
    hb.hb_subset_input_set_flags!(input, SUBSET_KEEPS_GLYPH_IDS);
    const dropped = hb.hb_subset_input_set!(input, SUBSET_DROPS_TABLES);
    for (const table of LAYOUT_TABLES) hb.hb_set_add!(dropped, tag(table));
    const kept = hb.hb_subset_input_glyph_set!(input);
    for (const glyph of glyphs) hb.hb_set_add!(kept, glyph);
    hb.hb_subset_input_pin_axis_location!(input, face, tag('wght'), weight);
    const subset = hb.hb_subset_or_fail!(face, input);
    if (subset === 0) throw new Error('HarfBuzz makes no subset of this font');
    return blobOf(hb, hb.hb_face_reference_blob!(subset));
  }
}

/** A font at a weight. */
export class Face {
  readonly unitsPerEm: number;
  private readonly face: Pointer;
  private readonly font: Pointer;
  private readonly scratch: Pointer;

  constructor(
    private readonly hb: Exports,
    bytes: Uint8Array,
    weight: number,
  ) {
    this.scratch = hb.malloc!(8);
    this.face = createFace(hb, bytes);
    this.unitsPerEm = hb.hb_face_get_upem!(this.face);
    this.font = hb.hb_font_create!(this.face);
    const memory = new DataView(hb.memory.buffer);
    memory.setUint32(this.scratch, tag('wght'), true);
    memory.setFloat32(this.scratch + 4, weight, true);
    hb.hb_font_set_variations!(this.font, this.scratch, 1);
  }

  /** Where a font has no hyphen that does not break, HarfBuzz takes the one that does. */
  has(codePoint: number): boolean {
    const found = this.hb.hb_font_get_nominal_glyph!(this.font, codePoint, this.scratch) !== 0;
    return found || (codePoint === NON_BREAKING_HYPHEN && this.has(HYPHEN));
  }

  widthOf(glyph: number): number {
    return this.hb.hb_font_get_glyph_h_advance!(this.font, glyph);
  }

  /** A table of the font file, for what HarfBuzz is not asked for. */
  table(name: string): DataView {
    const bytes = blobOf(this.hb, this.hb.hb_face_reference_table!(this.face, tag(name)));
    return new DataView(bytes.buffer);
  }

  /** The glyphs of a text of one script and direction, from left to right. */
  shape(text: string, rightToLeft: boolean): PlacedGlyph[] {
    const { hb } = this;
    const pointer = copyIn(hb, Buffer.from(text, 'utf16le'));
    const buffer = hb.hb_buffer_create!();
    hb.hb_buffer_add_utf16!(buffer, pointer, text.length, 0, text.length);
    hb.hb_buffer_set_direction!(buffer, rightToLeft ? RIGHT_TO_LEFT : LEFT_TO_RIGHT);
    hb.hb_buffer_guess_segment_properties!(buffer);
    hb.hb_shape!(this.font, buffer, 0, 0);
    const infos = hb.hb_buffer_get_glyph_infos!(buffer, this.scratch);
    const positions = hb.hb_buffer_get_glyph_positions!(buffer, this.scratch);
    const memory = new DataView(hb.memory.buffer);
    return Array.from({ length: memory.getUint32(this.scratch, true) }, (_, index) => {
      const [info, position] = [infos + index * GLYPH_BYTES, positions + index * GLYPH_BYTES];
      return {
        id: memory.getUint32(info, true),
        cluster: memory.getUint32(info + 8, true),
        advance: memory.getInt32(position, true),
        x: memory.getInt32(position + 8, true),
        y: memory.getInt32(position + 12, true),
      };
    });
  }
}

function compiled(file: string): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(file));
}

/** What Emscripten asks of its host: memory, and four functions that shaping does not call. */
function instantiate(module: WebAssembly.Module): Exports {
  const refuse = () => {
    throw new Error('HarfBuzz has given up');
  };
  const { exports } = new WebAssembly.Instance(module, {
    env: {
      _abort_js: refuse,
      _setitimer_js: refuse,
      _emscripten_runtime_keepalive_clear: refuse,
      emscripten_resize_heap: (bytes: number) => {
        const { memory } = exports as Exports;
        memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / 65_536));
        return 1;
      },
    },
    wasi_snapshot_preview1: { proc_exit: refuse },
  });
  return exports as Exports;
}

function createFace(hb: Exports, font: Uint8Array): Pointer {
  const blob = hb.hb_blob_create!(copyIn(hb, font), font.length, READ_ONLY, 0, 0);
  return hb.hb_face_create!(blob, 0);
}

function copyIn(hb: Exports, bytes: Uint8Array): Pointer {
  const pointer = hb.malloc!(bytes.length);
  new Uint8Array(hb.memory.buffer).set(bytes, pointer);
  return pointer;
}

/** A copy: the memory moves when it grows. */
function blobOf(hb: Exports, blob: Pointer): Uint8Array {
  const length = hb.hb_blob_get_length!(blob);
  const pointer = hb.hb_blob_get_data!(blob, 0);
  return new Uint8Array(hb.memory.buffer).slice(pointer, pointer + length);
}

/** `wght` as OpenType writes it: four letters in four bytes. */
function tag(name: string): number {
  return Buffer.from(name.padEnd(4), 'latin1').readUInt32BE();
}
