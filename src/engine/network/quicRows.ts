import { QuicBit, QuicType } from '../../trace/quic/types.ts';
import type { QuicBuilder } from '../../trace/quic/builder.ts';
import type { FramedPacket, QuicDatagram, QuicPacket } from '../protocol/quic/pdu.ts';

const types = {
  initial: QuicType.Initial,
  zeroRtt: QuicType.ZeroRtt,
  handshake: QuicType.Handshake,
  oneRtt: QuicType.OneRtt,
} as const;

const addFramed = (quic: QuicBuilder, row: number, { header, frames, payload, isEliciting }: FramedPacket): void => {
  const { packets } = quic;
  packets.number[row] = header.number;
  packets.numberLength[row] = header.numberLength;
  packets.payload[row] = payload;
  packets.destination[row] = quic.blob(header.destination);
  let bits = header.fixedBit === false ? QuicBit.NoFixedBit : 0;
  if (isEliciting) bits |= QuicBit.AckEliciting;
  if (header.kind === 'oneRtt') {
    if (header.spin) bits |= QuicBit.Spin;
    if (header.keyPhase === 1) bits |= QuicBit.KeyPhase;
  } else {
    packets.version[row] = header.version;
    packets.source[row] = quic.blob(header.source);
    packets.lengthSize[row] = header.lengthSize ?? 0;
    if (header.kind === 'initial') packets.token[row] = quic.blob(header.token);
  }
  packets.bits[row] = bits;
  for (const frame of frames) quic.addFrame(frame);
};

/** Version negotiation: its versions are the words of one frame-less row; they stand as bytes in `token`, four each. */
const versionBytes = (versions: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(4 * versions.length);
  const view = new DataView(bytes.buffer);
  versions.forEach((version, i) => {
    view.setUint32(4 * i, version);
  });
  return bytes;
};

const addPacket = (quic: QuicBuilder, datagram: number, packet: QuicPacket): number => {
  const row = quic.addPacket(datagram, packet.kind === 'frames' ? types[packet.header.kind] : otherTypes[packet.kind]);
  const { packets } = quic;
  packets.size[row] = packet.size;
  switch (packet.kind) {
    case 'frames':
      addFramed(quic, row, packet);
      break;
    case 'retry':
      packets.version[row] = packet.retry.version;
      packets.destination[row] = quic.blob(packet.retry.destination);
      packets.source[row] = quic.blob(packet.retry.source);
      packets.token[row] = quic.blob(packet.retry.token);
      break;
    case 'versionNegotiation':
      packets.destination[row] = quic.blob(packet.packet.destination);
      packets.source[row] = quic.blob(packet.packet.source);
      packets.token[row] = quic.blob(versionBytes(packet.packet.versions));
      break;
    case 'statelessReset':
      packets.token[row] = quic.blob(packet.token);
      break;
  }
  return row;
};

const otherTypes = {
  retry: QuicType.Retry,
  versionNegotiation: QuicType.VersionNegotiation,
  statelessReset: QuicType.StatelessReset,
} as const;

/**
 * Writes the packets of a datagram, which has row `datagram` in the trace; returns the row of the first. `path`: as
 * `QuicBuilder.path` numbers it.
 */
export const addDatagram = (quic: QuicBuilder, datagram: number, { packets }: QuicDatagram, path: number): number => {
  const first = quic.packetCount;
  for (const packet of packets) {
    const row = addPacket(quic, datagram, packet);
    quic.packets.path[row] = path;
  }
  return first;
};
