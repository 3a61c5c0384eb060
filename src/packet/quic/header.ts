import type { TraceQuic } from '../../trace/quic/types.ts';
import { QuicType } from '../../trace/quic/types.ts';
import { u8 } from '../../wire/bytes.ts';
import { FieldWriter, hexBytes } from '../../wire/field.ts';
import type { Field } from '../../wire/field.ts';
import { packetFields } from '../../wire/quic/fields/packet.ts';
import type { OpenedHead } from '../../wire/quic/fields/packet.ts';
import { readPacket } from '../../wire/quic/packet/datagram.ts';
import type { PacketPlace } from '../../wire/quic/packet/datagram.ts';
import { encodeRetry, encodeVersionNegotiation, putHeader, TAG_SIZE } from '../../wire/quic/packet/header.ts';
import { truncated } from '../../wire/quic/packet/number.ts';
import type { NumberLength } from '../../wire/quic/packet/number.ts';
import { retryOf } from './index.ts';
import { blobAt } from './rows.ts';
import { headerOf, versionsOf } from './sent.ts';

/** A packet's header as it stands among bytes. */
export interface ReadHeader {
  readonly fields: readonly Field[];
  /** Where its frames, encrypted, begin and end; null where nobody knows. */
  readonly payload: readonly [at: number, end: number] | null;
}

/** The reset's token is its end (RFC 9000 §10.3). */
const RESET_TOKEN = 16;

const resetFields = (bytes: Uint8Array, at: number, end: number): Field[] => {
  const w = new FieldWriter('quic', at, 'RFC 9000 §10.3');
  const tokenAt = Math.max(at, end - RESET_TOKEN);
  const [noise, token] = [bytes.subarray(at, tokenAt), bytes.subarray(tokenAt, end)];
  w.add('noise', 'Unpredictable bits', 0, (tokenAt - at) * 8, hexBytes(noise), 'look like any short header');
  const text = 'the connection’s: its peer knows it';
  w.add('token', 'Stateless reset token', (tokenAt - at) * 8, (end - tokenAt) * 8, hexBytes(token), text);
  return w.fields;
};

/** What the row knows of a header that stands hidden on the wire; null where it stays hidden. */
const openedHead = (quic: TraceQuic, row: number, bytes: Uint8Array, place: PacketPlace): OpenedHead | null => {
  const header = headerOf(quic, row);
  const length = quic.packets.numberLength[row] as number;
  if (!header || length === 0 || !('numberAt' in place) || (quic.packets.problem[row] as number) > 0) return null;
  const keyPhase = header.kind === 'oneRtt' ? header.keyPhase : null;
  const from = place.numberAt + length;
  const shown = new Uint8Array(bytes.subarray(place.at, from));
  // The bits that stay in clear are the wire's; reserved ones are zero, or the packet would have been refused.
  shown[0] = (u8(bytes, place.at) & (keyPhase === null ? 0xf0 : 0xe0)) | ((keyPhase ?? 0) << 2) | (length - 1);
  const part = truncated(header.number, length as NumberLength);
  for (let i = 0; i < length; i++) shown[from - place.at - 1 - i] = Math.floor(part / 256 ** i) & 0xff;
  return { header: shown, number: header.number, numberLength: length as NumberLength, keyPhase };
};

const raw = (bytes: Uint8Array, at: number, end: number, why: string): ReadHeader => {
  const w = new FieldWriter('quic', at, 'RFC 9000 §17');
  w.add('bytes', 'Bytes', 0, (end - at) * 8, hexBytes(bytes.subarray(at, end)), why);
  return { fields: w.fields, payload: null };
};

/** The header of a row whose packet is bytes [at, end). `isShut`: as it is read without keys. */
export const readHeader = (
  quic: TraceQuic,
  row: number,
  bytes: Uint8Array,
  at: number,
  end: number,
  isShut = false,
): ReadHeader => {
  const type = quic.packets.type[row];
  // A reset is made to look like any short header (RFC 9000 §10.3).
  if (type === QuicType.StatelessReset && !isShut) return { fields: resetFields(bytes, at, end), payload: null };
  const read = readPacket(bytes, at, end, blobAt(quic, quic.packets.destination[row]).length);
  if (!read.ok) return raw(bytes, at, end, read.problems[0]?.what ?? '');
  const place = read.value;
  const opened = isShut ? null : openedHead(quic, row, bytes, place);
  const fields = packetFields(bytes, place, opened);
  if (!opened || !('numberAt' in place)) return { fields, payload: null };
  return { fields, payload: [place.numberAt + opened.numberLength, place.end - TAG_SIZE] };
};

/** A header of which the row alone tells, as it would stand at the front of bytes, unhidden; the tag is left out. */
const writtenHeader = (quic: TraceQuic, row: number): Uint8Array => {
  const { packets: q } = quic;
  const none = new Uint8Array(0);
  switch (q.type[row]) {
    case QuicType.Retry:
      return encodeRetry(retryOf(quic, row), new Uint8Array(TAG_SIZE));
    case QuicType.VersionNegotiation: {
      const [destination, source] = [blobAt(quic, q.destination[row]), blobAt(quic, q.source[row])];
      return encodeVersionNegotiation({ destination, source, versions: versionsOf(quic, row), unused: 0x40 });
    }
    default: {
      const header = headerOf(quic, row);
      if (!header) return none;
      const payload = q.payload[row] as number;
      const bytes = new Uint8Array((q.size[row] as number) + 64 + payload + TAG_SIZE);
      return bytes.subarray(0, putHeader(bytes, 0, header, payload) + payload + TAG_SIZE);
    }
  }
};

/** Fields of encryption, which a row without bytes has none of. */
const sealed = /\.(payload|tag|length|tokenLength|cut)$/;

/** The header's fields of a packet that is told without bytes (qlog): they lie nowhere. */
export const toldHeader = (quic: TraceQuic, row: number, isShut = false): readonly Field[] => {
  const bytes = writtenHeader(quic, row);
  if (bytes.length === 0) return [];
  const { fields } = readHeader(quic, row, bytes, 0, bytes.length, isShut);
  return fields.filter(({ id }) => !sealed.test(id)).map((field) => ({ ...field, bit: 0, bits: 0, parts: [] }));
};
