import { NONE } from '../../trace/types.ts';
import type { Frame, QuicDatagram, QuicPacket } from '../protocol/quic/pdu.ts';
import type { Parcel } from './parcel.ts';

/** IPv4 and UDP headers. */
const BELOW_QUIC = 28;

/** CRYPTO streams by the packet that brings them: 0-RTT packets carry none. */
const CRYPTO_STREAMS = { initial: -1, handshake: -2, zeroRtt: -3, oneRtt: -3 } as const;
export const HANDSHAKE_STREAM = CRYPTO_STREAMS.handshake;

/** Bytes of a stream in a datagram; CRYPTO streams have numbers below zero. */
export interface Piece {
  readonly stream: number;
  readonly from: number;
  readonly to: number;
  /** It stands in a 1-RTT packet. */
  readonly isOneRtt: boolean;
}

const pieceOf = (packet: Extract<QuicPacket, { kind: 'frames' }>, frame: Frame): Piece | null => {
  if (frame.kind !== 'stream' && frame.kind !== 'crypto') return null;
  const stream = frame.kind === 'stream' ? frame.stream : CRYPTO_STREAMS[packet.header.kind];
  return {
    stream,
    from: frame.offset,
    to: frame.offset + frame.data.length,
    isOneRtt: packet.header.kind === 'oneRtt',
  };
};

/** The pieces of streams and CRYPTO in a datagram, in order. */
export const piecesOf = ({ packets }: QuicDatagram): Piece[] => {
  const pieces: Piece[] = [];
  for (const packet of packets) {
    if (packet.kind !== 'frames') continue;
    for (const frame of packet.frames) {
      const piece = pieceOf(packet, frame);
      if (piece) pieces.push(piece);
    }
  }
  return pieces;
};

/** A QUIC datagram on its way. */
export class QuicParcel implements Parcel {
  readonly size: number;
  readonly payload: number;
  readonly bulk: number;
  readonly offset: number;
  /** Stream of the first bytes: those of a stream, else of CRYPTO (below zero); −1 where there are none. */
  readonly stream: number;
  readonly pieces: readonly Piece[];
  retransmissionOf = NONE;
  ecn: number;
  packet = NONE;
  to = 0;
  hop = 0;
  via = NONE;
  nth = 1;
  kind = 0;
  position = 0;
  causeKind = 0;
  cause = NONE;
  owner = null;

  constructor(readonly datagram: QuicDatagram) {
    this.pieces = piecesOf(datagram);
    let first = this.pieces[0];
    let payload = 0;
    let bulk = 0;
    for (const piece of this.pieces) {
      const length = piece.to - piece.from;
      payload += length;
      if (piece.isOneRtt) bulk += length;
      if (piece.stream >= 0 && (first?.stream ?? 0) < 0) first = piece;
    }
    this.size = datagram.size + BELOW_QUIC;
    this.payload = payload;
    this.bulk = bulk;
    this.offset = first?.from ?? 0;
    this.stream = first?.stream ?? -1;
    this.ecn = datagram.ecn;
  }

  /** Nothing but ACKs and padding. */
  get isAck(): boolean {
    for (const packet of this.datagram.packets) {
      if (packet.kind !== 'frames' || packet.isEliciting) return false;
      for (const { kind } of packet.frames) if (kind !== 'ack' && kind !== 'padding') return false;
    }
    return true;
  }
}
