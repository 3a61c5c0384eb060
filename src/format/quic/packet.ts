import type { QuicType } from '../../trace/quic/types.ts';
import type { ReadFrame } from '../../wire/quic/frame/frame.ts';
import type { PacketPlace } from '../../wire/quic/packet/datagram.ts';

/** Packet number spaces (RFC 9000 §12.3). */
export const Space = { Initial: 0, Handshake: 1, Application: 2 } as const;
export type Space = (typeof Space)[keyof typeof Space];

/** A packet of a datagram as the capture has it, and what becomes known of it. */
export interface CapturedPacket {
  /** Row of its datagram. */
  readonly row: number;
  up: boolean;
  type: QuicType;
  /** Null where its header cannot be read. */
  readonly place: PacketPlace | null;
  readonly size: number;
  /** Packet number, −1: hidden, or it has none; and its bytes on the wire. */
  number: number;
  numberLength: number;
  /** First byte: unhidden where it was opened. */
  first: number;
  /** Null: it stays closed, or carries none. */
  frames: readonly ReadFrame[] | null;
  /** Bytes of frames. */
  payload: number;
  /** Why it stays closed; empty where it does not. */
  problem: string;
  /** Row of the datagram that first acknowledged it, and the one that first sent its bytes again; −1: none. */
  ackedBy: number;
  repeatedBy: number;
}

export const capturedPacket = (
  row: number,
  up: boolean,
  type: QuicType,
  place: PacketPlace | null,
  size: number,
  first: number,
): CapturedPacket => ({
  row,
  up,
  type,
  place,
  size,
  number: -1,
  numberLength: 0,
  first,
  frames: null,
  payload: 0,
  problem: '',
  ackedBy: -1,
  repeatedBy: -1,
});
