/** What a stretch of an HTTP connection's bytes is. */
export type UnitKind =
  'preface' | 'request' | 'response' | 'chunk' | 'lastChunk' | 'frame' | 'streamType' | 'instruction';

export type HttpVersion = '1.0' | '1.1' | '2' | '3';

/**
 * A stretch of one side's bytes as it was simulated: a message of HTTP/1 or a chunk of it, or a frame of HTTP/2 or 3 (and
 * what goes over HTTP/3's own streams: their type, instructions of QPACK). All but body bytes stand here as they go over
 * the wire, one character a byte; body bytes are made when they are looked at. In HTTP/3 units of one `stream` follow each
 * other there, without gaps, from its offset 0.
 */
export interface SentUnit {
  readonly kind: UnitKind;
  /** Of a frame: type, flags and stream (RFC 9113 §4.1, RFC 9114 §7.2); else −1, 0, 0. HTTP/3 always has a stream. A response with `CHUNKS_FOLLOW` goes on in chunks. */
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Index among the requests of the scenario's flow; −1: it belongs to the connection. */
  readonly request: number;
  readonly head: string;
  /** Body bytes behind `head`, and their offset in the message's body. */
  readonly body: number;
  readonly from: number;
}

/** What both sides of a connection sent, in order: enough to make every byte without an engine. It is part of a trace. */
export interface HttpSession {
  readonly version: HttpVersion;
  readonly client: readonly SentUnit[];
  readonly server: readonly SentUnit[];
}

/** The same while it is being written. */
export interface HttpLog extends HttpSession {
  readonly client: SentUnit[];
  readonly server: SentUnit[];
}

export const unitSize = (unit: SentUnit): number => unit.head.length + unit.body;

/** Flag of a response whose body comes in chunks. */
export const CHUNKS_FOLLOW = 1;

/** A unit of HTTP/1, or the preface. */
export const plainUnit = (
  kind: Exclude<UnitKind, 'frame'>,
  request: number,
  head: string,
  body = 0,
  from = 0,
  flags = 0,
): SentUnit => ({ kind, type: -1, flags, stream: 0, request, head, body, from });
