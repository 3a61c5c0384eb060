import type { TableOf } from '../base/columns.ts';

/** What a stretch of HTTP is (`http.kind`); frames of HTTP/2 and 3 have their type in `http.type`. */
export const HttpKind = {
  Preface: 0,
  Request: 1,
  Response: 2,
  Chunk: 3,
  LastChunk: 4,
  Frame: 5,
  /** HTTP/3: the type of a unidirectional stream (RFC 9114 §6.2), and an instruction of QPACK (RFC 9204 §4.3, §4.4). */
  StreamType: 6,
  Instruction: 7,
} as const;
export type HttpKind = (typeof HttpKind)[keyof typeof HttpKind];

/** A message of HTTP/1, a chunk, or a frame of HTTP/2: rows by flow, the client's first, in the order in which they were sent. */
export const httpUnitShape = {
  flow: 'u16',
  /** 1: from the flow's client. */
  up: 'u8',
  kind: 'u8',
  /** Type and flags of a frame (RFC 9113 §4.1, RFC 9114 §7.2), or the type of a stream; 0 without frames. */
  type: 'u32',
  flags: 'u8',
  /** Stream of HTTP/2 (0: the connection) or of QUIC; 0 in HTTP/1. */
  stream: 'u32',
  /** Index of its request within the flow's group (TraceRequest.index); −1: it belongs to the connection. */
  request: 'i32',
  /** Offset and size among the bytes that HTTP wrote; HTTP/3: in its stream. */
  offset: 'f64',
  size: 'f64',
  /** Bytes of body in it, and where in its message's body they begin. */
  body: 'f64',
  from: 'f64',
  /**
   * Where the stream of TCP holds it: [at, end), in the terms of `packets.offset`; with TLS, the records' bytes around
   * it. HTTP/3: offsets of `stream`.
   */
  at: 'f64',
  end: 'f64',
  /** Packets that first brought its first and its last byte; −1: it was never sent. */
  first: 'i32',
  last: 'i32',
} as const;
export type HttpUnitColumns = TableOf<typeof httpUnitShape>;

/** HTTP of a trace: told by the engine when a run ends. Plain data, so that it crosses to the page without a copy. */
export interface TraceHttp {
  readonly unitCount: number;
  readonly units: HttpUnitColumns;
}
