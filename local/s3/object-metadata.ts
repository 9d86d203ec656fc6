/** What is kept beside the bytes of an object. */
export interface ObjectMetadata {
  readonly key: string;
  readonly size: number;
  /** MD5 in hex, without quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch, by the local clock. */
  readonly lastModified: number;
  /** Headers that go back with each download: content type, cache control, user metadata, checksum. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of an object in a versioned bucket. */
  readonly versionId?: string;
}
