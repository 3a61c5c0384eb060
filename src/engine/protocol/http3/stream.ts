import type { UnitPiece } from '../http/unitReader.ts';

/** One request and its answer at one end: a bidirectional stream of QUIC (RFC 9114 §4.1). */
export interface Http3Stream {
  readonly id: number;
  readonly request: number;
  /**
   * As RFC 9000 §3.4 puts both parts of a stream together; its names and its moves are those of HTTP/2
   * (`http2/machine.ts`). This end's part is over when all of it is acknowledged.
   */
  state: string;
  /** Its field section waits for entries of QPACK's table (RFC 9204 §2.1.2); what has come behind it waits along. */
  isBlocked: boolean;
  readonly waiting: UnitPiece[];
  /** Server: the fields of the request are read. */
  isAsked: boolean;
  /** Bytes that the peer may not send again yet, as they are not read (RFC 9204 §2.1.2). */
  unread: number;
  /** The peer's last byte has arrived; and it has been dealt with. */
  hasEnd: boolean;
  isComplete: boolean;
}

export const newStream = (id: number, request: number): Http3Stream => ({
  id,
  request,
  state: 'idle',
  isBlocked: false,
  waiting: [],
  isAsked: false,
  unread: 0,
  hasEnd: false,
  isComplete: false,
});
