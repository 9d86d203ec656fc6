export {};

declare global {
  /** What is used of WebAssembly, whose types TypeScript keeps with those of browsers. */
  namespace WebAssembly {
    class Module {
      constructor(bytes: Uint8Array);
    }
    class Instance {
      constructor(module: Module, imports: object);
      readonly exports: unknown;
    }
    interface Memory {
      readonly buffer: ArrayBuffer;
      /** By pages of 64 KiB. */
      grow(pages: number): number;
    }
  }
}
