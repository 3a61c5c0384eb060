/** Where the transport's stream holds bytes, [at, end), and the packets that first carried the first and the last; −1: none. */
export interface Place {
  readonly at: number;
  readonly end: number;
  readonly first: number;
  readonly last: number;
}

/** What HTTP wrote in one direction of a connection, or of one stream of QUIC, as far as the capture has it. */
export interface AppStream {
  readonly flow: number;
  readonly up: boolean;
  readonly bytes: Uint8Array;
  /** Places in `bytes` in front of which some are missing; `lost`: how many, null where nobody knows (TLS). */
  readonly gaps: readonly { readonly at: number; readonly lost: number | null }[];
  /** Bytes [from, to) of `bytes` in the transport's stream. */
  place(from: number, to: number): Place;
  /** Places in `bytes` at which a packet's share begins, from `from` on. */
  starts(from: number): Iterable<number>;
}
