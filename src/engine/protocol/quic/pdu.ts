import { packetSize } from '../../../wire/quic/packet/header.ts';
import type { PacketHeader, Retry, VersionNegotiation } from '../../../wire/quic/packet/header.ts';
import { isAckEliciting } from '../../../wire/quic/frame/frame.ts';
import type { QuicFrame } from '../../../wire/quic/frame/frame.ts';

/** Data of which only the length counts while simulating. */
export interface Span {
  readonly length: number;
}
export type Frame = QuicFrame<Span>;

/** A packet that carries frames. `payload`: bytes of its frames; `size`: bytes on the wire, header and tag included. */
export interface FramedPacket {
  readonly kind: 'frames';
  readonly header: PacketHeader;
  readonly frames: readonly Frame[];
  readonly payload: number;
  readonly size: number;
  /** It asks for an acknowledgment (RFC 9000 §13.2). */
  readonly isEliciting: boolean;
}

/** A packet as it is simulated: structured, its size exact (RFC 9000 §17). */
export type QuicPacket =
  | FramedPacket
  | { readonly kind: 'retry'; readonly retry: Retry; readonly size: number }
  | { readonly kind: 'versionNegotiation'; readonly packet: VersionNegotiation; readonly size: number }
  | { readonly kind: 'statelessReset'; readonly token: Uint8Array; readonly size: number };

/** An address and port of the client, as numbers that only tell one from another. */
export interface Path {
  readonly address: number;
  readonly port: number;
}

export const samePath = (a: Path, b: Path): boolean => a.address === b.address && a.port === b.port;

/** ECN field of an IP packet (RFC 3168 §5). */
export const Ecn = { NotEct: 0, Ect1: 1, Ect0: 2, Ce: 3 } as const;

/** One UDP datagram. `size`: bytes of UDP payload. `path`: the client's end of the path that it takes. */
export interface QuicDatagram {
  readonly packets: readonly QuicPacket[];
  readonly size: number;
  readonly path: Path;
  readonly ecn: number;
}

export const framed = (
  header: PacketHeader,
  frames: readonly Frame[],
  payload: number,
  isEliciting = frames.some((frame) => isAckEliciting(frame.kind)),
): FramedPacket => ({ kind: 'frames', header, frames, payload, size: packetSize(header, payload), isEliciting });

export const datagramOf = (packets: readonly QuicPacket[], path: Path, ecn: number): QuicDatagram => {
  let size = 0;
  for (const packet of packets) size += packet.size;
  return { packets, size, path, ecn };
};
