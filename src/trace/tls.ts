import type { TableOf } from '../base/columns.ts';

/** A TLS record of a stream: rows by flow, client's direction first, in stream order. */
export const tlsRecordShape = {
  flow: 'u16',
  /** 1: from the flow's client. */
  up: 'u8',
  /** Stream offset of its header, in the terms of `packets.offset`. */
  at: 'f64',
  /** Bytes behind the header (RFC 8446 §5.1). */
  length: 'u16',
  /** Content type and version as they stand in clear. */
  type: 'u8',
  version: 'u16',
  /** Content type inside, which TLS 1.3 hides; `type` where the record stays closed. */
  inner: 'u8',
  /** Key epoch: 0 plain, 1 early, 2 handshake, 3 application, one more for each KeyUpdate. */
  epoch: 'u16',
  /** Packets that first brought its first and its last byte, and how many brought any. */
  first: 'i32',
  last: 'i32',
  segments: 'u32',
  /** Its content in `TraceTls.plain`; −1: closed, plain on the wire, or made when it is asked for (simulated). */
  content: 'f64',
  contentLength: 'u32',
  padding: 'u16',
  /** What it brings, index into `labels`: its messages, else itself. */
  name: 'u32',
  /** Index into `sentences`: why it stays closed; 0 where it does not. */
  problem: 'u16',
} as const;
export type TlsRecordColumns = TableOf<typeof tlsRecordShape>;

/**
 * A handshake message, header included; rows in the order of their records. `at`: in `TraceTls.plain`; in a simulated
 * trace, among the handshake bytes of its direction.
 */
export const tlsMessageShape = {
  /** The record that its last byte was in. */
  record: 'i32',
  at: 'f64',
  length: 'u32',
} as const;
export type TlsMessageColumns = TableOf<typeof tlsMessageShape>;

/** What one flow's TLS came to. Numbers as in the registries; words are made where they are shown. */
export interface TlsFlow {
  readonly flow: number;
  /** 0x0304 for TLS 1.3; null where no ServerHello was seen. */
  readonly version: number | null;
  readonly suite: number | null;
  readonly serverName: string | null;
  readonly alpn: string | null;
  readonly resumed: boolean | null;
  /** Protected records, and how many of them could be opened. */
  readonly closed: number;
  readonly opened: number;
  /** Why no record can be opened, whatever the secrets; null where they would do. */
  readonly refusal: string | null;
  /** Why some stay closed, one sentence each. */
  readonly why: readonly string[];
  /** ns: when the client may send encrypted application bytes; null: it never came to it. */
  readonly secured: number | null;
}

/**
 * TLS of a trace: read once when a capture is opened, or told by the engine when a run ends. Plain data, so that it
 * crosses to the page without a copy.
 */
export interface TraceTls {
  readonly flows: readonly TlsFlow[];
  readonly recordCount: number;
  readonly records: TlsRecordColumns;
  readonly messageCount: number;
  readonly messages: TlsMessageColumns;
  readonly plain: Uint8Array;
  readonly sentences: readonly string[];
  /** What ends in a packet, for figures: index into `labels`, 0 for none. */
  readonly labelOf: Uint32Array;
  readonly labels: readonly string[];
}
