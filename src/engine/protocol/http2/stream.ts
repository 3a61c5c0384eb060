import type { Priority } from '../../../wire/http2/priority.ts';
import type { HttpHold } from '../http/notices.ts';
import { nextStreamState } from './table.ts';
import type { StreamEvent } from './machine.ts';

/** One stream at one end: what both schedulers and flow control need to know of it. */
export interface Http2Stream {
  readonly id: number;
  readonly request: number;
  state: string;
  /** RFC 9218 §4. */
  urgency: number;
  incremental: boolean;
  /** Bytes that the peer takes on this stream (RFC 9113 §5.2). */
  sendWindow: number;
  /** What of our window the peer has used since we last enlarged it. */
  received: number;
  /** Body bytes that are not in frames yet, and the offset of the first of them. */
  left: number;
  from: number;
  hold: HttpHold | null;
}

export const newStream = (
  id: number,
  request: number,
  sendWindow: number,
  { urgency, incremental }: Priority,
): Http2Stream => ({
  id,
  request,
  state: 'idle',
  urgency,
  incremental,
  sendWindow,
  received: 0,
  left: 0,
  from: 0,
  hold: null,
});

/** The server has opened it (RFC 9113 §5.1.1). */
export const isPushed = ({ id }: Http2Stream): boolean => id % 2 === 0;

/** Which window holds back a stream that has bytes to send; null: none (RFC 9113 §5.2). */
export const holdOf = (stream: Http2Stream, connectionWindow: number): HttpHold | null => {
  if (stream.left === 0) return null;
  return stream.sendWindow <= 0 ? 'stream window' : connectionWindow <= 0 ? 'connection window' : null;
};

/** Moves a stream; false: the event means nothing in its state. */
export const moveStream = (stream: Http2Stream, event: StreamEvent['type'], tell: (state: string) => void): boolean => {
  const next = nextStreamState(stream.state, event);
  if (next === null) return false;
  if (next !== stream.state) {
    stream.state = next;
    tell(next);
  }
  return true;
};
