import type { TableOf } from '../base/columns.ts';

/** What a stretch of HTTP is (`http.kind`); frames of HTTP/2 have their type in `http.type`. */
export const HttpKind = { Preface: 0, Request: 1, Response: 2, Chunk: 3, LastChunk: 4, Frame: 5 } as const;
export type HttpKind = (typeof HttpKind)[keyof typeof HttpKind];

/** A message of HTTP/1, a chunk, or a frame of HTTP/2: rows by flow, the client's first, in the order in which they were sent. */
export const httpUnitShape = {
  flow: 'u16',
  /** 1: from the flow's client. */
  up: 'u8',
  kind: 'u8',
  /** Type and flags of a frame (RFC 9113 §4.1); 0 without frames. */
  type: 'u8',
  flags: 'u8',
  /** Stream of HTTP/2; 0: the connection, or HTTP/1. */
  stream: 'u32',
  /** Index of its request within the flow's group (TraceRequest.index); −1: it belongs to the connection. */
  request: 'i32',
  /** Offset and size among the bytes that HTTP wrote. */
  offset: 'f64',
  size: 'f64',
  /** Bytes of body in it, and where in its message's body they begin. */
  body: 'f64',
  from: 'f64',
  /** Where the stream of TCP holds it: [at, end), in the terms of `packets.offset`; with TLS, the records' bytes around it. */
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
