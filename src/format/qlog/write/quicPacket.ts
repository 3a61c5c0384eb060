import { frameAt } from '../../../trace/quic/frames.ts';
import { QuicBit, QuicType } from '../../../trace/quic/types.ts';
import type { TraceQuic } from '../../../trace/quic/types.ts';
import { hexOf } from '../values.ts';
import type { Fields } from '../values.ts';
import { frameFields } from './frame.ts';

/** Names of packet types, by QuicType. */
export const packetTypes = [
  'initial',
  '0RTT',
  'handshake',
  'retry',
  '1RTT',
  'version_negotiation',
  'stateless_reset',
  'unknown',
] as const;

const hex8 = (version: number): string => version.toString(16).padStart(8, '0');

/** Versions that a Version Negotiation packet names: four bytes each in its token. */
const versionsOf = (token: Uint8Array): string[] =>
  Array.from({ length: token.length / 4 }, (_, i) => hexOf(token.subarray(4 * i, 4 * i + 4)));

const id = (bytes: Uint8Array | undefined): string => hexOf(bytes ?? new Uint8Array(0));

/** What `packet_sent` and `packet_received` say of a QUIC packet. */
export const quicPacketFields = (quic: TraceQuic, row: number, exponent: number): Fields => {
  const { packets: p, blobs } = quic;
  const type = p.type[row] as number;
  const token = blobs[p.token[row] as number] ?? new Uint8Array(0);
  const number = p.number[row] as number;
  const bits = p.bits[row] as number;
  const isLong = type !== QuicType.OneRtt && type !== QuicType.StatelessReset && type !== QuicType.Unknown;
  const first = p.frame[row] as number;
  return {
    header: {
      packet_type: packetTypes[type] ?? 'unknown',
      ...(number >= 0 ? { packet_number: number } : {}),
      ...(isLong ? { version: hex8(p.version[row] as number), scid: id(blobs[p.source[row] as number]) } : {}),
      ...(type === QuicType.StatelessReset ? {} : { dcid: id(blobs[p.destination[row] as number]) }),
      ...(type === QuicType.Initial && token.length > 0 ? { token: { data: hexOf(token) } } : {}),
      ...(type === QuicType.OneRtt ? { key_phase_bit: (bits & QuicBit.KeyPhase) !== 0 ? '1' : '0' } : {}),
      ...((bits & QuicBit.Spin) !== 0 ? { spin_bit: true } : {}),
    },
    raw: { length: p.size[row], ...((p.payload[row] as number) > 0 ? { payload_length: p.payload[row] } : {}) },
    // A number of 32 bits: packets with the same one share a datagram.
    datagram_id: p.datagram[row],
    ...(type === QuicType.Retry ? { retry_token: { data: hexOf(token) } } : {}),
    ...(type === QuicType.StatelessReset ? { stateless_reset_token: hexOf(token) } : {}),
    ...(type === QuicType.VersionNegotiation ? { supported_versions: versionsOf(token) } : {}),
    frames: Array.from({ length: p.frames[row] as number }, (_, k) => frameFields(frameAt(quic, first + k), exponent)),
  };
};
