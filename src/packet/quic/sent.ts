import { isUpward } from '../../trace/direction.ts';
import { frameAt } from '../../trace/quic/frames.ts';
import type { RowFrame } from '../../trace/quic/frames.ts';
import { QuicBit, QuicType } from '../../trace/quic/types.ts';
import type { TraceQuic } from '../../trace/quic/types.ts';
import type { Trace } from '../../trace/types.ts';
import { u32 } from '../../wire/bytes.ts';
import type { SentPacket } from '../../wire/quic/make/bytes.ts';
import type { PacketHeader } from '../../wire/quic/packet/header.ts';
import type { NumberLength } from '../../wire/quic/packet/number.ts';
import { quicIndex, retryOf } from './index.ts';
import { blobAt } from './rows.ts';

/** The frames of a packet, in order. */
export const framesOf = (quic: TraceQuic, row: number): RowFrame[] => {
  const first = quic.packets.frame[row] as number;
  return Array.from({ length: quic.packets.frames[row] as number }, (_, i) => frameAt(quic, first + i));
};

const LONG = {
  [QuicType.Initial]: 'initial',
  [QuicType.ZeroRtt]: 'zeroRtt',
  [QuicType.Handshake]: 'handshake',
} as const;

/** The header of a packet that carries frames; null for any other, and where its number is hidden. */
export const headerOf = (quic: TraceQuic, row: number): PacketHeader | null => {
  const { packets: q } = quic;
  const type = q.type[row] as QuicType;
  const number = q.number[row] as number;
  if (number < 0) return null;
  const bits = q.bits[row] as number;
  const numbered = {
    number,
    numberLength: Math.max(1, q.numberLength[row] as number) as NumberLength,
    destination: blobAt(quic, q.destination[row]),
    fixedBit: (bits & QuicBit.NoFixedBit) === 0,
  };
  if (type === QuicType.OneRtt)
    return {
      kind: 'oneRtt',
      ...numbered,
      spin: (bits & QuicBit.Spin) !== 0,
      keyPhase: (bits & QuicBit.KeyPhase) === 0 ? 0 : 1,
    };
  if (type !== QuicType.Initial && type !== QuicType.ZeroRtt && type !== QuicType.Handshake) return null;
  const size = q.lengthSize[row] as 0 | 1 | 2 | 4 | 8;
  const long = {
    ...numbered,
    version: q.version[row] as number,
    source: blobAt(quic, q.source[row]),
    ...(size === 0 ? {} : { lengthSize: size }),
  };
  return type === QuicType.Initial
    ? { kind: 'initial', token: blobAt(quic, q.token[row]), ...long }
    : { kind: LONG[type], ...long };
};

/** The versions that a Version Negotiation lists: four bytes each, where a token would stand. */
export const versionsOf = (quic: TraceQuic, row: number): number[] => {
  const bytes = blobAt(quic, quic.packets.token[row]);
  return Array.from({ length: bytes.length >>> 2 }, (_, i) => u32(bytes, 4 * i));
};

/** A row as whoever makes its bytes wants it; null where it is not understood. */
export const sentPacket = (trace: Trace, quic: TraceQuic, row: number): SentPacket | null => {
  const { packets: q } = quic;
  switch (q.type[row]) {
    case QuicType.Retry:
      return { kind: 'retry', retry: retryOf(quic, row) };
    case QuicType.VersionNegotiation: {
      const [destination, source] = [blobAt(quic, q.destination[row]), blobAt(quic, q.source[row])];
      // Looks like QUIC to who tells protocols apart by that bit (RFC 9000 §17.2.1).
      return {
        kind: 'versionNegotiation',
        packet: { destination, source, versions: versionsOf(quic, row), unused: 0x40 },
      };
    }
    case QuicType.StatelessReset: {
      const { nth } = quicIndex(trace, quic);
      return {
        kind: 'statelessReset',
        token: blobAt(quic, q.token[row]),
        size: q.size[row] as number,
        nth: nth[row] as number,
      };
    }
    default: {
      const header = headerOf(quic, row);
      if (!header) return null;
      return {
        kind: 'frames',
        from: isUpward(trace, q.datagram[row] as number) ? 'client' : 'server',
        header,
        updates: quicIndex(trace, quic).updates[row] as number,
        frames: framesOf(quic, row),
      };
    }
  }
};
