/** A file that is read piece by piece. */
export interface ByteSource {
  /** Bytes, when it was opened. */
  readonly size: number;
  /** The bytes of [start, end), all of them. Rejects where the file has become shorter. */
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Bytes that are in memory already. */
export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: async (start, end) => bytes.slice(start, end),
    close: async () => {},
  };
}
