/** Bytes of a stream, of which only the number counts. */
export interface HttpBytes {
  readonly bytes: number;
}

/** What an HTTP endpoint tells. `request`: index among those of the scenario's flow. */
export type HttpNotice =
  /** Server: a whole request, with its body. */
  | { readonly type: 'request'; readonly request: number }
  /** Client: the answer's head is there; bytes of its body; all of it. */
  | { readonly type: 'head'; readonly request: number }
  | { readonly type: 'body'; readonly request: number; readonly bytes: number }
  | { readonly type: 'complete'; readonly request: number }
  /** Client: the server will answer this unasked (RFC 9113 §8.4). */
  | { readonly type: 'promise'; readonly request: number }
  /** The message was given up (RFC 9113 §6.4, RFC 9114 §4.1.1). */
  | { readonly type: 'reset'; readonly request: number; readonly code: number }
  /** The peer takes no more requests on this connection (RFC 9112 §9.6, RFC 9113 §6.8, RFC 9114 §5.2). */
  | { readonly type: 'goAway' }
  /** The peer has broken a rule: this end has said so, and the connection ends (RFC 9113 §5.4.1). */
  | { readonly type: 'failed'; readonly code: number };

/**
 * Why a message stands still above its transport; null: it does not. "QPACK table": its field section has arrived, entries
 * that it needs have not (RFC 9204 §2.1.2).
 */
export type HttpHold = 'response order' | 'stream window' | 'connection window' | 'QPACK table';

/** What an HTTP endpoint reports while it runs. */
export interface HttpHooks {
  /** A stream of HTTP/2 or HTTP/3 entered a state. */
  readonly streamState: (stream: number, request: number, state: string) => void;
  readonly held: (request: number, hold: HttpHold | null) => void;
}
