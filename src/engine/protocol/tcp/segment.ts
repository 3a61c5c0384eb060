import { NONE } from './ids.ts';

/** Most SACK blocks that fit beside timestamps or alone (RFC 2018 §3). */
export const MAX_SACK_BLOCKS = 4;

/** TCP flags as in the header (RFC 9293 §3.1). */
export const Flag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const;

/**
 * One TCP segment on its way, structured; bytes are made from the trace when somebody looks. Pooled and reused: whoever
 * takes one from an endpoint hands it back by `SegmentPool.release`.
 */
export class Segment {
  flags = 0;
  /** Wire numbers, [0, 2^32). */
  seq = 0;
  ack = 0;
  /** Window field as sent (unscaled). */
  window = 0;
  /** Payload bytes. */
  payload = 0;
  /** Stream offset of the first payload byte, from 0. */
  offset = 0;
  hasTimestamps = false;
  tsVal = 0;
  tsEcr = 0;
  sackCount = 0;
  /** [left, right) pairs of wire sequence numbers. */
  readonly sack = new Uint32Array(2 * MAX_SACK_BLOCKS);
  /** Options of a SYN; 0 MSS and −1 scale: absent. */
  mss = 0;
  windowScale = -1;
  sackPermitted = false;
  /** Bytes of the Fast Open cookie on a SYN (RFC 7413 §4.1.1); −1: no option. */
  fastOpen = -1;
  /** IP ECN field (RFC 3168 §5): 0 not-ECT, 2 ECT(0), 3 CE. */
  ecn = 0;
  /** IP bytes: 20 + TCP header with options + payload. */
  size = 0;
  /** Row in the trace, set by the network when the segment enters the link. */
  packet = NONE;
  /** Connection that it is for, set by the network. */
  to = 0;
  /** Links passed so far. */
  hop = 0;
  /** The router that it goes by; TCP takes the shortest way. */
  via = NONE;
  /** Row of the previous transmission of the same first byte. */
  retransmissionOf = NONE;
  /** n-th transmission of this identity, from 1. */
  nth = 1;
  /** Zero-window or keep-alive probe. */
  isProbe = false;
  causeKind = 0;
  cause = NONE;
  /** Notified with the packet's row once it is known: the retransmission queue's entry. */
  owner: { packet: number } | null = null;

  get bulk(): number {
    return this.payload;
  }

  /** Copies all that travels: for duplication by the network and forwarding by routers. */
  copyFrom(other: Segment): this {
    this.flags = other.flags;
    this.seq = other.seq;
    this.ack = other.ack;
    this.window = other.window;
    this.payload = other.payload;
    this.offset = other.offset;
    this.hasTimestamps = other.hasTimestamps;
    this.tsVal = other.tsVal;
    this.tsEcr = other.tsEcr;
    this.sackCount = other.sackCount;
    this.sack.set(other.sack);
    this.mss = other.mss;
    this.windowScale = other.windowScale;
    this.sackPermitted = other.sackPermitted;
    this.fastOpen = other.fastOpen;
    this.ecn = other.ecn;
    this.to = other.to;
    this.hop = other.hop;
    this.size = other.size;
    this.retransmissionOf = other.retransmissionOf;
    this.nth = other.nth;
    this.isProbe = other.isProbe;
    this.causeKind = other.causeKind;
    this.cause = other.cause;
    this.owner = null;
    return this;
  }
}

/** Free list of segments, one per run. */
export class SegmentPool {
  readonly #free: Segment[] = [];
  #count = 0;

  take(): Segment {
    if (this.#count === 0) return new Segment();
    const segment = this.#free[--this.#count] as Segment;
    segment.sackCount = 0;
    segment.mss = 0;
    segment.windowScale = -1;
    segment.sackPermitted = false;
    segment.fastOpen = -1;
    segment.ecn = 0;
    segment.packet = NONE;
    segment.hop = 0;
    segment.retransmissionOf = NONE;
    segment.nth = 1;
    segment.isProbe = false;
    segment.payload = 0;
    segment.offset = 0;
    segment.hasTimestamps = false;
    segment.owner = null;
    return segment;
  }

  release(segment: Segment): void {
    this.#free[this.#count++] = segment;
  }
}

const IPV4_HEADER = 20;
const TCP_HEADER = 20;
/** Each option is padded to whole words with NOPs, as common stacks lay them out (RFC 9293 §3.1, RFC 7323 app. A, RFC 2018 §3). */
const TIMESTAMPS_ALIGNED = 12;
const SACK_BASE_ALIGNED = 4;
const SACK_BLOCK = 8;
/** Kind and length (RFC 7413 §4.1.1). */
const FAST_OPEN_BASE = 2;

/** IP bytes of a segment: exact, as the encoder lays the options out. */
export const segmentSize = (segment: Segment): number => {
  let options = 0;
  if ((segment.flags & Flag.SYN) !== 0) {
    if (segment.mss > 0) options += 4;
    if (segment.windowScale >= 0) options += 4;
    if (segment.hasTimestamps) options += segment.sackPermitted ? 12 : TIMESTAMPS_ALIGNED;
    else if (segment.sackPermitted) options += 4;
    if (segment.fastOpen >= 0) options += (FAST_OPEN_BASE + segment.fastOpen + 3) & ~3;
  } else {
    if (segment.hasTimestamps) options += TIMESTAMPS_ALIGNED;
    if (segment.sackCount > 0) options += SACK_BASE_ALIGNED + SACK_BLOCK * segment.sackCount;
  }
  return IPV4_HEADER + TCP_HEADER + options + segment.payload;
};
