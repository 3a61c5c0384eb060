import { QuicBit, QuicType } from '../../trace/quic/types.ts';
import { TcpFlag } from '../../trace/types.ts';
import { isAckEliciting } from '../../wire/quic/frame/frame.ts';
import { readFrame } from './frame.ts';
import type { AckDelayUnit } from './frame.ts';
import type { Groups } from './groups.ts';
import type { Log } from './log.ts';
import { bytesOf, countOf, isFields, numberOf, textOf } from './values.ts';
import type { Fields, Tally } from './values.ts';

const types = new Map<string, QuicType>([
  ['initial', QuicType.Initial],
  ['0rtt', QuicType.ZeroRtt],
  ['zerortt', QuicType.ZeroRtt],
  ['handshake', QuicType.Handshake],
  ['retry', QuicType.Retry],
  ['1rtt', QuicType.OneRtt],
  ['onertt', QuicType.OneRtt],
  ['version_negotiation', QuicType.VersionNegotiation],
  ['stateless_reset', QuicType.StatelessReset],
  ['1RTT', QuicType.OneRtt],
  ['0RTT', QuicType.ZeroRtt],
]);

/** What a packet is; of a name that no draft has: unknown. */
export const packetTypeOf = (name: unknown): QuicType => {
  if (typeof name !== 'string') return QuicType.Unknown;
  return types.get(name) ?? types.get(name.toLowerCase().replaceAll('-', '_')) ?? QuicType.Unknown;
};

/** Packet number space (RFC 9000 §12.3). What is not known counts as the application's. */
export const spaceOf = (type: number): number => (type === QuicType.Initial ? 0 : type === QuicType.Handshake ? 1 : 2);

/** What `version` says, in any of the ways that it is written: "1", "0xff00001d", "00000001". */
export const versionOf = (value: unknown): number | null => {
  const text = textOf(value).replace(/^0x/i, '');
  return /^[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : null;
};

const flagBits = Object.entries(TcpFlag).map(([name, bit]) => [name.toLowerCase(), bit] as const);

const flagsOf = (list: unknown): number => {
  if (!Array.isArray(list)) return 0;
  const names = new Set(list.map((name) => textOf(name).toLowerCase()));
  return flagBits.reduce((bits, [name, bit]) => bits | (names.has(name) ? bit : 0), 0);
};

/** Rows of bytes that are written in hexadecimal; ids come again and again. */
export class HexRows {
  readonly #rows = new Map<string, number>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  of(value: unknown): number {
    if (value === undefined || value === '') return 0;
    const key = typeof value === 'string' ? value : textOf((value as Fields | null)?.['data']);
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.#log.quic.blob(bytesOf(key));
      this.#rows.set(key, row);
    }
    return row;
  }
}

const NO_FIELDS: Fields = {};

/** Writes packets that one end sent or received into its log. */
export class PacketReader {
  readonly #log: Log;
  readonly #groups: Groups;
  readonly #hex: HexRows;
  readonly #delayUnit: AckDelayUnit;
  readonly #unknown: Tally;

  constructor(log: Log, groups: Groups, unknown: Tally) {
    this.#log = log;
    this.#groups = groups;
    this.#hex = new HexRows(log);
    this.#unknown = unknown;
    // Those who count in microseconds, and those who convert captures, write the field as it is sent.
    const { clock, vantage } = log.head;
    this.#delayUnit = clock.unit < 1_000_000 || vantage === 'network' ? 'field' : 'ms';
  }

  read(time: number, isSent: boolean, data: Fields): void {
    const { rows, quic } = this.#log;
    const header = isFields(data['header']) ? data['header'] : NO_FIELDS;
    const raw = isFields(data['raw']) ? data['raw'] : NO_FIELDS;
    const type = packetTypeOf(header['packet_type'] ?? data['packet_type'] ?? data['type']);
    const row = quic.addPacket(rows.row(), type);
    const own = rows.columns;
    own.time[row] = time;
    own.sent[row] = isSent ? 1 : 0;
    own.space[row] = spaceOf(type);
    const { packets } = quic;
    const number = numberOf(header['packet_number'] ?? data['packet_number']);
    const isNumbered = type !== QuicType.Retry && type !== QuicType.VersionNegotiation && number >= 0;
    packets.number[row] = isNumbered ? number : -1;
    const size = countOf(raw['length'] ?? header['packet_size'] ?? data['packet_size']);
    packets.size[row] = size;
    packets.payload[row] = countOf(raw['payload_length'] ?? header['payload_length']);
    packets.destination[row] = this.#hex.of(header['dcid']);
    packets.source[row] = this.#hex.of(header['scid']);
    packets.token[row] = this.#hex.of(data['retry_token'] ?? header['token']);
    const version = header['version'];
    if (version !== undefined) {
      const known = versionOf(version);
      packets.version[row] = known ?? 0;
      if (known !== null && known !== 0) this.#log.version ??= known;
    }
    let bits = textOf(header['key_phase_bit'] ?? header['key_phase']) === '1' ? QuicBit.KeyPhase : 0;
    if (header['spin_bit'] === true) bits |= QuicBit.Spin;
    const frames = data['frames'];
    if (Array.isArray(frames)) {
      for (const one of frames as unknown[]) {
        if (!isFields(one)) continue;
        const frame = readFrame(one, this.#delayUnit);
        if (frame === null) {
          this.#unknown.add(textOf(one['frame_type']) || 'without a type');
          continue;
        }
        quic.addFrame(frame);
        if (isAckEliciting(frame.kind)) bits |= QuicBit.AckEliciting;
      }
    }
    packets.bits[row] = bits;
    if (header['sequence_number'] !== undefined) this.#readTcp(row, header);
    const id = data['datagram_id'];
    this.#groups.add(row, isSent, size, id === undefined ? '' : textOf(id));
  }

  /** What TCP has in place of what QUIC has. */
  #readTcp(row: number, header: Fields): void {
    const own = this.#log.rows.columns;
    own.seq[row] = countOf(header['sequence_number']);
    own.ack[row] = countOf(header['acknowledgement_number']);
    own.window[row] = countOf(header['window']);
    own.flags[row] = flagsOf(header['flags']);
    own.ecn[row] = countOf(header['ecn']);
  }
}
