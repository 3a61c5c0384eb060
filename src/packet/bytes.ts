import type { Trace } from '../trace/types.ts';
import { LinkType } from '../wire/link/types.ts';
import { encodePacket } from './encode.ts';

/** A packet's bytes, and where in them the IP header starts. */
export interface PacketFrame {
  readonly bytes: Uint8Array;
  /** Bytes of link layer before the IP header. */
  readonly ipAt: number;
  readonly linkType: number;
  /** Bytes that were on the wire but not captured. */
  readonly missing: number;
}

/** The frame of a packet: captured, link layer first, for an imported trace; regenerated, from the IP header on, for a simulated one. */
export const packetFrame = (trace: Trace, packet: number): PacketFrame => {
  const captured = trace.captured;
  if (!captured) return { bytes: encodePacket(trace, packet), ipAt: 0, linkType: LinkType.Raw, missing: 0 };
  const at = captured.offset[packet] as number;
  const bytes = captured.bytes.subarray(at, at + (captured.length[packet] as number));
  const ipAt = captured.ipAt[packet] as number;
  return {
    bytes,
    ipAt,
    linkType: captured.linkType[packet] as number,
    missing: Math.max(0, ipAt + (trace.packets.size[packet] as number) - bytes.length),
  };
};

/** The bytes of a packet (see `packetFrame`). */
export const packetBytes = (trace: Trace, packet: number): Uint8Array => packetFrame(trace, packet).bytes;
